package filter

import (
	"encoding/json"
	"strings"
	"testing"
)

// What is said in place of an answer is what its client understands: an error of
// HTTP, or the result of a tool call with its id.
func TestRefusal(t *testing.T) {
	if !json.Valid([]byte(problem)) || lastEvent("") != "event: error\ndata: "+problem+"\n\n" {
		t.Errorf("got %q", lastEvent(""))
	}
	call := lastEvent(`"a\u0022b"`)
	var message struct {
		ID     string
		Result struct {
			Content    []struct{ Text string }
			Structured struct{ Code string } `json:"structuredContent"`
			IsError    bool
		}
	}
	data, begins := strings.CutPrefix(call, "event: message\ndata: ")
	data, ends := strings.CutSuffix(data, "\n\n")
	if err := json.Unmarshal([]byte(data), &message); err != nil || !begins || !ends {
		t.Fatalf("%v: %q", err, call)
	}
	if message.ID != `a"b` || !message.Result.IsError || message.Result.Structured.Code != "answer_withheld" || !strings.Contains(message.Result.Content[0].Text, "withheld") {
		t.Errorf("got %+v", message)
	}
}
