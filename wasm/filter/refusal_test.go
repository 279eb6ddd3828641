package filter

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMarked(t *testing.T) {
	for _, c := range []struct{ report, want string }{
		{"{}", `{"fault":1}`},
		{`{"email":2,"name":1}`, `{"email":2,"name":1,"fault":1}`},
	} {
		if got := string(marked([]byte(c.report), "fault")); got != c.want {
			t.Errorf("%s: %s", c.report, got)
		}
	}
}

// What is said in place of an answer is what its client understands: an error of
// HTTP, the result of a tool call with its id, or the error of another request.
func TestRefusal(t *testing.T) {
	if !json.Valid([]byte(problem)) || lastEvent("", "") != "event: error\ndata: "+problem+"\n\n" {
		t.Errorf("got %q", lastEvent("", ""))
	}
	type said struct{ Code string }
	type message struct {
		ID     string
		Result *struct {
			Content    []struct{ Text string }
			Structured said `json:"structuredContent"`
			IsError    bool
		}
		Error *struct {
			Code    int
			Message string
			Data    said
		}
	}
	read := func(dialect string) (out message) {
		event := lastEvent(`"a\u0022b"`, dialect)
		data, begins := strings.CutPrefix(event, "event: message\ndata: ")
		data, ends := strings.CutSuffix(data, "\n\n")
		if err := json.Unmarshal([]byte(data), &out); err != nil || !begins || !ends || out.ID != `a"b` {
			t.Fatalf("%v: %q", err, event)
		}
		return out
	}
	call := read("")
	if r := call.Result; r == nil || call.Error != nil || !r.IsError || r.Structured.Code != "answer_withheld" || !strings.Contains(r.Content[0].Text, "withheld") {
		t.Errorf("a tool call: %+v", call)
	}
	other := read("mcp_request")
	if e := other.Error; e == nil || other.Result != nil || e.Code != -32000 || e.Data.Code != "answer_withheld" || !strings.Contains(e.Message, "withheld") {
		t.Errorf("another request: %+v", other)
	}
}
