package answer

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mcp/client"
)

// A question has what belongs to it and no more, and its fields have names that the
// mask does not take for a person's.
func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		kind         client.Asks
		params, want string // "" for one that is not passed on
	}{
		"a form":           {client.Elicitation, `{"message":"m","x":1,"requestedSchema":{"$schema":"s","type":"object","properties":{"plan":{"type":"string"},"name":{"type":"string"}},"required":["name"]}}`, `{"mode":"form","message":"m","requestedSchema":{"type":"object","properties":{"field_1":{"type":"string"},"plan":{"type":"string"}},"required":["field_1"]}}`},
		"a link":           {client.Elicitation, `{"mode":"url","message":"m","url":"https://example.com"}`, ""},
		"two of one name":  {client.Elicitation, `{"message":"m","requestedSchema":{"properties":{"field_2":{"type":"string"},"name":{"type":"string"}}}}`, ""},
		"hidden JSON":      {client.Elicitation, `{"message":"x\n{\"name\":\"Ada\"}"}`, `{"mode":"form","message":"What the tool answered cannot be checked for personal data as text, so it was withheld.","requestedSchema":{"type":"object","properties":{}}}`},
		"a long one":       {client.Elicitation, `{"message":"` + strings.Repeat("x", maxSchema) + `"}`, ""},
		"no object":        {client.Elicitation, `[]`, ""},
		"a text":           {client.Sampling, `{"messages":[{"role":"user","content":{"type":"text","text":"t","_meta":{}}}],"maxTokens":9,"includeContext":"allServers","metadata":{},"systemPrompt":"s"}`, `{"messages":[{"role":"user","content":{"type":"text","text":"t"}}],"systemPrompt":"s","maxTokens":9}`},
		"a text in a list": {client.Sampling, `{"messages":[{"role":"assistant","content":[{"type":"text","text":"t"}]}]}`, `{"messages":[{"role":"assistant","content":{"type":"text","text":"t"}}],"maxTokens":0}`},
		"an image":         {client.Sampling, `{"messages":[{"role":"user","content":{"type":"image","data":"x"}}]}`, ""},
		"tools":            {client.Sampling, `{"messages":[{"role":"user","content":{"type":"text","text":"t"}}],"tools":[]}`, ""},
		"nothing":          {client.Sampling, `{"messages":[]}`, ""},
		"folders":          {client.Roots, `{"x":1}`, `{}`},
	} {
		q, err := Ask(c.kind, json.RawMessage(c.params))
		if (err == nil) != (c.want != "") || string(q.Params) != c.want {
			t.Errorf("%s: %s %v", name, q.Params, err)
		}
	}
}

// An answer is what the question asked for, under the server's own names.
func TestReply(t *testing.T) {
	form, err := Ask(client.Elicitation, json.RawMessage(`{"message":"m","requestedSchema":{"properties":{"name":{"type":"string"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		kind      client.Asks
		raw, want string
	}{
		"a form":             {client.Elicitation, `{"action":"accept","content":{"field_1":"Ada"},"_meta":{}}`, `{"action":"accept","content":{"name":"Ada"}}`},
		"declined":           {client.Elicitation, `{"action":"decline","resultType":"complete"}`, `{"action":"decline"}`},
		"another word":       {client.Elicitation, `{"action":"maybe"}`, ""},
		"a field more":       {client.Elicitation, `{"action":"accept","content":{"x":1}}`, ""},
		"a text":             {client.Sampling, `{"role":"assistant","model":"m","content":{"type":"text","text":"t"},"stopReason":"endTurn"}`, `{"content":{"text":"t","type":"text"},"model":"m","role":"assistant","stopReason":"endTurn"}`},
		"another's answer":   {client.Sampling, `{"action":"accept"}`, ""},
		"more than a text":   {client.Sampling, `{"role":"assistant","content":{},"tools":[]}`, ""},
		"folders":            {client.Roots, `{"roots":[]}`, `{"roots":[]}`},
		"folders and others": {client.Roots, `{"roots":[],"role":"assistant"}`, ""},
		"a list":             {client.Roots, `[]`, ""},
	} {
		if got := form.Reply(c.kind, json.RawMessage(c.raw)); string(got) != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
