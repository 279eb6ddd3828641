package answer

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
)

// StatusTool is the tool that agents ask for the outcome of what is pending.
const StatusTool = "sallyport_status"

// mcpBody is a tool result. Everything else that clients understand as an error
// loses our words, ends their session or makes them try again.
func mcpBody(t Thing, sentence string) []byte {
	sentence = pendingMark(t) + sentence
	said, _ := json.Marshal(struct {
		Code       reason.Code `json:"code"`
		Message    string      `json:"message"`
		Pending    bool        `json:"pending"`
		Decision   string      `json:"decision"`
		Approval   string      `json:"approval,omitempty"`
		RetryAfter int64       `json:"retry_after_seconds,omitempty"`
	}{code(t), sentence, pending(t.Code), t.Decision, t.Intent, retryAfter(t)}) // strings and numbers: it cannot fail
	return mcpserver.Called(t.Call, mcpserver.Result{Text: sentence, Structured: said, IsError: !pending(t.Code)})
}

// mcpError is what is answered before a message was read, or to a bad token: an
// error of HTTP that is one of JSON-RPC too. Clients of the newer era hand its
// text on; of others they keep the status alone.
func mcpError(sentence string) []byte {
	return mcpserver.RefusedFault(mcpserver.Frame{}, sentence).Body()
}

// pending says that the call goes on and its outcome will be known.
func pending(code reason.Code) bool {
	switch code {
	case reason.Held, reason.InProgress, reason.OutcomeUnknown:
		return true
	default:
		return false
	}
}

// pendingMark begins the text of what goes on, because a model that reads a
// result without an error takes it for done.
func pendingMark(t Thing) string {
	if !pending(t.Code) {
		return ""
	}
	what := ": not done yet, so do not report it as done; ask " + StatusTool + ` with {"approval":"` + t.Intent + `"} for the outcome. `
	if t.Code == reason.OutcomeUnknown {
		what = ": sent, and whether it was done is not known yet; ask " + StatusTool + ` with {"approval":"` + t.Intent + `"} for the outcome. `
	}
	return "PENDING " + t.Intent + what
}

// Outcome is what a tool answered, on its way to an MCP client.
type Outcome struct {
	Status    int
	MediaType string
	Body      []byte
	Decision  string
	Intent    string // of an effect
	Replayed  bool   // stored: nothing was done again
	Server    bool   // the tool is an MCP server: Body is its JSON-RPC answer
}

// Result wraps a tool's answer: a JSON object is given as it is and as text on
// one line, a list and a single value are wrapped, everything else is text alone.
func Result(call mcpserver.ID, o Outcome) []byte {
	r := mcpserver.Result{IsError: o.Status >= 400, Meta: o.meta()}
	if given, ok := serverResult(o.Body); o.Server && ok && o.Status == 200 {
		given.Meta, r = r.Meta, given
		return o.called(call, r)
	}
	r.Structured = structured(o.Body)
	switch {
	case len(o.Body) == 0:
		r.Text = "The tool answered " + strconv.Itoa(o.Status) + " without a body."
	case r.Structured != nil:
		r.Text = string(r.Structured)
	case !utf8.Valid(o.Body) || hidesJSON(o.Body):
		r.Text, r.IsError = withheld, true
	default:
		r.Text = string(o.Body)
	}
	return o.called(call, r)
}

// called is the answer to the call; what is stored says so.
func (o Outcome) called(call mcpserver.ID, r mcpserver.Result) []byte {
	if o.Replayed {
		note := "This is the stored outcome of " + o.Intent + ": nothing was done again."
		r.Notes = append(r.Notes, note)
		if !o.Server { // whose structure may have a schema
			r.Structured = noted(r.Structured, note)
		}
	}
	out := mcpserver.Called(call, r)
	if len(out) > mask.MaxBody { // the same twice is too large for the mask, which takes it once
		r.Structured = nil
		out = mcpserver.Called(call, r)
	}
	return out
}

// noteMember is what a stored outcome has besides what the tool answered.
const noteMember = "sallyport_note"

// noted puts a note into an object, because some clients show a model the
// structured part alone. One that has such a member is left out instead.
func noted(object json.RawMessage, note string) json.RawMessage {
	if object == nil || bytes.Contains(object, []byte(noteMember)) {
		return nil
	}
	text, _ := json.Marshal(note) // of a text: it cannot fail
	begin := bytes.TrimSuffix(object, []byte("}"))
	comma := ","
	if len(begin) == 1 {
		comma = ""
	}
	return slices.Concat(begin, []byte(comma+`"`+noteMember+`":`), text, []byte("}"))
}

// structured is a JSON object on one line, or nothing for what is no JSON. A
// list and a single value are wrapped: the mask walks JSON in a text only when it
// is an object or a list.
func structured(body []byte) json.RawMessage {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || !utf8.Valid(body) || !json.Valid(body) {
		return nil
	}
	var out bytes.Buffer
	switch body[0] {
	case '{':
		_ = json.Compact(&out, body) // it is valid
		return out.Bytes()
	case '[':
		out.WriteString(`{"items":`)
	default:
		out.WriteString(`{"value":`)
	}
	_ = json.Compact(&out, body)
	out.WriteByte('}')
	return out.Bytes()
}

// hidesJSON finds JSON that a text has on lines of its own or behind a guard
// against browsers. The mask walks a text that is JSON as a whole, and tells
// names by their keys alone.
func hidesJSON(body []byte) bool {
	for _, text := range append(bytes.Split(body, []byte("\n")), body) {
		text = bytes.TrimSpace(text)
		begin := bytes.IndexAny(text[:min(len(text), guardBytes)], "{[")
		if begin >= 0 && json.Valid(text[begin:]) {
			return true
		}
	}
	return false
}

// guardBytes is more than any guard has.
const guardBytes = 16

func (o Outcome) meta() json.RawMessage {
	meta, _ := json.Marshal(struct {
		Decision string `json:"sallyport/decision"`
		Approval string `json:"sallyport/approval,omitempty"`
		Replayed bool   `json:"sallyport/replayed,omitempty"`
		Status   int    `json:"sallyport/status"` // of the tool's HTTP answer
	}{o.Decision, o.Intent, o.Replayed, o.Status}) // as above
	return meta
}
