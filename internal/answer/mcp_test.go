package answer

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// shown is what an MCP client hands to its model.
type shown struct {
	texts      []string
	structured string
	isError    bool
	meta       string
}

func show(tb testing.TB, id string, body []byte) shown {
	tb.Helper()
	var m struct {
		JSONRPC string
		ID      json.RawMessage
		Result  *struct {
			ResultType        string
			Content           []struct{ Type, Text string }
			StructuredContent json.RawMessage
			IsError           *bool
			Meta              json.RawMessage `json:"_meta"`
		}
		Error json.RawMessage
	}
	if err := json.Unmarshal(body, &m); err != nil {
		tb.Fatalf("%v: %s", err, body)
	}
	if m.JSONRPC != "2.0" || string(m.ID) != id || m.Error != nil || m.Result == nil || m.Result.IsError == nil || m.Result.ResultType != "complete" || len(m.Result.Content) == 0 {
		tb.Fatalf("no result of %s: %s", id, body)
	}
	out := shown{structured: string(m.Result.StructuredContent), isError: *m.Result.IsError, meta: string(m.Result.Meta)}
	for _, block := range m.Result.Content {
		out.texts = append(out.texts, block.Text)
	}
	return out
}

// Every end of a call is a result with status 200 that carries the sentence
// twice, but for a bad token. What goes on is no error, and says so first.
func TestEveryCodeIsAResultOverMCP(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, code := range reason.All() {
		a := Render(MCP, Thing{Code: code, Decision: "dec-1", Intent: "int_1", Say: "Words of the rule.", Call: `"c\u0025"`, RetryAt: now.Add(time.Minute), Now: now})
		if lookup(code).status == 401 {
			if a.Status != 401 || !strings.Contains(string(a.Body), `(`+string(code)+`, dec-1)"`) {
				t.Errorf("%s: %d %s", code, a.Status, a.Body)
			}
			continue
		}
		got := show(t, `"c\u0025"`, a.Body)
		var said struct {
			Code, Message, Decision, Approval string
			Pending                           bool
			RetryAfter                        int `json:"retry_after_seconds"`
		}
		if err := json.Unmarshal([]byte(got.structured), &said); err != nil {
			t.Fatal(err)
		}
		goesOn := code == reason.Held || code == reason.InProgress || code == reason.OutcomeUnknown
		if a.Status != 200 || got.isError == goesOn || said.Pending != goesOn || strings.HasPrefix(got.texts[0], "PENDING int_1: ") != goesOn {
			t.Errorf("%s: %d %s", code, a.Status, a.Body)
		}
		if got.texts[0] != said.Message || !strings.Contains(said.Message, "Words of the rule.") || said.Decision != "dec-1" || said.Approval != "int_1" || said.RetryAfter != 60 {
			t.Errorf("%s: %s", code, a.Body)
		}
		if code != reason.Allowed && said.Code != string(code) {
			t.Errorf("%s says it is %s", code, said.Code)
		}
	}
}

func TestOutcomesOverMCP(t *testing.T) {
	for name, tt := range map[string]struct {
		outcome    Outcome
		texts      []string
		structured string
		isError    bool
	}{
		"an object":         {Outcome{Status: 200, Body: []byte("{\n \"a\": [1, 2]\n}\n")}, []string{`{"a":[1,2]}`}, `{"a":[1,2]}`, false},
		"a list":            {Outcome{Status: 200, Body: []byte(`[1, 2]`)}, []string{`{"items":[1,2]}`}, `{"items":[1,2]}`, false},
		"a single value":    {Outcome{Status: 200, Body: []byte(`"x"`)}, []string{`{"value":"x"}`}, `{"value":"x"}`, false},
		"an error":          {Outcome{Status: 402, Body: []byte(`{"error":1}`)}, []string{`{"error":1}`}, `{"error":1}`, true},
		"text":              {Outcome{Status: 200, Body: []byte("a [link] {x}\nb")}, []string{"a [link] {x}\nb"}, "", false},
		"nothing":           {Outcome{Status: 204}, []string{"The tool answered 204 without a body."}, "", false},
		"no text":           {Outcome{Status: 200, Body: []byte{0xff}}, []string{"The tool answered with status 200. " + withheld}, "", true},
		"a media type":      {Outcome{Status: 200, Unread: true, Body: []byte(`{}`)}, []string{"The tool answered with status 200. " + withheld}, "", true},
		"done and unread":   {Outcome{Status: 200, Unread: true, Body: []byte(`{}`), Intent: "int_1"}, []string{"The tool answered with status 200. " + withheld}, "", false},
		"stored":            {Outcome{Status: 200, Body: []byte(`{}`), Intent: "int_1", Replayed: true}, []string{"{}", "This is the stored outcome of int_1: nothing was done again."}, `{"sallyport_note":"This is the stored outcome of int_1: nothing was done again."}`, false},
		"edited":            {Outcome{Status: 200, Body: []byte(`{"a":1}`), Intent: "int_1", Replayed: true, Edited: []string{"body", "public"}}, []string{`{"a":1}`, "This is the stored outcome of int_1: nothing was done again.", "A person changed body, public before this was done."}, `{"a":1,"sallyport_note":"This is the stored outcome of int_1: nothing was done again. A person changed body, public before this was done."}`, false},
		"a server's result": {Outcome{Status: 200, Server: true, Body: []byte(`{"id":"1","result":{"content":[{"type":"text","text":"{ \"a\": 1}"},{"type":"image","data":"x"}],"structuredContent":{"a":1}}}`)}, []string{`{"a":1}`, "1 parts of the answer that are no text were left out."}, `{"a":1}`, false},
		"a server's error":  {Outcome{Status: 200, Server: true, Body: []byte(`{"id":"1","error":{"code":-32602,"message":"No such row."}}`)}, []string{"The tool's server answered with error -32602.", "No such row."}, "", true},
		"a tool's error":    {Outcome{Status: 200, Server: true, Body: []byte(`{"id":"1","result":{"isError":true,"content":[{"type":"text","text":"No."}]}}`)}, []string{"No."}, "", true},
		"structure alone":   {Outcome{Status: 200, Server: true, Body: []byte(`{"id":"1","result":{"structuredContent":{"a":1}}}`)}, []string{`{"a":1}`}, `{"a":1}`, false},
		"a question":        {Outcome{Status: 200, Server: true, Body: []byte(`{"id":"1","result":{"resultType":"input_required"}}`)}, []string{asks}, "", true},
		"no result":         {Outcome{Status: 200, Server: true, Body: []byte(`{"id":"1"}`)}, []string{`{"id":"1"}`}, `{"id":"1"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			tt.outcome.Decision = "dec-1"
			got := show(t, "7", Result("7", tt.outcome))
			if diff := cmp.Diff(tt.texts, got.texts); diff != "" {
				t.Error(diff)
			}
			if got.structured != tt.structured || got.isError != tt.isError || !strings.Contains(got.meta, `"sallyport/decision":"dec-1"`) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// However a tool spells a person, nothing of it is left once the result passed
// the mask: names are told by keys, which must not hide in text.
func TestOutcomesAreMasked(t *testing.T) {
	const person = `{"name":"Ada Lovelace","email":"ada@example.com"}`
	quoted, _ := json.Marshal(person)
	twice, _ := json.Marshal(`{"inner":` + string(quoted) + `}`)
	content, _ := json.Marshal(string(quoted))
	for name, o := range map[string]Outcome{
		"an object":               {Body: []byte(person)},
		"a list":                  {Body: []byte("[" + person + "]")},
		"JSON in a single text":   {Body: quoted},
		"JSON in a field":         {Body: []byte(`{"payload":` + string(quoted) + `}`)},
		"JSON in JSON in a field": {Body: []byte(`{"payload":` + string(twice) + `}`)},
		"lines of JSON":           {Body: []byte(person + "\n" + person + "\n")},
		"a line among text":       {Body: []byte("Found:\n  " + person + "\nthat is all")},
		"behind a guard":          {Body: []byte(")]}',\n" + person)},
		"behind a guard, spread":  {Body: []byte("while(1);{\n\"name\":\n\"Ada Lovelace\"}")},
		"of a server":             {Server: true, Body: []byte(`{"result":{"content":[{"type":"text","text":` + string(quoted) + `}],"structuredContent":` + person + `}}`)},
		"of a server, in a text":  {Server: true, Body: []byte(`{"result":{"content":[{"type":"text","text":` + string(content) + `}]}}`)},
		"of a server, no text":    {Server: true, Body: []byte(`{"result":{"content":[{"type":"resource","resource":` + person + `}]}}`)},
		"of a server's error":     {Server: true, Body: []byte(`{"error":{"code":1,"message":` + string(quoted) + `}}`)},
	} {
		t.Run(name, func(t *testing.T) {
			o.Status = 200
			out, _, err := mask.Body(nil, Result("1", o), "application/json", mask.Default(), surrogate.Mark{})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(out), "Ada") || strings.Contains(string(out), "Lovelace") || strings.Contains(string(out), "ada@") {
				t.Errorf("the agent reads %s", out)
			}
		})
	}
}

// What is withheld from who calls a tool's own API is withheld over MCP too: JSON
// that is broken would pass as prose, in which names have no keys.
func TestUnreadableIsWithheld(t *testing.T) {
	const person = `{"name":"Ada Lovelace"}`
	for name, o := range map[string]Outcome{
		"two in a row":        {MediaType: "application/json", Body: []byte(person + person)},
		"it breaks off":       {MediaType: "application/vnd.api+json; charset=utf-8", Body: []byte(person[:len(person)-1])},
		"behind a guard":      {MediaType: "application/json", Body: []byte("for(;;);" + person)},
		"another type":        {MediaType: "text/html", Body: []byte(person)},
		"no type":             {Body: []byte(person)},
		"JSON":                {MediaType: "application/json", Body: []byte(person)},
		"a single text":       {MediaType: "application/json", Body: []byte(`"x"`)},
		"prose":               {MediaType: "text/plain", Body: []byte("nothing was found")},
		"nothing":             {MediaType: "application/json"},
		"JSON that is a text": {MediaType: "text/plain", Body: []byte(person)},
	} {
		t.Run(name, func(t *testing.T) {
			p := mask.Default()
			p.Media = append(p.Media, "application/vnd.api+json")
			_, _, err := mask.Body(nil, o.Body, o.MediaType, p, surrogate.Mark{})
			if got := Unreadable(p, o.MediaType, o.Body); got != (err != nil) {
				t.Errorf("unreadable: %v, and the mask says %v", got, err)
			}
		})
	}
}

// A large answer is given once, and the mask takes it.
func TestLargeOutcomePassesTheMask(t *testing.T) {
	body := []byte(`{"rows":["` + strings.Repeat("x", mask.MaxBody*2/3) + `"]}`)
	out := Result("1", Outcome{Status: 200, Body: body})
	got := show(t, "1", out)
	if got.structured != "" || got.texts[0] != string(body) {
		t.Errorf("%d bytes, structured %d", len(out), len(got.structured))
	}
	if _, _, err := mask.Body(nil, out, "application/json", mask.Default(), surrogate.Mark{}); err != nil {
		t.Error(err)
	}
}

func TestIDsAreGivenBack(t *testing.T) {
	for _, id := range []mcpserver.ID{`"a\u0022"`, "-7", ""} {
		want := string(id)
		if id == "" {
			want = "null"
		}
		show(t, want, Render(MCP, Thing{Code: reason.PolicyDenied, Call: id}).Body)
	}
}
