// Package approvald is the mediated lane: what a call needs beyond one decision
// in memory. Its read handler fetches facts and decides again; its effect
// handler opens an intent in the ledger, waits for people, executes exactly
// once and answers. To Envoy it is an ordinary upstream, so a held call is only
// a slow answer.
//
// When it fails, effects and reads that need facts are refused and direct reads
// go on. What was opened is resumed from the ledger.
package approvald
