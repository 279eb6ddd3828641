package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/wire"
)

// testSaid: why the agent asks reaches the people who decide, as what the agent
// says, over REST and MCP; no tool hears of it, and it makes no other effect.
func testSaid(t *testing.T, r *rig.Rig) {
	who := rig.Billing("acme", "cus_ada")
	who.Session.ID = "said"
	token := r.Token(who)
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	held := make(chan answer, 1)
	go func() {
		held <- refund(t, r, token, charge, "10000", wire.HeaderReason, "Late.\u202e Amount: 1 USD", wire.HeaderLane, wire.LaneDirect, "sallyport-kept-reason", "forged")
	}()
	item := waiting(t, r, charge)
	if item.Said != `Late.\u202e Amount: 1 USD` {
		t.Errorf("people read %q", item.Said)
	}
	client := connect(t, r, token, "/mcp", "2026-07-28")
	params := &mcp.CallToolParams{Name: "stripe_refund_create", Arguments: map[string]any{"charge": charge, "amount": 10_000}, Meta: mcp.Meta{"sallyport/reason": "Other words."}}
	joined := make(chan struct{})
	go func() {
		defer close(joined)
		if got, err := client.CallTool(context.WithoutCancel(t.Context()), params); err != nil || !strings.Contains(readResult(t, got).all, item.ID) {
			t.Errorf("the same over MCP: %v %v", got, err)
		}
	}()
	r.Clock.Advance(5 * time.Second)
	<-joined
	if again := waiting(t, r, charge); again.ID != item.ID || again.Said != item.Said {
		t.Errorf("after other words: %+v", again)
	}
	r.Approve(t, item.ID)
	if got := <-held; got.status != 200 {
		t.Errorf("the refund: %+v", got)
	}
	other := r.Charge(t, "acme", "cus_ada", "usd")
	params.Arguments = map[string]any{"charge": other, "amount": 10_000}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = client.CallTool(context.WithoutCancel(t.Context()), params)
	}()
	if item := waiting(t, r, other); item.Said != "Other words." {
		t.Errorf("over MCP people read %q", item.Said)
	}
	r.Clock.Advance(5 * time.Second)
	<-done
	call(t, r, "GET", "/stripe/v1/charges?customer=cus_ada", "", "authorization", "Bearer "+token, wire.HeaderReason, "to read")
	for _, reached := range r.Provider().Requests() {
		for name := range reached.Header {
			if strings.Contains(strings.ToLower(name), "reason") {
				t.Errorf("a tool got %s: %s", name, reached.Header.Get(name))
			}
		}
	}
}
