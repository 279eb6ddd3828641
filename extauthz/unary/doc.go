// Package unary serves one method of gRPC to the proxy beside it, over a local
// socket and HTTP/2 without TLS.
//
// A check takes less time than what a server for everything spends on handing it
// over: a stream with its own context, a goroutine that reads, one that handles
// and one that writes, and a write for each answer. Here one goroutine a
// connection reads what has come, answers each message in turn and writes the
// answers at once. So a handler MUST NOT wait for anybody: whoever calls over the
// same connection waits with it.
//
// Frames and headers are read by golang.org/x/net/http2. What is left of the
// protocol is here: streams (connection.go), what may be sent (send.go), and the
// five bytes before a message (message.go). Compressed messages, and methods of
// any other name, are refused as unimplemented. Deadlines of calls are not looked
// at.
package unary
