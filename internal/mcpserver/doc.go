// Package mcpserver reads and writes the Model Context Protocol as agents speak it to
// the gateway over Streamable HTTP: one JSON-RPC message a request, in both eras,
// 2025-11-25 (with a session) and 2026-07-28 (without one).
//
// Reading is strict and the body decides, never a header alone: no batches, no
// key twice, no unknown member, an id of bounded length, and headers that repeat
// the body must say the same. What a message may be is a closed list (Kind);
// everything else is Unlisted and refused.
//
// The package is pure: no I/O, no clock, no logging. It knows nothing of
// policies; what may be called is decided where every call is decided.
package mcpserver
