package main

import (
	"strings"
	"testing"
)

// An agent that the policy does not know may be a mistyped one.
func TestClientAddOfAnAgentWithoutRoles(t *testing.T) {
	root := edited(t, "# Refunds of", "# Refunds of")
	for agent, want := range map[string]string{
		"billing-bot": "",
		"biling-bot":  "sallyport: policy.csv gives the agent biling-bot no role, so its calls are refused: is the name right?\n",
	} {
		got := sallyport(t, "", "client", "add", "--tenants", root, "--tenant", "acme", "--agent", agent, "of-"+agent)
		if got.code != 0 || got.stderr != want || !strings.Contains(got.stdout, "client_id=acme.of-"+agent) {
			t.Errorf("%+v", got)
		}
	}
}
