package extauthz_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/reason"
)

// An order for a ticket opens the reads that the tenant declared for it, and no
// others: no policy speaks about them, for there is no token yet.
func TestTicketOrders(t *testing.T) {
	r := newRig(t, nil)
	order := func(purpose grant.Purpose, nonce, tool string) grant.Order {
		o := orderOf(purpose, nonce)
		o.Tool, o.Customer = tool, ""
		return o
	}
	for name, tt := range map[string]struct {
		parcel parcel
		want   reason.Code
	}{
		"the ticket":         {parcel{order: order(grant.PurposeTicket, "t1", "zendesk"), method: "GET", target: ticket}, reason.Allowed},
		"its requester":      {parcel{order: order(grant.PurposeTicket, "t2", "zendesk"), method: "GET", target: "/zendesk/api/v2/users/9001.json"}, reason.Allowed},
		"its comments":       {parcel{order: order(grant.PurposeTicket, "t3", "zendesk"), method: "GET", target: "/zendesk/api/v2/tickets/1001/comments.json"}, reason.OrderInvalid},
		"another tool":       {parcel{order: order(grant.PurposeTicket, "t4", "stripe"), method: "GET", target: charge + "/ch_ada_1000"}, reason.OrderInvalid},
		"an effect":          {parcel{order: order(grant.PurposeTicket, "t5", "zendesk"), method: "PUT", target: ticket, body: comment, headers: []string{"content-type", typeJSON}}, reason.OrderInvalid},
		"the same as a fact": {parcel{order: order(grant.PurposeFact, "t6", "zendesk"), method: "GET", target: "/zendesk/api/v2/tickets/1001/comments.json"}, reason.OrderInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			out := ask(t, r.execute, tt.parcel.request(r, tt.parcel.seal(r)))
			if row := r.one(t); row.Reason != string(tt.want) || allowed(out) != (tt.want == reason.Allowed) {
				t.Errorf("recorded %s, want %s", row.Reason, tt.want)
			}
		})
	}
}
