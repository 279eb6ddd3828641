// Package mask takes personal data out of an answer before an agent reads it.
//
// It owns what is masked for a tenant at one tool (Policy), the walk through JSON,
// text, tables, forms and server-sent events, and the report of what was masked.
// internal/pii finds personal data in a text; internal/surrogate spells what stands
// in its place; internal/mask/maskfile reads mask.yaml. The filter in Envoy (wasm), the
// command line and the Desk are adapters over this package.
//
// A body takes these steps: the tool's Credential is taken out; its size, media type and charset are checked, and that it
// is UTF-8; one walk collects edits; one copy applies them. Any error refuses the
// whole body: the caller gets nothing of it and MUST send nothing of it.
//
// Promises, each held by a test:
//   - what is masked once is not changed by masking again;
//   - the result is valid JSON if and only if the body was, and every byte that
//     is no finding stays: white space, spelling of numbers, order of keys;
//   - a stream comes out the same however its bytes were cut.
//
// JSON that stands inside a string, as in results of MCP tools, is walked like any
// other, four strings deep.
package mask
