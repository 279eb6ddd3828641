package mcpserver

import "encoding/json"

// Server is how the gateway names itself to clients.
type Server struct {
	Version      string
	Instructions string // what a model is told about all tools together
}

// Initialized answers initialize.
func (s Server) Initialized(f Frame, mapped bool) []byte {
	out := appendText([]byte(`"protocolVersion":`), Agreed(f.Asked))
	out = append(append(append(out, `,"capabilities":`...), capabilities(mapped)...), `,"serverInfo":`...)
	out = s.appendInfo(out)
	out = appendText(append(out, `,"instructions":`...), s.Instructions)
	return result(f.ID, out)
}

// Discovered answers server/discover.
func (s Server) Discovered(f Frame, mapped bool) []byte {
	out := appendTexts([]byte(`"supportedVersions":`), versions)
	out = append(append(out, `,"capabilities":`...), capabilities(mapped)...)
	out = appendText(append(out, `,"instructions":`...), s.Instructions)
	out = append(out, uncached...)
	out = append(out, `,"_meta":{"io.modelcontextprotocol/serverInfo":`...)
	return result(f.ID, append(s.appendInfo(out), '}'))
}

// capabilities are what is offered; mapped says that some catalog maps resources
// or prompts.
func capabilities(mapped bool) string {
	if mapped {
		return `{"tools":{},"resources":{},"prompts":{},"completions":{}}`
	}
	return `{"tools":{}}`
}

func (s Server) appendInfo(out []byte) []byte {
	out = appendText(append(out, `{"name":"sallyport","title":"Sallyport","version":`...), s.Version)
	return append(out, '}')
}

// uncached: rights can be taken away at any moment.
const uncached = `,"ttlMs":0,"cacheScope":"private"`

// Ponged answers ping.
func Ponged(f Frame) []byte { return result(f.ID, nil) }

// Tool is one entry of a list.
type Tool struct {
	Name        string
	Description string
	Schema      []byte // JSON Schema of its arguments
	ReadOnly    bool   // it changes nothing at its tool
}

// Listed answers tools/list.
func Listed(f Frame, tools []Tool) []byte {
	out := []byte(`"tools":[`)
	for i, t := range tools {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(out, `{"name":`...), t.Name)
		out = appendText(append(out, `,"description":`...), t.Description)
		out = append(append(out, `,"inputSchema":`...), t.Schema...)
		if t.ReadOnly {
			out = append(out, `,"annotations":{"readOnlyHint":true}`...)
		}
		out = append(out, '}')
	}
	return result(f.ID, append(append(out, ']'), uncached...))
}

// Result is a CallToolResult on its way to the client.
type Result struct {
	Text       string
	Notes      []string        // further texts, behind the first
	Structured json.RawMessage // one JSON object, or nothing
	IsError    bool
	Meta       json.RawMessage // one JSON object, or nothing
}

// Called answers tools/call.
func Called(id ID, r Result) []byte {
	out := []byte(`"content":[`)
	for i, text := range append([]string{r.Text}, r.Notes...) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(append(out, `{"type":"text","text":`...), text), '}')
	}
	out = append(out, ']')
	if len(r.Structured) > 0 {
		out = append(append(out, `,"structuredContent":`...), r.Structured...)
	}
	if r.IsError {
		out = append(out, `,"isError":true`...)
	} else {
		out = append(out, `,"isError":false`...)
	}
	if len(r.Meta) > 0 {
		out = append(append(out, `,"_meta":`...), r.Meta...)
	}
	return result(id, out)
}

// result is the answer with these members. What kind of result it is belongs to
// the newer era; clients of the older one pass over it.
func result(id ID, members []byte) []byte {
	out := append([]byte(`{"jsonrpc":"2.0","id":`), id.orNull()...)
	out = append(out, `,"result":{"resultType":"complete"`...)
	if len(members) > 0 {
		out = append(append(out, ','), members...)
	}
	return append(out, "}}\n"...)
}

// Progress is the notification of how far a call is: at grows from one to the
// next. The total is 0 when it is not known, say may be "".
func Progress(token string, at, total float64, say string) []byte {
	out := append([]byte(`{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":`), token...)
	out = appendNumber(append(out, `,"progress":`...), at)
	if total != 0 {
		out = appendNumber(append(out, `,"total":`...), total)
	}
	if say != "" {
		out = appendText(append(out, `,"message":`...), say)
	}
	return append(out, "}}\n"...)
}

// Logged is the notification of a line of a tool's log; data is JSON on one line.
func Logged(level, logger string, data []byte) []byte {
	out := appendText([]byte(`{"jsonrpc":"2.0","method":"notifications/message","params":{"level":`), level)
	if logger != "" {
		out = appendText(append(out, `,"logger":`...), logger)
	}
	out = append(append(out, `,"data":`...), data...)
	return append(out, "}}\n"...)
}

// Event is one message of a stream; message is one line of JSON.
func Event(message []byte) []byte {
	return append(append([]byte("event: message\ndata: "), message...), '\n')
}
