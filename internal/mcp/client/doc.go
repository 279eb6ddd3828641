// Package client is the gateway's side towards an upstream MCP server: the few
// frames it sends, how an answer is found in JSON or in server-sent events, the
// order of a session's frames, and the digest by which a reviewed tool is known.
//
// The gateway declares the capabilities that a catalog allows and the agent's
// client has: what a server asks for is the client's to answer. What else it asks
// is answered with an error and told to the caller.
//
// The list of frames is closed: Identify recognises exactly what the functions
// here write, byte for byte, and the check before bytes leave lets nothing else
// pass that is not a call.
//
// The package is pure: a Sender carries the frames.
package client
