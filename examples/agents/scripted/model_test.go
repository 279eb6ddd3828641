package scripted

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var script = Script{Steps: []Step{
	{Call: "look", With: map[string]any{"ticket": 7}},
	{Call: "refund"},
	{Say: "Done."},
}}

// post asks the model for its next turn.
func post(t *testing.T, server *httptest.Server, path, body string) (int, string) {
	t.Helper()
	response, err := http.Post(server.URL+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil || !json.Valid(data) {
		t.Fatalf("%v: %s", err, data)
	}
	return response.StatusCode, string(data)
}

func TestBothInterfaces(t *testing.T) {
	for name, c := range map[string]struct {
		path  string
		turns []string
	}{
		"chat": {"/v1/chat/completions", []string{
			`{"messages":[{"role":"user","content":"go"}],"tools":[{"function":{"name":"look"}}]}`,
			`{"messages":[{"role":"user","content":"go"},{"role":"assistant"},{"role":"tool","content":"a ticket"}],"tools":[{"function":{"name":"refund"}}]}`,
			`{"messages":[{"role":"tool","content":"a ticket"},{"role":"tool","content":[{"type":"text","text":"refused,"},{"type":"text","text":"sorry"}]}]}`,
		}},
		"responses": {"/v1/responses", []string{
			`{"input":"go","tools":[{"name":"look"}]}`,
			`{"input":[{"type":"function_call"},{"type":"function_call_output","output":"a ticket"}],"tools":[{"name":"refund"}]}`,
			`{"input":[{"type":"function_call_output","output":"a ticket"},{"type":"function_call_output","output":[{"type":"input_text","text":"refused,"},{"type":"input_text","text":"sorry"}]}]}`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			began := 0
			script := Script{Steps: append([]Step(nil), script.Steps...)}
			script.Steps[1].Before = func() { began++ }
			model := New(script, nil)
			server := httptest.NewServer(model.Handler())
			defer server.Close()
			for i, want := range []string{`"{\"ticket\":7}"`, `"refund"`, `"Done."`} {
				for range 2 { // a turn that is asked for again is the same turn
					if status, body := post(t, server, c.path, c.turns[i]); status != http.StatusOK || !strings.Contains(body, want) {
						t.Fatalf("turn %d: %d %s, want %s", i, status, body, want)
					}
				}
			}
			want := []Reading{{"look", `{"ticket":7}`, "a ticket"}, {"refund", "{}", "refused,\nsorry"}}
			if diff := cmp.Diff(want, model.Readings()); diff != "" || began != 1 {
				t.Errorf("begun %d times, readings -want +got:\n%s", began, diff)
			}
		})
	}
}

// What the model cannot do ends the agent's run, with words.
func TestRefuses(t *testing.T) {
	model := New(script, nil)
	server := httptest.NewServer(model.Handler())
	defer server.Close()
	for body, want := range map[string]string{
		`{"messages":[],"tools":[{"function":{"name":"other"}}]}`:        "the script calls look; the agent offers other",
		`{"messages":[],"stream":true}`:                                  "does not stream",
		`{"messages":[{"role":"tool"},{"role":"tool"},{"role":"tool"}]}`: "asks for one more",
		`{"messages":[`: "unexpected EOF",
		`{"messages":[{"role":"tool","content":"x"}],"tools":[{"function":{}}]}`: "the script calls refund",
	} {
		if status, got := post(t, server, "/v1/chat/completions", body); status != http.StatusBadRequest || !strings.Contains(got, want) {
			t.Errorf("%s: %d %s, want %s", body, status, got, want)
		}
	}
}

func TestLoad(t *testing.T) {
	if s, err := Load("../refund.json"); err != nil || len(s.Steps) < 5 {
		t.Errorf("refund.json: %d steps, %v", len(s.Steps), err)
	}
	for text, want := range map[string]string{
		`{"steps": []}`: "needs steps",
		`{"steps": [{"say": "a"}, {"say": "b"}]}`:               "step 1",
		`{"steps": [{"call": "a"}]}`:                            "step 1",
		`{"steps": [{"call": "a", "say": "b"}]}`:                "step 1",
		`{"steps": [{"call": "a", "args": {}}, {"say": "b"}]}`:  "unknown field",
		`{"steps": [{"call": "a"}, {"call": "b", "say": "c"}]}`: "step 2",
	} {
		file := filepath.Join(t.TempDir(), "script.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
