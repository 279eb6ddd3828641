// Package answer renders every sentence a client reads. A reason code and the
// few facts around it become a status, headers and a body in the dialect whose
// client passes our sentence on to the model: the provider's own error shape,
// or problem+json for an API that has none.
//
// The package is pure. It never quotes an argument's value, a credential or a
// token, and what is absent reads like what belongs to somebody else.
package answer
