// Package action names calls. A catalog is the YAML that maps one tool's HTTP
// operations to canonical actions with typed arguments; it is closed: what it
// does not name is refused with a reason.
//
// The law the whole gateway stands on: Match(Build(call)) == call. Effects are
// re-emitted by Build from canonical arguments, so that what was decided is
// what is sent; the agent's bytes are not forwarded.
//
// The package is pure: no I/O, no clock, no logging.
package action
