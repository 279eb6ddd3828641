package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// say sends one message as no SDK would.
func say(t *testing.T, r gateway, token, path, body string, headers ...string) answer {
	t.Helper()
	return call(t, r, http.MethodPost, path, body, append([]string{"authorization", "Bearer " + token, "content-type", "application/json"}, headers...)...)
}

// openSession is a session id of the older era.
func openSession(t *testing.T, r gateway, token string) string {
	t.Helper()
	got := say(t, r, token, "/mcp", `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}`)
	if got.status != http.StatusOK || got.header.Get("mcp-session-id") == "" {
		t.Fatalf("initialize: %+v", got)
	}
	return got.header.Get("mcp-session-id")
}

// Whatever is tried to get a refund past the policy, or to make two readers of
// one message differ, is refused, and nothing reaches the tool.
func testMCPAttacks(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	support := rig.Billing("acme", "cus_ada")
	support.Agent = "support-bot"
	hidden := r.Token(support)
	session, foreign, tenants := openSession(t, r, token), openSession(t, r, hidden), openSession(t, r, r.Token(rig.Billing("globex", "cus_ada")))
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	params := `"params":{"name":"stripe_refund_create","arguments":{"charge":"` + charge + `","amount":1000}`
	refundCall := `{"jsonrpc":"2.0","id":1,"method":"tools/call",` + params + `}}`
	modern := `{"jsonrpc":"2.0","id":1,"method":"tools/call",` + params + `,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}`
	for name, tt := range map[string]struct {
		token, path, body string
		headers           []string
		status            int
		says              string
	}{
		"another agent's session":       {token, "/mcp", refundCall, []string{"mcp-session-id", foreign}, 404, "session is not known"},
		"another tenant's session":      {token, "/mcp", refundCall, []string{"mcp-session-id", tenants}, 404, "session is not known"},
		"a changed session":             {token, "/mcp", refundCall, []string{"mcp-session-id", session + "A"}, 404, "session is not known"},
		"no session":                    {token, "/mcp", refundCall, nil, 400, "needs a session"},
		"a batch":                       {token, "/mcp", "[" + refundCall + "," + refundCall + "]", []string{"mcp-session-id", session}, 400, "batches are not taken"},
		"two messages":                  {token, "/mcp", refundCall + refundCall, []string{"mcp-session-id", session}, 400, "goes on after its value"},
		"an argument twice":             {token, "/mcp", strings.Replace(refundCall, `"amount":1000`, `"amount":1000,"amount":90000`, 1), []string{"mcp-session-id", session}, 400, "one key twice"},
		"a tool named twice":            {token, "/mcp", strings.Replace(refundCall, `"name":`, `"n\u0061me":"stripe_charge_get","name":`, 1), []string{"mcp-session-id", session}, 400, "one key twice"},
		"another tool in the header":    {token, "/mcp", modern, []string{"mcp-protocol-version", "2026-07-28", "mcp-method", "tools/call", "mcp-name", "stripe_charge_get"}, 400, "-32020"},
		"another method in the header":  {token, "/mcp", modern, []string{"mcp-protocol-version", "2026-07-28", "mcp-method", "tools/list", "mcp-name", "stripe_refund_create"}, 400, "-32020"},
		"a name's header twice":         {token, "/mcp", modern, []string{"mcp-protocol-version", "2026-07-28", "mcp-method", "tools/call", "mcp-name", "stripe_refund_create", "mcp-name", "stripe_charge_get"}, 400, "stands twice"},
		"another version's header":      {token, "/mcp", modern, []string{"mcp-protocol-version", "2025-11-25", "mcp-session-id", session, "mcp-method", "tools/call", "mcp-name", "stripe_refund_create"}, 400, "-32020"},
		"a hidden tool":                 {hidden, "/mcp", refundCall, []string{"mcp-session-id", foreign}, 200, "policy_no_rule"},
		"of another tool":               {token, "/zendesk/mcp", refundCall, []string{"mcp-session-id", session}, 200, "action_unlisted"},
		"the tool's own API":            {token, "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"/v1/refunds","arguments":{"charge":"` + charge + `"}}}`, []string{"mcp-session-id", session}, 200, "action_unlisted"},
		"the gateway's own headers":     {token, "/zendesk/mcp", refundCall, []string{"mcp-session-id", session, "x-sallyport-tool", "stripe", "x-sallyport-lane", "effect", "x-sallyport-tenant", "acme"}, 200, "action_unlisted"},
		"resources":                     {token, "/stripe/mcp", `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}`, []string{"mcp-session-id", session}, 200, "-32601"},
		"a resource that is not mapped": {token, "/mcp", `{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}`, []string{"mcp-session-id", session}, 200, "action_unlisted"},
		"another argument in a header":  {token, "/mcp", modern, []string{"mcp-protocol-version", "2026-07-28", "mcp-method", "tools/call", "mcp-name", "stripe_refund_create", "mcp-param-amount", "1"}, 400, "-32020"},
		"sampling":                      {token, "/mcp", `{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}`, []string{"mcp-session-id", session}, 200, "-32601"},
		"a call that is no request":     {token, "/mcp", strings.Replace(refundCall, `"id":1,`, "", 1), []string{"mcp-session-id", session}, 400, "needs an id"},
		"an oversized id":               {token, "/mcp", strings.Replace(refundCall, `"id":1`, `"id":"`+strings.Repeat("x", 4096)+`"`, 1), []string{"mcp-session-id", session}, 400, "at most 128 bytes"},
		"deep JSON":                     {token, "/mcp", strings.Replace(refundCall, `"amount":1000`, `"amount":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000), 1), []string{"mcp-session-id", session}, 400, "nested too deeply"},
		"a page in a browser":           {token, "/mcp", refundCall, []string{"mcp-session-id", session, "origin", "https://evil.example"}, 403, "Browsers"},
		"another spelling of the path":  {token, "/MCP", refundCall, []string{"mcp-session-id", session}, 403, "tool_unknown"},
		"below the path":                {token, "/mcp/mcp", refundCall, []string{"mcp-session-id", session}, 200, "tool_unknown"},
		"a large body":                  {token, "/mcp", strings.Replace(refundCall, `"amount":1000`, `"amount":"`+strings.Repeat("9", 2<<20)+`"`, 1), []string{"mcp-session-id", session}, 413, "too large"},
	} {
		t.Run(name, func(t *testing.T) {
			got := say(t, r, tt.token, tt.path, tt.body, tt.headers...)
			if got.status != tt.status || !strings.Contains(got.body, tt.says) {
				t.Errorf("got %d %.500s", got.status, got.body)
			}
			if tt.status == http.StatusOK && strings.Contains(got.body, `"result"`) && !strings.Contains(got.body, `"isError":true`) {
				t.Errorf("it looks done: %s", got.body)
			}
		})
	}
	if n, _ := refunded(r, charge); n != 0 {
		t.Fatalf("%d refunds were made", n)
	}
	if got := say(t, r, token, "/mcp", refundCall, "mcp-session-id", session); got.status != http.StatusOK || !strings.Contains(got.body, `"isError":false`) {
		t.Errorf("the same call as it should be: %d %s", got.status, got.body)
	}
}

// What the mask does not let pass is a result too, and nothing of it is in it.
func testMCPMaskRefuses(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	all := connect(t, r, token, "/mcp", eras[0])
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	restore := r.Edit(t, "acme", "mask.yaml", "max_body: 2MiB", "max_body: 1KiB")
	defer restore()
	var got result
	testkit.Eventually(t, "the new mask counts", func() bool {
		got = all.ask(t, "stripe_charge_get", map[string]any{"charge": charge}, "")
		return got.failed
	})
	if got.code != "answer_withheld" || !strings.Contains(got.text, "withheld") || strings.Contains(got.all, charge) {
		t.Errorf("got %+v", got)
	}
	var raw struct {
		ID     string
		Result json.RawMessage
	}
	over := say(t, r, token, "/mcp", `{"jsonrpc":"2.0","id":"mine","method":"tools/call","params":{"name":"stripe_charge_get","arguments":{"charge":"`+charge+`"}}}`, "mcp-session-id", openSession(t, r, token))
	if err := json.Unmarshal([]byte(over.body), &raw); err != nil || over.status != http.StatusOK || raw.ID != "mine" || over.header.Get("content-type") != "application/json" {
		t.Errorf("%v: %d %v %s", err, over.status, over.header, over.body)
	}
}
