package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// testAnswersElsewhere: an answer that reaches a gateway which holds no such question,
// as another replica, changes nothing there. A client with a session is let go on, and
// one without has its call made anew; an effect is done once.
func testAnswersElsewhere(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	other := mcpserver.QuestionID(strings.Repeat("a1", 16)) // asked by nobody here
	got := say(t, r, token, "/mcp", `{"jsonrpc":"2.0","id":"`+other+`","result":{"action":"accept","content":{"field_1":"Grace"}}}`, "mcp-session-id", openSession(t, r, token))
	if got.status != 202 || got.body != "" {
		t.Errorf("an answer of a client with a session: %d %s", got.status, got.body)
	}
	testkit.Eventually(t, "it is recorded as what it is", func() bool {
		return r.Count(t, "SELECT count() FROM audit.decisions WHERE decision_id = ? AND action = 'sallyport.answer' AND effect = 'deny' AND reason = 'question_unknown'", got.decision()) == "1"
	})

	turn := func(state, answers string) (kind, next, all string) {
		t.Helper()
		return inTurn(t, r, token, "works_task_change", "form elsewhere", state, answers)
	}
	kind, state, all := turn(other, accepts)
	if kind != "input_required" || state == other {
		t.Fatalf("an answer to what nobody here asked: %s", all)
	}
	if kind, _, all := turn(state, accepts); kind != "complete" || !strings.Contains(all, "annual") || strings.Contains(all, "nothing was done again") {
		t.Fatalf("the call that was made anew: %s", all)
	}
	if kind, _, all := turn(state, accepts); kind != "complete" || !strings.Contains(all, "nothing was done again") {
		t.Errorf("the same answer once more: %s", all)
	}
}

// accepts are the answers to what the worker asks.
const accepts = `{"q1":{"action":"accept","content":{"field_1":"Grace","plan":"annual"}}}`

// inTurn is one request of a client without a session: a call of a worker's tool, or
// with the state of a question the answers to it.
func inTurn(t *testing.T, r gateway, token, tool, name, state, answers string) (kind, next, all string) {
	t.Helper()
	more := ""
	if state != "" {
		more = `,"requestState":"` + state + `","inputResponses":` + answers
	}
	got := say(t, r, token, "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`+tool+`","arguments":{"name":"`+name+`"}`+more+
		`,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}}}}`,
		"mcp-protocol-version", "2026-07-28", "mcp-method", "tools/call", "mcp-name", tool, "accept", "application/json, text/event-stream")
	_, data, _ := strings.Cut(got.body, "data: ")
	if data == "" {
		data = got.body
	}
	var said struct {
		Result struct{ ResultType, RequestState string }
	}
	if err := json.Unmarshal([]byte(data), &said); err != nil || got.status != 200 {
		t.Fatalf("%v: %d %s", err, got.status, got.body)
	}
	return said.Result.ResultType, said.Result.RequestState, got.body
}
