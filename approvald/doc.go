// Package approvald is the mediated lane: it serves the calls that need more than
// one decision in memory. To Envoy it is an ordinary upstream, so a call that waits
// for a person is only a slow answer.
//
// Handler.ServeHTTP opens the admission that the agent check sent along, and hands
// the call to one of these:
//
//   - read (read.go), for reads whose rules ask for facts: fetch the facts, decide
//     again, read the tool, answer.
//   - effect (effect.go), for everything that changes something: fetch the facts, open
//     an intent in the ledger, which decides again in its transaction, wait for
//     people if the decision says so, have execute do it exactly once, answer.
//   - the gateway's own actions (status.go, cancel.go): what became of an intent, and
//     the end of one that waits.
//
// An effect can also be the gateway's own (itself.go): the undo of another one
// (undo.go), or what follows on one (after.go).
//
// Calls over MCP come the same way, with mcp.go, stream.go, question.go and turns.go
// around them. What an agent leaves behind goes on without it: execute's loop and the
// ledger's timers see to that. People answer in desk, and hear of it through notify.
//
// When approvald fails, effects and reads that need facts are refused and direct
// reads go on. What was opened is resumed from the ledger.
package approvald
