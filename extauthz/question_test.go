package extauthz_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
)

// What a client answers to a tool's question goes to the tool: what no argument may
// hold is refused there too. Who sends a message of its own expects no answer; the
// call of the newer era is told why.
func TestAnswersAreLookedAt(t *testing.T) {
	r := newRig(t, nil)
	question := mcpserver.QuestionID(strings.Repeat("a1", 16))
	who := r.bearer("acme")
	session := r.begin(t, "/mcp", who...)
	for name, tt := range map[string]struct {
		says string
		want reason.Code
	}{
		"a name":              {"Grace", reason.Allowed},
		"a card":              {"pay with 4242 4242 4242 4242", reason.PersonalData},
		"a card in a key":     {`x","4242424242424242":"`, reason.PersonalData},
		"a secret":            {"sk_live_51HxyzABCDEFGHIJKLMNOPqrstuv", reason.PersonalData},
		"the gateway's token": {strings.TrimPrefix(who[1], "Bearer "), reason.PersonalData},
	} {
		t.Run(name, func(t *testing.T) {
			content := `{"action":"accept","content":{"field_1":"` + tt.says + `"}}`
			out, got := r.speak(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":"`+question+`","result":`+content+`}`, append(who, "mcp-session-id", session)...)
			if row := r.one(t); row.Action != mcpserver.AnswerAction || row.Reason != string(tt.want) {
				t.Errorf("a message: recorded %+v", row)
			}
			if allowed(out) != (tt.want == reason.Allowed) || !allowed(out) && (got.status != 202 || got.body != "") {
				t.Errorf("a message: got %d %s", got.status, got.body)
			}
			out, got = r.speak(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"database_order_find","arguments":{"customer":"cus_ada"},"requestState":"`+question+
				`","inputResponses":{"q1":`+content+`},`+modernMeta+`}}`, append(who, "mcp-protocol-version", "2026-07-28", "mcp-method", "tools/call", "mcp-name", "database_order_find")...)
			r.one(t)
			if allowed(out) != (tt.want == reason.Allowed) || !allowed(out) && got.result.StructuredContent.Code != string(tt.want) {
				t.Errorf("a call: got %d %s", got.status, got.body)
			}
		})
	}
}
