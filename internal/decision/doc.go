// Package decision is the only ladder from a verified identity and a named call
// to a decision. Envoy's agent check, the effect handler after it fetched facts,
// the ledger inside its transaction, and the execute check before bytes leave
// all call Decide, so that they cannot disagree about what a policy means.
//
// It is pure: no I/O, no clock. The zero Decision refuses, and nothing that
// could not be evaluated is allowed.
package decision
