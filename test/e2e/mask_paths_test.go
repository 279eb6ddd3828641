package e2e

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
)

// What things are called is read where the catalogs say, over REST and over MCP, with
// names of people beside it masked; a tenant closes it.
func TestNamesOfThings(t *testing.T) {
	u := newUpstream(t)
	u.answers = map[string]string{
		"GET /rest/api/2/issue/SUP-1/transitions": `{"expand":"transitions","transitions":[{"id":"11","name":"In Progress","to":{"name":"Doing","id":"3","statusCategory":{"name":"Underway"}}}]}`,
		"GET /rest/api/2/issue/SUP-1": `{"id":"1","key":"SUP-1","fields":{"status":{"name":"Waiting for support","statusCategory":{"name":"To Do"}},"priority":{"name":"Highest"},"project":{"key":"SUP","name":"Support Desk"},"issuetype":{"name":"Service Request"},` +
			`"components":[{"name":"Billing Portal"}],"reporter":{"accountId":"5b","name":"grace.hopper","displayName":"Grace Hopper"},"assignee":{"displayName":"Alan Turing"},"customfield_10001":{"name":"Barbara Liskov"},"comment":{"comments":[{"author":{"name":"Edsger Dijkstra"}}]}}}`,
		"GET /rest/servicedeskapi/servicedesk/1/requesttype": `{"values":[{"id":"2","name":"Reset a password"}]}`,
		"POST /api/conversations.list":                       `{"ok":true,"channels":[{"id":"C01","name":"support","creator":"U01"}]}`,
		"POST /api/users.info":                               `{"ok":true,"user":{"id":"U01","name":"grace","real_name":"Grace Hopper"}}`,
		"GET /v1/prices/price_pro":                           `{"id":"price_pro","nickname":"Pro monthly","unit_amount":1000,"currency":"usd","active":true}`,
		"GET /v1/customers/cus_ada":                          `{"id":"cus_ada","name":"Ada Lovelace","shipping":{"name":"Grace Hopper"}}`,
	}
	r := rig.Start(t, rig.Options{Prepare: func(tenants string) { allShipped(t, tenants, u.URL) }})
	raw := r.Token(token.Identity{Tenant: "acme", Agent: "shipped-bot", Session: token.Session{Ticket: "1001", Customer: "cus_ada"}})
	people := []string{"grace", "Grace Hopper", "Alan Turing", "Barbara Liskov", "Edsger Dijkstra", "Ada Lovelace"}
	for _, tc := range []struct {
		call  shippedCall
		reads []string
	}{
		{shippedCall{"jira.transition.list", "GET", "/rest/api/2/issue/SUP-1/transitions", ""}, []string{"In Progress", "Doing", "Underway"}},
		{shippedCall{"jira.issue.get", "GET", "/rest/api/2/issue/SUP-1", ""}, []string{"Waiting for support", "To Do", "Highest", "Support Desk", "Service Request", "Billing Portal", "[name:"}},
		{shippedCall{"jira.desk.request_types", "GET", "/rest/servicedeskapi/servicedesk/1/requesttype", ""}, []string{"Reset a password"}},
		{shippedCall{"slack.channel.list", "POST", "/api/conversations.list", "limit=10"}, []string{`"support"`}},
		{shippedCall{"slack.user.get", "POST", "/api/users.info", "user=U01"}, []string{"[name:"}},
		{shippedCall{"stripe.price.get", "GET", "/v1/prices/price_pro", ""}, []string{"Pro monthly"}},
		{shippedCall{"stripe.customer.get", "GET", "/v1/customers/cus_ada", ""}, []string{"[name:"}},
	} {
		got := tc.call.ask(t, r, raw)
		for _, text := range tc.reads {
			if got.status != 200 || !strings.Contains(got.body, text) {
				t.Errorf("%s: no %s in %d %s", tc.call.action, text, got.status, got.body)
			}
		}
		for _, person := range people {
			if strings.Contains(got.body, person) {
				t.Errorf("%s: %s is in %s", tc.call.action, person, got.body)
			}
		}
	}
	for _, path := range []string{"/mcp", "/jira/mcp"} {
		session := connectAs(t, r, raw, path, "2025-11-25", nil)
		for tool, reads := range map[string]string{"jira_transition_list": "In Progress", "jira_issue_get": "Waiting for support"} {
			result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: map[string]any{"issue": "SUP-1"}})
			if err != nil {
				t.Fatal(err)
			}
			whole, err := json.Marshal(result)
			if n := strings.Count(string(whole), reads); err != nil || n != 2 { // in its text and structured
				t.Errorf("%s at %s: %q is %d times in %s %v", tool, path, reads, n, whole, err)
			}
			for _, person := range people {
				if strings.Contains(string(whole), person) {
					t.Errorf("%s at %s: %s is in %s", tool, path, person, whole)
				}
			}
		}
	}
	write(t, filepath.Join(r.Tenants, "acme", "mask.yaml"), "tools: {jira: {keys: {name: name}}}\n")
	transitions := shippedCall{"jira.transition.list", "GET", "/rest/api/2/issue/SUP-1/transitions", ""}
	testkit.Eventually(t, "the tenant has closed it", func() bool { return !strings.Contains(transitions.ask(t, r, raw).body, "In Progress") })
}
