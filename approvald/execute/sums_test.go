package execute_test

import (
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
)

// key is under which acme's charge_24h counts a charge.
func key(t *testing.T, b *bench, charge string) string {
	t.Helper()
	tenant, _ := b.Tenants.Get("acme")
	tool, _ := tenant.Tool("stripe")
	act, _ := tool.Catalog.Action("stripe.refund.create")
	queries, reserve, err := execute.Sums(execute.Effect{
		Tenant: tenant, Tool: tool, Action: act, Call: action.Call{Args: action.Args{"charge": {Kind: action.ID, Text: charge}}}, Amount: money.Amount{Minor: 1, Currency: "USD"},
		Identity: executetest.Billing(),
	})
	if err != nil || len(queries) != 2 || len(reserve) != 2 || queries[0].Key != reserve[0].Key {
		t.Fatalf("%+v %+v %v", queries, reserve, err)
	}
	if since := b.Clock.Now().Sub(queries[0].Since(b.Clock.Now())); since != 24*time.Hour {
		t.Errorf("the window is %s", since)
	}
	return queries[0].Key
}

func TestSums(t *testing.T) {
	b := start(t)
	if a, again, other := key(t, b, "ch_1"), key(t, b, "ch_1"), key(t, b, "ch_2"); a != again || a == other {
		t.Errorf("keys %q %q %q", a, again, other)
	}
	tenant, _ := b.Tenants.Get("acme")
	zendesk, _ := tenant.Tool("zendesk")
	comment, _ := zendesk.Catalog.Action("zendesk.comment.create")
	if queries, reserve, err := execute.Sums(execute.Effect{Tenant: tenant, Tool: zendesk, Action: comment}); err != nil || queries != nil || reserve != nil {
		t.Errorf("an action without money counts: %+v %+v %v", queries, reserve, err)
	}
	stripe, _ := tenant.Tool("stripe")
	refund, _ := stripe.Catalog.Action("stripe.refund.create")
	if _, _, err := execute.Sums(execute.Effect{Tenant: tenant, Tool: stripe, Action: refund, Identity: executetest.Billing(), Amount: money.Amount{Minor: 1, Currency: "USD"}}); err == nil {
		t.Error("an amount that no sum can name was let through")
	}
}
