package mcpserver

import (
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/mcp/client"
)

// The headers that are read. Each may stand once.
const (
	HeaderSession  = "mcp-session-id"
	headerVersion  = "mcp-protocol-version"
	headerMethod   = "mcp-method"
	headerName     = "mcp-name"
	headerType     = "content-type"
	headerEncoding = "content-encoding"
	headerAccept   = "accept"
	headerOrigin   = "origin"
	headerParam    = "mcp-param-" // and the name of an argument
)

// Members of _meta: the version tells the eras apart.
const (
	metaVersion = "io.modelcontextprotocol/protocolVersion"
	metaLog     = "io.modelcontextprotocol/logLevel"
	metaReason  = "sallyport/reason"
)

// Bounds of names, in bytes.
const (
	maxMethod   = 128
	maxName     = 128
	maxProgress = 128
	maxURI      = 1024
)

// Read reads the one message of an HTTP request to an MCP path.
func Read(r action.Request) (Frame, *Fault) {
	h, fault := readHeaders(r.Header)
	if fault != nil {
		return Frame{}, fault
	}
	switch r.Method {
	case "GET":
		return Frame{Kind: Get, Session: h.session}, nil
	case "DELETE":
		return Frame{Kind: Delete, Session: h.session}, nil
	case "POST":
	default:
		return Frame{}, &Fault{Status: 405, Code: codeInvalid, Say: "Messages are sent with POST."}
	}
	if fault := h.json(); fault != nil {
		return Frame{}, fault
	}
	root, err := action.ReadJSON(string(r.Body))
	switch {
	case err != nil:
		return Frame{}, bad("", codeParse, "The body is not one JSON-RPC message: "+err.Error()+".")
	case !root.IsObject():
		return Frame{}, bad("", codeInvalid, "The body must be one JSON-RPC message; batches are not taken.")
	}
	m := message{headers: h, root: root, body: r.Body}
	return m.read()
}

// message is one body on its way to a frame.
type message struct {
	headers headers
	root    action.JSON
	body    []byte
	method  string
	params  action.JSON
	meta    action.JSON
}

func (m *message) read() (Frame, *Fault) {
	f := Frame{Session: m.headers.session}
	id := m.root.Member("id")
	if id.Is() {
		var ok bool
		if f.ID, ok = readID(id); !ok {
			return Frame{}, bad("", codeInvalid, "The id must be an integer, or a text of at most 128 bytes.")
		}
	}
	if version, _ := m.root.Member("jsonrpc").Text(); version != "2.0" {
		return Frame{}, bad(f.ID, codeInvalid, `The message must say "jsonrpc": "2.0".`)
	}
	if !m.root.Member("method").Is() {
		return m.response(f, id)
	}
	if fault := m.request(f.ID); fault != nil {
		return Frame{}, fault
	}
	f.Modern, f.Kind = m.modern(), kindOf(m.method, id.Is())
	if fault := m.agree(f); fault != nil {
		return Frame{}, fault
	}
	return m.details(f)
}

// response is an answer of the client. It is taken, though nobody asked.
func (m *message) response(f Frame, id action.JSON) (Frame, *Fault) {
	answered := m.root.Member("result").Is() != m.root.Member("error").Is()
	if f.ID == "" || !answered || !only(m.root, "jsonrpc", "id", "result", "error") {
		return Frame{}, bad(f.ID, codeInvalid, "The message is neither a request nor a notification nor a response.")
	}
	f.Kind, f.ID = Response, ""
	if question, _ := id.Text(); IsQuestion(question) {
		return m.reply(f, question)
	}
	return f, nil
}

// request reads what requests and notifications have in common.
func (m *message) request(id ID) *Fault {
	method, isText := m.root.Member("method").Text()
	if !isText || method == "" || len(method) > maxMethod || !only(m.root, "jsonrpc", "id", "method", "params") {
		return bad(id, codeInvalid, "A request has jsonrpc, id, method and params, and nothing else.")
	}
	m.method, m.params = method, m.root.Member("params")
	if m.params.Is() && !m.params.IsObject() {
		return bad(id, codeParams, "The params must be an object.")
	}
	m.meta = m.params.Member("_meta")
	if m.meta.Is() && !m.meta.IsObject() {
		return bad(id, codeParams, "The _meta must be an object.")
	}
	return nil
}

// modern: a request says its version itself, or asks to discover.
func (m *message) modern() bool {
	return m.meta.Member(metaVersion).Is() || m.method == "server/discover"
}

// kindOf is the closed list.
func kindOf(method string, hasID bool) Kind {
	if !hasID {
		// Without an id a request gets no answer, so it is none: what changes
		// something must never be done for a client that cannot hear of it.
		if strings.HasPrefix(method, "notifications/") {
			return Notification
		}
		return Unlisted
	}
	return requests[method] // Unlisted, of what is not in it
}

var requests = map[string]Kind{
	"initialize": Initialize, "server/discover": Discover, "ping": Ping,
	"tools/list": List, "tools/call": Call,
	"resources/list": Resources, "resources/templates/list": Templates, "resources/read": ReadResource,
	"prompts/list": Prompts, "prompts/get": GetPrompt, "completion/complete": Complete,
}

// details reads what one kind has besides.
func (m *message) details(f Frame) (Frame, *Fault) {
	switch f.Kind {
	case Initialize:
		f.Asked, _ = m.params.Member("protocolVersion").Text()
		f.Asks = readAsks(m.params.Member("capabilities"))
		if f.Asked == "" || len(f.Asked) > maxName {
			return Frame{}, bad(f.ID, codeParams, "The params must have the protocolVersion that the client speaks.")
		}
	case List, Resources, Templates, Prompts:
		if !only(m.params, "_meta", "cursor") || m.params.Member("cursor").Is() {
			return Frame{}, bad(f.ID, codeParams, "The list is one page: leave the cursor out.")
		}
	case Call:
		return m.call(f)
	case ReadResource:
		return m.readResource(f)
	case GetPrompt:
		return m.getPrompt(f)
	case Complete:
		return m.complete(f)
	case Unlisted:
		if f.ID == "" {
			return Frame{}, bad("", codeInvalid, "A request needs an id.")
		}
	default: // nothing else is read of them
	}
	return f, nil
}

func (m *message) call(f Frame) (Frame, *Fault) {
	name, _ := m.params.Member("name").Text()
	if name == "" || len(name) > maxName {
		return Frame{}, bad(f.ID, codeParams, "The params must have the name of a tool.")
	}
	if !only(m.params, "_meta", "name", "arguments", "inputResponses", "requestState") {
		return Frame{}, bad(f.ID, codeParams, "A call has name and arguments, and what belongs to a question; tasks are not taken.")
	}
	f.Call = ToolCall{Name: name, Arguments: m.params.Member("arguments")}
	if fault := m.answers(&f); fault != nil {
		return Frame{}, fault
	}
	f.Asks = m.asks(f)
	f.Call.Reason, _ = m.meta.Member(metaReason).Text()
	return m.hears(f)
}

// hears reads what a client wants to be told while its call is made. One that
// reads no streams is told nothing.
func (m *message) hears(f Frame) (Frame, *Fault) {
	if !m.headers.streams {
		return f, nil
	}
	if level, _ := m.meta.Member(metaLog).Text(); client.IsLevel(level) {
		f.Call.Log = level
	}
	token := m.meta.Member("progressToken")
	if !token.Is() {
		return f, nil
	}
	if n, ok := token.Integer(); ok {
		f.Call.Progress = string(appendInt(nil, n))
		return f, nil
	}
	text, ok := token.Text()
	if !ok || len(text) > maxProgress {
		return Frame{}, bad(f.ID, codeParams, "The progressToken must be an integer, or a text of at most 128 bytes.")
	}
	f.Call.Progress = string(appendText(nil, text))
	return f, nil
}

// only says whether an object has no other keys.
func only(j action.JSON, keys ...string) bool {
	return !slices.ContainsFunc(j.Keys(), func(key string) bool { return !slices.Contains(keys, key) })
}
