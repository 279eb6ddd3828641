package client

import (
	"bytes"
	"encoding/json"
)

// Kind is what a frame is for.
type Kind uint8

// The kinds of frames besides calls. The zero Kind is none of them.
const (
	Initialize  Kind = iota + 1
	Initialized      // the notification after it
	List             // tools/list
	Refusal          // an error in answer to what a server asked
	Answer           // what a client answered it
	End              // DELETE of a session
)

// Frame is one HTTP request to a server, but for its path and credential.
type Frame struct {
	Kind   Kind // 0 for a call
	Method string
	Header [][2]string // lower case
	Body   []byte
	ID     string // of the JSON-RPC request, "" when nothing is asked
	Asks   Asks   // what Initialize lets a server ask; what Answer answers
}

// post is a frame around a JSON-RPC message; name is what a call is about.
func (s Session) post(k Kind, id, method, name, body string) Frame {
	f := Frame{Kind: k, Method: "POST", ID: id, Body: []byte(body), Header: [][2]string{
		{"content-type", "application/json"}, {"accept", "application/json, text/event-stream"},
	}}
	f.Header = append(f.Header, s.Header()...)
	if s.Protocol == Stateless && method != "" {
		f.Header = append(f.Header, [2]string{HeaderMethod, method})
		if name != "" {
			f.Header = append(f.Header, [2]string{HeaderName, name})
		}
	}
	return f
}

// request writes a JSON-RPC request; params are members without braces.
func (s Session) request(id, method, params string) string {
	if s.Protocol == Stateless {
		if params != "" {
			params += ","
		}
		params += meta
	}
	return `{"jsonrpc":"2.0","id":` + string(quote(id)) + `,"method":"` + method + `","params":{` + params + `}}`
}

// initialize opens a session of the older era, whose server may ask its client.
func (s Session) initialize(id string, can Asks) Frame {
	f := s.post(Initialize, id, "initialize", "", s.request(id, "initialize",
		`"protocolVersion":"`+string(Sessions)+`","capabilities":`+can.capabilities()+`,"clientInfo":{"name":"sallyport","version":"1"}`))
	f.Asks = can
	return f
}

func (s Session) initialized() Frame {
	return s.post(Initialized, "", "", "", `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
}

// list asks for a page of tools; the first has no cursor.
func (s Session) list(id, cursor string) Frame {
	params := ""
	if cursor != "" {
		params = `"cursor":` + string(quote(cursor))
	}
	return s.post(List, id, "tools/list", "", s.request(id, "tools/list", params))
}

// The methods of calls, which the catalog decides about.
const (
	MethodCall   = "tools/call"
	MethodRead   = "resources/read"
	MethodPrompt = "prompts/get"
)

// Call is a tools/call; arguments are a JSON object.
func (s Session) Call(id, tool string, arguments []byte) Frame {
	params := `"name":` + string(quote(tool)) + `,"arguments":` + string(arguments)
	return s.post(0, id, MethodCall, tool, s.request(id, MethodCall, params))
}

// Read is a resources/read; the address is visible ASCII.
func (s Session) Read(id, uri string) Frame {
	return s.post(0, id, MethodRead, uri, s.request(id, MethodRead, `"uri":`+string(quote(uri))))
}

// Prompt is a prompts/get; arguments are a JSON object of texts.
func (s Session) Prompt(id, prompt string, arguments []byte) Frame {
	params := `"name":` + string(quote(prompt)) + `,"arguments":` + string(arguments)
	return s.post(0, id, MethodPrompt, prompt, s.request(id, MethodPrompt, params))
}

// Refuse answers what a server asked with an error: id is as the server wrote it.
func (s Session) Refuse(id json.RawMessage) Frame {
	return s.post(Refusal, "", "", "", `{"jsonrpc":"2.0","id":`+string(id)+`,"error":{"code":-32601,"message":"The client has no such capability"}}`)
}

// End gives a session back.
func (s Session) End() Frame {
	return Frame{Kind: End, Method: "DELETE", Header: s.Header()}
}

// Identify says which of the frames above an HTTP request is, in exactly their
// bytes, but for its session; else the Kind is 0.
func (p Protocol) Identify(method string, body []byte) Frame {
	if method == "DELETE" && len(body) == 0 && p == Sessions {
		return Session{Protocol: p}.End()
	}
	if method != "POST" {
		return Frame{}
	}
	var m struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params struct {
			Cursor       string                     `json:"cursor"`
			Capabilities map[string]json.RawMessage `json:"capabilities"`
		} `json:"params"`
		Result json.RawMessage `json:"result"`
	}
	if json.Unmarshal(body, &m) != nil {
		return Frame{}
	}
	id, _ := quoted(m.ID)
	s := Session{Protocol: p}
	frames := []Frame{s.list(id, m.Params.Cursor)}
	if p == Sessions {
		frames = append(frames, s.initialize(id, declared(m.Params.Capabilities)), s.initialized())
		if isRequestID(m.ID) {
			frames = append(frames, s.Refuse(m.ID), s.Decline(m.ID))
		}
		if isRequestID(m.ID) && replyKind(m.Result) != 0 {
			frames = append(frames, s.Answer(m.ID, m.Result))
		}
	}
	for _, f := range frames {
		if bytes.Equal(f.Body, body) {
			return f
		}
	}
	return Frame{}
}

// isRequestID says whether JSON is a text or a number, as ids are.
func isRequestID(raw json.RawMessage) bool {
	var id any
	if len(raw) > maxRequestID || json.Unmarshal(raw, &id) != nil {
		return false
	}
	switch id.(type) {
	case string, float64:
		return true
	}
	return false
}

// maxRequestID is longer than any id of a server's request, in bytes.
const maxRequestID = 128
