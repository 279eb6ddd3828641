package filter

import (
	"encoding/json"
	"strings"
	"testing"
)

// A withheld answer is what its client understands: an error of HTTP, or the
// result of a tool call with its id.
func TestRefusal(t *testing.T) {
	plain, call := refuseWith(""), refuseWith(`"a\u0022b"`)
	if plain.status != 502 || plain.media != problemType || !json.Valid([]byte(plain.body)) || !strings.HasSuffix(plain.event, plain.body+"\n\n") {
		t.Errorf("got %+v", plain)
	}
	var message struct {
		ID     string
		Result struct {
			Content []struct{ Text string }
			IsError bool
		}
	}
	if err := json.Unmarshal([]byte(call.body), &message); err != nil {
		t.Fatal(err)
	}
	if call.status != 200 || call.media != "application/json" || message.ID != `a"b` || !message.Result.IsError || !strings.Contains(message.Result.Content[0].Text, "withheld") || !strings.HasSuffix(call.event, "data: "+call.body+"\n\n") {
		t.Errorf("got %+v", call)
	}
}
