// Package decision decides calls. Name finds out which action of which tool a
// request is; Decide asks the tenant's policy about it, and its budgets, and says
// which lane the call takes and which limits it uses.
//
// It is the only way to a decision, asked several times about one call with more
// known each time: by Envoy's agent check, by approvald once it has fetched facts,
// inside the ledger's transaction once sums are read, and by the execute check before
// bytes leave. So they cannot disagree about what a policy means.
//
// It is pure: no I/O, no clock. The zero Decision refuses, and nothing that could not
// be evaluated is allowed.
package decision
