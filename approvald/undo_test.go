package approvald_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// downgraded is a downgrade that a person approved and the tool did.
func (b *bench) downgraded() ledger.Intent {
	b.TB.Helper()
	b.noWait()
	b.running()
	expect(b.TB.(*testing.T), b.call(b.as("success-bot", http.MethodPost, "/stripe/v1/subscriptions/sub_ada", "items[0][id]="+b.item("sub_ada")+"&items[0][price]=price_team")), 409, "held")
	b.approvedBy(b.newest(), "ann")
	b.Eventually("it is done", func() bool { return b.newest().State == ledger.Succeeded })
	return b.newest()
}

func (b *bench) undo(i ledger.Intent) (ledger.Intent, error) {
	t, _ := b.Tenants.Get("acme")
	return b.serves.Undo(b.TB.Context(), t, i, "ann")
}

// What was done is undone once, as an intent of its own that names the first.
func TestUndo(t *testing.T) {
	b := start(t)
	first := b.downgraded()
	undone, err := b.undo(first)
	if err != nil || undone.State != ledger.Succeeded || undone.Undoes() != first.ID || undone.ID == first.ID {
		t.Fatalf("%+v %v", undone, err)
	}
	if undone.Identity.Agent != "gateway" || undone.Identity.TokenID != "person:ann" || undone.Identity.Session != first.Identity.Session {
		t.Errorf("it is done as %+v", undone.Identity)
	}
	if g := b.call(b.as("success-bot", http.MethodGet, "/stripe/v1/subscriptions/sub_ada", "")); !strings.Contains(g.body, "price_scale") {
		t.Errorf("the plan is %s", g.body)
	}
	again, err := b.undo(first)
	if err != nil || again.ID != undone.ID || b.sent(http.MethodPost, "/v1/subscriptions/sub_ada") != 2 {
		t.Errorf("once more: %s %v, %d changes", again.ID, err, b.sent(http.MethodPost, "/v1/subscriptions/sub_ada"))
	}
	records := b.Records.All()
	last := records[len(records)-1]
	if last.Agent != "gateway" || last.TokenID != "person:ann" || last.Reason != "replayed" {
		t.Errorf("recorded %+v", last)
	}
}

// The policy decides: without a rule for the gateway itself nothing is undone, and
// a hold asks people.
func TestUndoIsDecided(t *testing.T) {
	const rule = "p, undo, stripe.subscription.change_price, facts.subscription.customer == session.customer, allow, once"
	for name, tt := range map[string]struct {
		rule  string
		says  string
		state ledger.State
	}{
		"no rule": {"", "No rule of the policy allows this call", ""},
		"a hold":  {rule + "; hold:billing_leads", "", ledger.Waiting},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			first := b.downgraded()
			b.Load("acme", executetest.Replace(t, "policy.csv", rule, tt.rule))
			undone, err := b.undo(first)
			if (err != nil) != (tt.says != "") || err != nil && !strings.Contains(err.Error(), tt.says) || undone.State != tt.state {
				t.Errorf("%s %v", undone.State, err)
			}
			if n := b.sent(http.MethodPost, "/v1/subscriptions/sub_ada"); n != 1 {
				t.Errorf("%d changes", n)
			}
		})
	}
}

// Only what was done is undone, and only what its catalog knows how to.
func TestUndoNeedsSomethingDone(t *testing.T) {
	b := start(t)
	b.noWait()
	expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 200, "")
	if _, err := b.undo(b.newest()); err == nil || !strings.Contains(err.Error(), "has no undo") {
		t.Errorf("a refund: %v", err)
	}
	expect(t, b.refund("ch_ada_450", "10000", "k-2"), 409, "held")
	if _, err := b.undo(b.newest()); err == nil || !strings.Contains(err.Error(), "only what was done") {
		t.Errorf("what waits: %v", err)
	}
}
