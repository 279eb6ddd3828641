// Package mask takes personal data out of an answer before an agent reads it.
//
// It owns the policy of a tenant for one tool, the walk through JSON, text and
// server-sent events, and the report of what was masked. internal/pii finds,
// internal/surrogate spells the stand-ins, and wasm, the command line and the
// Desk are adapters over this package.
//
// The order of steps for a body: size, media type and charset, UTF-8, then one
// walk that collects edits, then one copy. Any error refuses the whole body:
// the caller gets nothing of it and MUST send nothing of it.
//
// Promises, each held by a test:
//   - what is masked once is not changed by masking again;
//   - the result is valid JSON if and only if the body was, and every byte that
//     is no finding stays: white space, spelling of numbers, order of keys;
//   - a stream comes out the same however its bytes were cut.
//
// JSON that stands inside a string, as in results of MCP tools, is walked like
// any other, down to four levels.
package mask
