package mcpserver

// The codes of JSON-RPC errors that are used.
const (
	codeParse          = -32700
	codeInvalid        = -32600
	codeUnlisted       = -32601
	codeParams         = -32602
	codeHeaderMismatch = -32020
	codeVersion        = -32022
	codeDenied         = -32000
)

// Fault is why a message is not taken: a mistake of the protocol, never a
// decision of the policy.
type Fault struct {
	Status int // of the HTTP answer
	Code   int // of the JSON-RPC error
	Say    string
	ID     ID
	data   string // JSON, "" for none
}

// Error is the sentence, for logs and tests.
func (f *Fault) Error() string { return f.Say }

// Body is the JSON-RPC error.
func (f *Fault) Body() []byte {
	out := append([]byte(`{"jsonrpc":"2.0","id":`), f.ID.orNull()...)
	out = appendInt(append(out, `,"error":{"code":`...), int64(f.Code))
	out = appendText(append(out, `,"message":`...), f.Say)
	if f.data != "" {
		out = append(append(out, `,"data":`...), f.data...)
	}
	return append(out, "}}\n"...)
}

func bad(id ID, code int, say string) *Fault {
	return &Fault{Status: 400, Code: code, Say: say, ID: id}
}

// RefusedFault answers a request that is refused. Clients of the older era end
// their session at any status but 200.
func RefusedFault(f Frame, say string) *Fault {
	status := 200
	if f.Modern || f.ID == "" {
		status = 404
	}
	return &Fault{Status: status, Code: codeInvalid, ID: f.ID, Say: say}
}

// UnlistedFault answers a request for what the gateway does not offer.
func UnlistedFault(f Frame) *Fault {
	out := RefusedFault(f, "This gateway offers tools (tools/list, tools/call), and resources and prompts where a catalog maps some. Subscriptions, tasks and a level of logging are not.")
	out.Code = codeUnlisted
	return out
}

// UnmappedFault answers a request about resources or prompts where no catalog
// maps any.
func UnmappedFault(f Frame) *Fault {
	out := RefusedFault(f, "No resource and no prompt is offered here: the catalogs map none. Tools are (tools/list, tools/call).")
	out.Code = codeUnlisted
	return out
}

// UnknownRefFault answers a completion for what is not offered to this client.
func UnknownRefFault(f Frame) *Fault {
	out := RefusedFault(f, "No such prompt, resource or argument is offered to this client.")
	out.Code = codeParams
	return out
}

// DeniedFault answers a resources/read or a prompts/get that was not done. These
// have no results that say so. data is a JSON object.
func DeniedFault(id ID, say string, data []byte) *Fault {
	return &Fault{Status: 200, Code: codeDenied, Say: say, ID: id, data: string(data)}
}

// SessionFault answers a message whose session is not known: of another agent, of
// another conversation, ended or too old. Clients begin a new one.
func SessionFault(f Frame) *Fault {
	return &Fault{Status: 404, Code: codeInvalid, ID: f.ID, Say: "This MCP session is not known. Begin a new one with initialize."}
}

// NoSessionFault answers a message that needs a session and names none.
func NoSessionFault(f Frame) *Fault {
	return bad(f.ID, codeInvalid, "This message needs a session: send initialize first, and then its mcp-session-id with each message.")
}

func unsupported(id ID, asked string) *Fault {
	data := append([]byte(`{"supported":`), appendTexts(nil, versions)...)
	data = appendText(append(data, `,"requested":`...), asked)
	f := bad(id, codeVersion, "This protocol version is not spoken here.")
	f.data = string(append(data, '}'))
	return f
}
