package action

// Header is one request header; Name is lower case.
type Header struct{ Name, Value string }

// Request is an HTTP request to a tool, after Envoy hardened it. Path is the
// escaped path as the tool would get it (the tool segment already removed),
// RawQuery has no leading '?'. Header keeps duplicates and order.
type Request struct {
	Method   string
	Path     string
	RawQuery string
	Header   []Header
	Body     []byte
}

// Call is a named action with canonical arguments: the same value, byte for
// byte, however the agent spelled the request.
type Call struct {
	Tool   string
	Action string // "stripe.refund.create"
	Args   Args
	// ClientKey is the agent's own idempotency key, an alias of the intent and
	// no part of the arguments or of the digest. "" when there is none.
	ClientKey string
}
