package e2e

import (
	"net/http"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// One call can be followed through all tables by its decision id.
func testRecord(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	got := refund(t, r, token, charge, "2500")
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	id := got.decision()
	for what, query := range map[string]struct{ sql, want string }{
		"the decisions":  {"SELECT arrayStringConcat(arraySort(groupArray(step)), ' ') FROM audit.decisions WHERE decision_id = ?", "agent execute:effect execute:fact facts"},
		"the amount":     {"SELECT concat(toString(amount), ' ', currency) FROM audit.decisions WHERE decision_id = ? AND step = 'facts'", "2500 USD"},
		"the approvals":  {"SELECT arrayStringConcat(groupArray(state), ' ') FROM (SELECT state FROM audit.approvals WHERE decision_id = ? ORDER BY seq)", "executing succeeded"},
		"the requests":   {"SELECT arrayStringConcat(arraySort(groupArray(listener)), ' ') FROM audit.requests WHERE decision_id = ?", "agent execute execute"},
		"all three join": {"SELECT count() > 0 FROM audit.decisions d JOIN audit.approvals a ON a.decision_id = d.decision_id JOIN audit.requests q ON q.decision_id = d.decision_id WHERE d.decision_id = ?", "1"},
	} {
		last := ""
		testkit.Eventually(t, what, func() bool {
			if now := r.Count(t, query.sql, id); now != last {
				last = now
				t.Logf("%s: %q", what, last)
			}
			return last == query.want || what == "all three join" && last == "true"
		})
	}
}

// The engine dies and comes back: nothing is lost and nothing is double.
func TestEngineKilledAndBack(t *testing.T) {
	r := rig.Start(t, rig.Options{})
	token := r.Token(rig.Billing("acme", "cus_ada"))
	var ids []string
	read := func(n int) {
		for range n {
			got := call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", "Bearer "+token)
			if got.status != http.StatusOK {
				t.Fatalf("%d %s", got.status, got.body)
			}
			ids = append(ids, got.decision())
		}
	}
	read(20)
	if err := r.KillEngine(); err != nil {
		t.Fatal(err)
	}
	read(30)
	testkit.Eventually(t, "every decision is recorded once", func() bool {
		return r.Count(t, "SELECT concat(toString(count()), ' ', toString(uniqExact(decision_id))) FROM audit.decisions WHERE step = 'agent'") == "50 50"
	})
	for _, id := range ids {
		if n := r.Count(t, "SELECT count() FROM audit.decisions WHERE decision_id = ?", id); n != "1" {
			t.Errorf("%s is recorded %s times", id, n)
		}
	}
}
