// Package answer renders every sentence a client reads. A reason code and the few
// facts around it (Thing) become a status, headers and a body in the client's
// dialect, in which it passes our sentence on to the model: the error shape of the
// tool's own API, problem+json for an API that has none, a tool result or an error of
// the protocol over MCP.
//
// The package is pure. It never quotes an argument's value, a credential or a token,
// and what is absent reads like what belongs to somebody else.
package answer
