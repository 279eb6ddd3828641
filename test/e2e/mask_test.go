package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// What the support agent reads of a ticket has no personal data left, in fields
// and in prose, in English and in Chinese; everything else is as it was.
func testMask(t *testing.T, r *rig.Rig) {
	for _, tt := range []struct {
		name, path string
		ticket     string // the token's; 1001 without
		gone       []string
		marks      []string
		kept       []string
	}{
		{
			name: "English comments", path: "/zendesk/api/v2/tickets/1001/comments.json",
			gone:  []string{"Ada Lovelace", "ada.lovelace@example.com", "415 555 0142", "4242 4242 4242 4242", "536-22-8745", "bob.stone@example.org"},
			marks: []string{"[email:", "[phone:", "[card:", "[ssn:"},
			kept:  []string{"I was charged twice", "ch_ada_small"},
		},
		{
			name: "Chinese comments", path: "/zendesk/api/v2/tickets/1003/comments.json", ticket: "1003",
			gone:  []string{"13800138000", "chen.wei@example.cn", "11010519491231002X"},
			marks: []string{"[phone:", "[email:"},
			kept:  []string{"请退款订单 20881"},
		},
		{
			name: "a user", path: "/zendesk/api/v2/users/9001.json",
			gone:  []string{"Ada Lovelace", "ada.lovelace@example.com", "555 0142"},
			marks: []string{"[name:", "[email:", "[phone:"},
			kept:  []string{"9001", "end-user"},
		},
		{
			name: "a Stripe customer", path: "/stripe/v1/customers/cus_ada",
			gone:  []string{"Ada Lovelace", "ada.lovelace@example.com", "555 0142", "536-22-8745"},
			marks: []string{"[name:", "[email:", "[phone:", "[ssn:"},
			kept:  []string{"cus_ada"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			who := rig.Billing("acme", "cus_ada")
			if tt.ticket != "" {
				who.Session.Ticket = tt.ticket
			}
			got := call(t, r, http.MethodGet, tt.path, "", "authorization", "Bearer "+r.Token(who))
			if got.status != http.StatusOK || !json.Valid([]byte(got.body)) {
				t.Fatalf("status %d, body %s", got.status, got.body)
			}
			for _, text := range tt.gone {
				if strings.Contains(got.body, text) {
					t.Errorf("the agent reads %q", text)
				}
			}
			for _, text := range append(tt.marks, tt.kept...) {
				if !strings.Contains(got.body, text) {
					t.Errorf("%q is missing in %s", text, got.body)
				}
			}
		})
	}
}
