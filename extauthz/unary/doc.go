// Package unary serves one method of gRPC to the proxy beside it, over a local
// socket and HTTP/2 without TLS.
//
// A check takes less time than what a server for everything spends on handing it
// over: a stream with its own context, a goroutine that reads, one that handles
// and one that writes, and a write for each answer. Here one goroutine a
// connection reads what has come, answers each message in turn and writes the
// answers at once. A handler that is slow is left behind: another goroutine takes its
// turn at reading, so that those who call over the same connection wait for a
// millisecond or two, and never for it (watch.go).
//
// Frames and headers are read by golang.org/x/net/http2. What is left of the
// protocol is here: streams (stream.go), what may be sent (send.go), what the peer
// says of itself (peer.go), the five bytes before a message (message.go) and the end
// (ending.go). Compressed messages, and methods of any other name but the usual
// question for health, are refused as unimplemented.
package unary
