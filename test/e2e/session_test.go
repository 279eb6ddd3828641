package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/token"
)

// What a ticket talks an agent into goes no further than its session: other
// customers' charges, refunds and tickets are not read, and nothing of them is
// done; the refusal says which parameter the session may use.
func testSessions(t *testing.T, r *rig.Rig) {
	bound := r.Token(rig.Billing("acme", "cus_ada"))
	unbound := r.Token(token.Identity{Tenant: "acme", Agent: "billing-bot", Session: token.Session{ID: "ses_unbound"}})
	firstLine := r.Token(token.Identity{Tenant: "acme", Agent: "tier1-bot", Session: token.Session{ID: "ses_tier1"}})
	ours, bobs := r.Charge(t, "acme", "cus_ada", "usd"), r.Charge(t, "acme", "cus_bob", "usd")
	for _, tt := range []struct {
		name, token, path string
		status            int
		says              string
	}{
		{"its own charge", bound, "/stripe/v1/charges/" + ours, 200, `"` + ours + `"`},
		{"its own charges", bound, "/stripe/v1/charges?customer=cus_ada", 200, `"` + ours + `"`},
		{"everybody's charges", bound, "/stripe/v1/charges", 403, "Add customer=cus_ada: this session may ask only about its own customer. (policy_unevaluable, dec-"},
		{"another's charges", bound, "/stripe/v1/charges?customer=cus_bob", 403, "Customer must be this session's own: customer=cus_ada. (policy_no_rule, dec-"},
		{"refunds of another's charge", bound, "/stripe/v1/refunds?charge=" + bobs, 403, "facts_unavailable"},
		{"its own refunds", bound, "/stripe/v1/refunds?charge=" + ours, 200, `"list"`},
		{"another ticket", bound, "/zendesk/api/v2/tickets/1002.json", 403, "Ticket must be this session's own: ticket=1001."},
		{"another user", bound, "/zendesk/api/v2/users/9002.json", 403, "facts_unavailable"},
		{"unbound, charges", unbound, "/stripe/v1/charges?customer=cus_ada", 403, "This token is bound to no customer; ask for a token that is."},
		{"unbound, a charge", unbound, "/stripe/v1/charges/" + ours, 403, "This token is bound to no customer; ask for a token that is."},
		{"unbound, a ticket", unbound, "/zendesk/api/v2/tickets/1001.json", 403, "This token is bound to no ticket; ask for a token that is."},
		{"first line, its own ticket", firstLine, "/zendesk/api/v2/tickets/1002.json", 200, "sticker pack"},
		{"first line, another's ticket", firstLine, "/zendesk/api/v2/tickets/1003.json", 403, "facts_unavailable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := call(t, r, http.MethodGet, tt.path, "", "authorization", "Bearer "+tt.token); got.status != tt.status || !strings.Contains(got.body, tt.says) {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	t.Run("absent and another's read the same", func(t *testing.T) {
		said := func(charge string) string {
			got := call(t, r, http.MethodGet, "/stripe/v1/charges/"+charge, "", "authorization", "Bearer "+bound)
			return strings.ReplaceAll(got.body, got.decision(), "dec-")
		}
		if absent, anothers := said("ch_absent"), said(bobs); absent != anothers || !strings.Contains(absent, "facts_unavailable") {
			t.Errorf("absent: %s\nanother's: %s", absent, anothers)
		}
	})
	t.Run("refunds", func(t *testing.T) {
		if got := refund(t, r, bound, bobs, "1000"); got.status != http.StatusForbidden || !strings.Contains(got.body, "belongs to another customer") {
			t.Errorf("another's: %d %s", got.status, got.body)
		}
		if got := refund(t, r, unbound, ours, "1000"); got.status != http.StatusForbidden || !strings.Contains(got.body, "This token is bound to no customer") {
			t.Errorf("unbound: %d %s", got.status, got.body)
		}
		once(t, r, bobs, 0)
		once(t, r, ours, 0)
	})
}
