package answer

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mcpserver"
)

// Outcome is what a tool answered, on its way to an MCP client.
type Outcome struct {
	Status    int
	MediaType string
	Body      []byte
	Unread    bool // Unreadable by the tenant's mask
	Server    bool // the body is the JSON-RPC answer of the tool's own MCP server
	Decision  string
	Intent    string   // of an effect
	Replayed  bool     // stored: nothing was done again
	Edited    []string // arguments that a person changed before it was done
}

// withheld stands in place of what the mask could not look into.
const withheld = "What the tool answered cannot be checked for personal data as text, so it was withheld."

// Unreadable says that a mask withholds an answer as it came, so that it must not
// pass as a text in a result either.
func Unreadable(p mask.Policy, mediaType string, body []byte) bool {
	kind, err := p.Kind(mediaType)
	return err != nil || kind == mask.JSON && len(body) > 0 && !json.Valid(body)
}

// Result makes the result of a call.
func Result(call mcpserver.ID, o Outcome) []byte {
	r, ok := serverResult(o.Body)
	if !o.Server || !ok || o.Status != 200 && r.Text != asks {
		r = o.ofAPI()
	}
	r.Meta = o.meta()
	if notes := o.notes(); len(notes) > 0 {
		r.Notes = append(r.Notes, notes...)
		if !o.Server { // whose structure may have a schema
			r.Structured = noted(r.Structured, strings.Join(notes, " "))
		}
	}
	out := mcpserver.Called(call, r)
	if len(out) > mask.MaxBody { // the same twice is too large for the mask, which takes it once
		r.Structured = nil
		out = mcpserver.Called(call, r)
	}
	return out
}

// notes are what a model must know besides what the tool answered.
func (o Outcome) notes() (notes []string) {
	if o.Replayed {
		notes = append(notes, "This is the stored outcome of "+o.Intent+": nothing was done again.")
	}
	if len(o.Edited) > 0 {
		notes = append(notes, "A person changed "+strings.Join(o.Edited, ", ")+" before this was done.")
	}
	return notes
}

// ofAPI wraps the answer of an HTTP API: a JSON object is given as it is and as
// text on one line, a list and a single value are wrapped, everything else is
// text alone.
func (o Outcome) ofAPI() mcpserver.Result {
	r := mcpserver.Result{Structured: structured(o.Body), IsError: o.Status >= 400}
	switch {
	case o.Unread && len(o.Body) > 0:
		return o.nothing()
	case len(o.Body) == 0:
		r.Text = "The tool answered " + strconv.Itoa(o.Status) + " without a body."
	case r.Structured != nil:
		r.Text = string(r.Structured)
	default:
		var ok bool
		if r.Text, ok = readable(o.Body); !ok {
			return o.nothing()
		}
	}
	return r
}

// nothing is said of an answer that is withheld but whether there was one. What
// was done is not undone by that.
func (o Outcome) nothing() mcpserver.Result {
	return mcpserver.Result{
		Text: "The tool answered with status " + strconv.Itoa(o.Status) + ". " + withheld, IsError: o.Status >= 400 || o.Intent == "",
	}
}

// readable is a text that the mask finds everything in: JSON as a whole, which it
// walks, or no JSON at all. It tells names by their keys, and would not see those
// of JSON on lines of its own, behind a guard against browsers, or in a single
// text. ok is false when the text was withheld.
func readable(body []byte) (text string, ok bool) {
	var out bytes.Buffer
	switch body = bytes.TrimSpace(body); {
	case !utf8.Valid(body):
		return withheld, false
	case json.Valid(body) && (body[0] == '{' || body[0] == '['):
		_ = json.Compact(&out, body) // it is valid
		return out.String(), true
	case json.Valid(body):
		return string(structured(body)), true
	case hidesJSON(body):
		return withheld, false
	default:
		return string(body), true
	}
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
// list and a single value are wrapped: a result has an object here, and the mask
// walks JSON in a text only when it is an object or a list.
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

// hidesJSON finds JSON on a line of its own, or behind a guard.
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
		Decision string   `json:"sallyport/decision"`
		Approval string   `json:"sallyport/approval,omitempty"`
		Replayed bool     `json:"sallyport/replayed,omitempty"`
		Edited   []string `json:"sallyport/edited,omitempty"`
		Status   int      `json:"sallyport/status"` // of the tool's HTTP answer
	}{o.Decision, o.Intent, o.Replayed, o.Edited, o.Status}) // strings and a number: it cannot fail
	return meta
}
