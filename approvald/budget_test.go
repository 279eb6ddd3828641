package approvald_test

import (
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// budget gives acme one budget for all refunds of an agent.
func (b *bench) budget(text string) {
	b.Load("acme", executetest.Replace(b.TB, "limits.yaml", "budgets:\n", "budgets:\n  agent_day: {actions: [stripe.refund.create], by: [agent], window: day, "+text+"}\n"))
}

// A budget is spent by what is done, and by what may still be done; what surely
// had no effect gives it back.
func TestBudgetIsKeptWhileUnknown(t *testing.T) {
	b := start(t)
	b.budget("max: 60 USD")
	b.Door.Next("POST", executetest.Answer(402, `{"error":{"code":"card_declined"}}`))
	expect(t, b.refund("ch_ada_1000", "4000", "k-1"), 402, "card_declined")
	b.Door.Next("POST", executetest.DropAfter)
	unknown := make(chan got, 1)
	a := b.admitted(executetest.Refund("ch_ada_450", "4000"), "k-2")
	go func() {
		g, _ := b.send(t.Context(), a)
		unknown <- g
	}()
	b.Eventually("the first is unknown", func() bool { return b.newest().State == ledger.Unknown })
	refused := b.refund("ch_ada_1000", "2001", "k-3")
	expect(t, refused, 403, "budget_exceeded")
	for _, says := range []string{"budget is agent_day: 20.00 USD of 60.00 USD is left for this day (America/New_York)", "there is more after 2026-"} {
		if !strings.Contains(refused.body, says) {
			t.Errorf("does not say %q: %s", says, refused.body)
		}
	}
	records := b.Records.All()
	if last := records[len(records)-1]; last.Effect != "deny" || last.Reason != "budget_exceeded" || last.Rule != "limits.yaml:agent_day" {
		t.Errorf("the record is %+v", last)
	}
	expect(t, b.refund("ch_ada_1000", "2000", "k-4"), 200, "")
	again := b.refund("ch_ada_1000", "2000", "k-4")
	if expect(t, again, 200, ""); len(b.tool.Refunds("ch_ada_1000")) != 1 {
		t.Errorf("a repetition spends: %s", again.body)
	}
}

// A number of effects is a budget too, also of effects that move no money.
func TestBudgetOfCalls(t *testing.T) {
	b := start(t)
	b.budget("calls: 1")
	expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 200, "")
	refused := b.refund("ch_ada_450", "1000", "k-2")
	if expect(t, refused, 403, "budget_exceeded"); !strings.Contains(refused.body, "0 of 1 calls are left") {
		t.Errorf("says %s", refused.body)
	}
}

// What people approved is not sent once its budget was lowered meanwhile.
func TestLoweredBudgetStopsWhatWaits(t *testing.T) {
	b := start(t)
	b.running()
	answer, _ := b.held("ch_ada_1000", "10000", "k-1")
	i := b.newest()
	b.budget("max: 99.99 USD")
	b.votes(i, true, "")
	expect(t, <-answer, 403, "budget_exceeded")
	b.refunded("ch_ada_1000", 0)
}

// A budget that is new since an effect began to wait counts it when it is sent, and
// so does one that counts by something else now.
func TestNewBudgetCountsWhatWaits(t *testing.T) {
	for name, budget := range map[string]string{"a new one": "max: 120 USD", "of calls": "calls: 1"} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.running()
			first, _ := b.held("ch_ada_1000", "10000", "k-1")
			one := b.newest()
			second, _ := b.held("ch_ada_large", "10001", "k-2")
			b.Eventually("both wait", func() bool { return len(b.intents()) == 2 })
			two := b.newest()
			b.budget(budget)
			b.votes(one, true, "")
			expect(t, <-first, 200, "")
			b.votes(two, true, "")
			expect(t, <-second, 403, "budget_exceeded")
			b.refunded("ch_ada_1000", 1)
			expect(t, b.refund("ch_ada_450", "2001", "k-3"), 403, "budget_exceeded")
		})
	}
}
