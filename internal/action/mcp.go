package action

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/reason"
)

// server is what a catalog of an MCP server knows about it.
type server struct {
	path     string
	protocol client.Protocol
	byTool   map[string]*Action
	byPrompt map[string]*Action
	read     []*Action               // those of resources
	asks     map[client.Asks]*Action // what the server may ask
}

// serverTool is what an action calls at an MCP server: a tool as it was reviewed,
// a resource or a prompt.
type serverTool struct {
	method string // client.MethodCall, MethodRead or MethodPrompt
	name   string // of a tool or a prompt; a resource's address, as the catalog has it
	digest string // client.Tool's, "sha256:<hex>"; of a tool alone
	uri    uriTemplate
}

// MCP is where and how the server of the catalog speaks; false for a tool of
// HTTP operations.
func (c *Catalog) MCP() (path string, protocol client.Protocol, ok bool) {
	if c.mcp == nil {
		return "", "", false
	}
	return c.mcp.path, c.mcp.protocol, true
}

// MCPTool is the tool of the MCP server that the action calls, and the digest it
// had when it was reviewed; false for an HTTP operation, a resource and a prompt.
func (a *Action) MCPTool() (name, digest string, ok bool) {
	if a.op.mcp == nil || a.op.mcp.method != client.MethodCall {
		return "", "", false
	}
	return a.op.mcp.name, a.op.mcp.digest, true
}

// buildMCP writes a call of the server in its one spelling. Its id is always the same:
// the sender numbers it, as it adds the session.
func (c *Catalog) buildMCP(a *Action, values Args) (Request, error) {
	if a.isQuestion() {
		return Request{}, &Mismatch{Reason: reason.ActionUnlisted, Field: a.Name}
	}
	f := a.op.mcpFrame(client.Session{Protocol: c.mcp.protocol}, values)
	r := Request{Method: f.Method, Path: c.mcp.path, Body: f.Body}
	for _, h := range f.Header {
		r.Header = append(r.Header, Header{Name: h[0], Value: h[1]})
	}
	if len(r.Body) > c.maxBody {
		return Request{}, &Mismatch{Reason: reason.BodyTooLarge, Field: a.Name, Hint: "at most " + itoa(c.maxBody) + " bytes"}
	}
	return r, nil
}

func (op *operation) mcpFrame(s client.Session, values Args) client.Frame {
	if op.mcp.method == client.MethodRead {
		return s.Read(client.BuildID, op.buildURI(values))
	}
	arguments, any := op.appendBody(nil, values)
	if !any {
		arguments = []byte("{}")
	}
	if op.mcp.method == client.MethodPrompt {
		return s.Prompt(client.BuildID, op.mcp.name, arguments)
	}
	return s.Call(client.BuildID, op.mcp.name, arguments)
}

// matchMCP reads what buildMCP wrote, with any id and session, and nothing else:
// agents do not write these requests.
func (c *Catalog) matchMCP(r Request) (Call, *Action, *Mismatch) {
	call := Call{Tool: c.name}
	a, arguments, mismatch := c.serverCall(r)
	if mismatch != nil {
		return call, nil, mismatch
	}
	call.Action = a.Name
	m := matcher{op: a.op, args: make(Args, len(a.op.params))}
	if mismatch := m.frame(&r, c.mcp.protocol, arguments); mismatch != nil {
		return call, a, mismatch
	}
	again, err := c.Build(a.Name, m.args)
	extra, same := client.ReadCall(again.Body, r.Body)
	if err != nil || !same || !c.MayAsk().Has(extra.Asks) {
		return call, a, &Mismatch{Reason: reason.BodyMalformed, Hint: "the call in the gateway's own spelling"}
	}
	call.Args = m.args
	return call, a, nil
}

// serverCall finds the action of a call and its arguments, which for a resource
// are its address.
func (c *Catalog) serverCall(r Request) (*Action, *node, *Mismatch) {
	none := &Mismatch{Reason: reason.ActionUnlisted, Hint: "the catalog lists tools of an MCP server: call them over MCP"}
	if r.Method != "POST" || r.Path != c.mcp.path || r.RawQuery != "" {
		return nil, nil, none
	}
	if len(r.Body) > c.maxBody {
		return nil, nil, &Mismatch{Reason: reason.BodyTooLarge, Hint: "at most " + itoa(c.maxBody) + " bytes"}
	}
	root, err := parseJSON(string(bytes.TrimSpace(r.Body)))
	if err != nil {
		return nil, nil, &Mismatch{Reason: reason.BodyMalformed, Hint: "one JSON-RPC request; this " + err.what}
	}
	method := root.at("method")
	if method == nil {
		return nil, nil, none
	}
	if uri := root.at("params.uri"); method.text == client.MethodRead && uri != nil {
		a, mismatch := c.mcp.resource(uri.text)
		return a, uri, mismatch
	}
	a, arguments := c.mcp.named(method.text, root.at("params.name")), root.at("params.arguments")
	if a == nil || arguments == nil {
		return nil, nil, none
	}
	return a, arguments, nil
}

// named is the tool or the prompt of a name, nil for none.
func (s *server) named(method string, name *node) *Action {
	switch {
	case name == nil:
		return nil
	case method == client.MethodCall:
		return s.byTool[name.text]
	case method == client.MethodPrompt:
		return s.byPrompt[name.text]
	default:
		return nil
	}
}

// frame reads headers and arguments of a call.
func (m *matcher) frame(r *Request, p client.Protocol, arguments *node) *Mismatch {
	if mismatch := m.headers(r.Header); mismatch != nil {
		return mismatch
	}
	if !isMediaType(m.mediaType, jsonBody.mediaType()) {
		return &Mismatch{Reason: reason.BodyMediaType, Field: "header content-type", Hint: "it must be " + jsonBody.mediaType() + " in UTF-8"}
	}
	about := m.op.mcp.name
	if m.op.mcp.method == client.MethodRead {
		about = arguments.text
	}
	if name := wrongMCPHeader(r.Header, p, m.op.mcp.method, about); name != "" {
		return &Mismatch{Reason: reason.InputInvalid, Field: "header " + name, Hint: "what the body says, once"}
	}
	if m.op.mcp.method == client.MethodRead {
		if mismatch := m.uri(arguments.text); mismatch != nil {
			return mismatch
		}
		return m.finish()
	}
	if mismatch := m.walk(m.op.shape, arguments, ""); mismatch != nil {
		return mismatch
	}
	return m.finish()
}

func isMCPHeader(name string) bool {
	switch name {
	case client.HeaderSession, client.HeaderVersion, client.HeaderMethod, client.HeaderName:
		return true
	}
	return false
}

// wrongMCPHeader names a header of MCP that does not say what it must: each says
// what the body says, or whose session it is, and stands there once.
func wrongMCPHeader(headers []Header, p client.Protocol, method, about string) string {
	found := map[string]string{}
	for _, h := range headers {
		if _, twice := found[h.Name]; twice && isMCPHeader(h.Name) {
			return h.Name
		}
		found[h.Name] = h.Value
	}
	version, said := found[client.HeaderVersion]
	if said && !p.IsVersion(version) || !said && p == client.Stateless {
		return client.HeaderVersion
	}
	if p == client.Stateless {
		return differs(found, [][2]string{{client.HeaderSession, ""}, {client.HeaderMethod, method}, {client.HeaderName, about}})
	}
	if id, said := found[client.HeaderSession]; said && !client.IsSessionID(id) {
		return client.HeaderSession
	}
	return differs(found, [][2]string{{client.HeaderMethod, ""}, {client.HeaderName, ""}})
}

func differs(found map[string]string, want [][2]string) string {
	for _, w := range want {
		if found[w[0]] != w[1] {
			return w[0]
		}
	}
	return ""
}
