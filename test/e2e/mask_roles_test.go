package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
)

// Two roles read one answer, each by its own rules. Who has no rules of its own,
// and whose token leaves the role out, reads what all read: least.
func testMaskRoles(t *testing.T, r *rig.Rig) {
	restore := r.Edit(t, "acme", "mask.yaml", "max_body", `drop_keys: [created_at]
roles:
  - {role: billing, types: [card, ssn, email, secret], visible: [email], pass_keys: [created_at]}
max_body`)
	defer restore()
	read := func(agent string, roles ...string) string {
		who := token.Identity{Tenant: "acme", Agent: agent, Roles: roles, Session: token.Session{Ticket: "1001", Customer: "cus_ada"}}
		got := call(t, r, http.MethodGet, "/zendesk/api/v2/tickets/1001/comments.json", "", "authorization", "Bearer "+r.Token(who))
		if got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
		return strings.ReplaceAll(got.body, `": `, `":`)
	}
	testkit.Eventually(t, "Envoy has the rules of all", func() bool { return strings.Contains(read("support-bot"), `"created_at":null`) })
	testkit.Eventually(t, "Envoy has those of the role", func() bool { return strings.Contains(read("billing-bot"), `"created_at":"`) })
	opened := read("billing-bot")
	for _, text := range []string{"415 555 0142", ":example.com]", "[card:", "[ssn:"} {
		if !strings.Contains(opened, text) {
			t.Errorf("billing does not read %q in %s", text, opened)
		}
	}
	for name, least := range map[string]string{"another role": read("support-bot"), "a token without it": read("billing-bot", "support")} {
		for _, text := range []string{"[phone:", "[email:", "[card:", "[ssn:", `"created_at":null`} {
			if !strings.Contains(least, text) {
				t.Errorf("%s: no %q in %s", name, text, least)
			}
		}
		if strings.Contains(least, "555 0142") || strings.Contains(least, ":example.com]") {
			t.Errorf("%s reads what is another's: %s", name, least)
		}
	}
}
