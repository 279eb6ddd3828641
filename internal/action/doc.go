// Package action names calls. A catalog is the YAML that maps one tool's HTTP
// operations to canonical actions with typed arguments; it is closed: what it
// does not name is refused with a reason. docs/reference/catalog.md explains
// every key.
//
// The law the whole gateway stands on: Match(Build(call)) == call. Effects are
// re-emitted by Build from canonical arguments, so that what was decided is
// what is sent; the agent's bytes are not forwarded. Reads are forwarded as
// they came, so Match refuses whatever two readers could understand in two
// ways: a key twice, a second spelling of a number, a half decoded path.
//
// The way of an effect: Match names it; FactCall, Build and ReadFact fetch what
// the gateway must know itself; Resolve fills in what absence means and the
// currency; BusinessKey names the effect; Build writes it; Classify says what
// the answer proves. The one thing Build does not give back to Match is the
// currency of an amount when a fact says it, and Digest leaves it out.
//
// A failure of any step is an error or a mismatch, never a guess: an answer
// that is not understood proves nothing, and an argument that cannot be
// resolved stays an error. Neither holds values of the request or the answer.
//
// The package is pure: no I/O, no clock, no logging. Catalogs and actions are
// immutable and safe to use together.
package action
