package approvald_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/wire"
)

// The same client key is the same effect: the outcome once more, or a refusal
// when it comes with other arguments. Nothing is done again.
func TestClientKey(t *testing.T) {
	b := start(t)
	first := b.refund("ch_ada_1000", "1000", "k-1")
	expect(t, first, 200, "")
	if first.header.Get(wire.HeaderReplayed) != "" || first.header.Get(wire.HeaderIntent) == "" {
		t.Errorf("headers %v", first.header)
	}
	again := b.refund("ch_ada_1000", "1000", "k-1")
	expect(t, again, 200, "")
	if again.body != first.body || again.header.Get(wire.HeaderReplayed) != "true" ||
		again.header.Get(wire.HeaderIntent) != first.header.Get(wire.HeaderIntent) {
		t.Errorf("again %s %v", again.body, again.header)
	}
	other := b.refund("ch_ada_1000", "1100", "k-1")
	expect(t, other, 400, "input_invalid")
	if !strings.Contains(other.body, "idempotency key was used before") || strings.Contains(other.body, "k-1") {
		t.Errorf("the refusal says %s", other.body)
	}
	expect(t, b.refund("ch_ada_450", "1000", "k-1"), 400, "input_invalid")
	b.refunded("ch_ada_1000", 1)
	b.refunded("ch_ada_450", 0)
}

// Many at once are one.
func TestOneOfMany(t *testing.T) {
	b := start(t)
	var calls []ask
	for range 12 {
		calls = append(calls, b.admitted(executetest.Refund("ch_ada_1000", "1000"), ""))
	}
	var all sync.WaitGroup
	for _, a := range calls {
		all.Add(1)
		go func() {
			defer all.Done()
			if g, err := b.send(t.Context(), a); err != nil || g.status != 200 {
				t.Errorf("%d %s: %v", g.status, g.body, err)
			}
		}()
	}
	all.Wait()
	b.refunded("ch_ada_1000", 1)
}

// What one charge may cost is counted over all refunds of it.
func TestSumsHold(t *testing.T) {
	b := start(t)
	b.running()
	expect(t, b.refund("ch_ada_1000", "4000", "k-1"), 200, "")
	answer, _ := b.held("ch_ada_1000", "4000", "k-2") // 80 in sum
	i := b.newest()
	if i.State != ledger.Waiting || i.Hold.Group != "billing_leads" || i.Occurrence != 2 || i.Earlier == "" {
		t.Errorf("%s, held by %+v, occurrence %d of %q", i.State, i.Hold, i.Occurrence, i.Earlier)
	}
	b.refunded("ch_ada_1000", 1)
	expect(t, b.refund("ch_ada_1000", "42001", "k-3"), 403, "policy_denied") // 500.01 in sum
	b.votes(i, true, "")
	expect(t, <-answer, 200, "")
	b.refunded("ch_ada_1000", 2)
	expect(t, b.refund("ch_ada_450", "5000", "k-4"), 200, "") // another charge counts by itself
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		charge, amount string
		status         int
		code, says     string
	}{
		"more than allowed":   {"ch_ada_1000", "50001", 403, "policy_denied", "more than 500 USD"},
		"another's charge":    {"ch_bob_90", "1000", 403, "policy_denied", "another customer"},
		"no such charge":      {"ch_absent", "1000", 403, "facts_unavailable", "absent or not accessible"},
		"another currency":    {"ch_ada_jpy", "1000", 403, "policy_unevaluable", ""},
		"more than the whole": {"ch_ada_small", "3001", 400, "", "greater than unrefunded"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			g := b.refund(c.charge, c.amount, "")
			expect(t, g, c.status, c.code)
			if !strings.Contains(g.body, c.says) {
				t.Errorf("says %s", g.body)
			}
			b.refunded(c.charge, 0)
			if c.code == "" {
				return // the tool's own refusal, after an intent
			}
			records := b.Records.All()
			if len(b.intents()) != 0 || len(records) != 1 || records[0].Effect != "deny" || records[0].Reason != c.code {
				t.Errorf("%d intents, records %+v", len(b.intents()), records)
			}
		})
	}
}

// What cannot be recorded is not done, now or later: the agent was told so.
func TestNotRecordedIsNotDone(t *testing.T) {
	for name, c := range map[string]struct {
		amount string
		ended  ledger.State
	}{
		"at once": {"4000", ledger.Failed},
		"held":    {"10000", ledger.Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.running()
			b.Records.Fail(errors.New("the disk is full"))
			expect(t, b.refund("ch_ada_1000", c.amount, "k-1"), 503, "record_unavailable")
			if i := b.newest(); i.State != c.ended {
				t.Errorf("the intent is %s", i.State)
			}
			b.Records.Fail(nil)
			b.Clock.Advance(5 * time.Minute)
			expect(t, b.refund("ch_ada_450", "4000", "k-1b"), 200, "") // the loop has looked
			b.refunded("ch_ada_1000", 0)
			if c.ended == ledger.Failed {
				expect(t, b.refund("ch_ada_1000", c.amount, "k-1"), 200, "")
				b.refunded("ch_ada_1000", 1)
			}
		})
	}
}

// A tool that is silent cannot make the gateway say that nothing was done.
func TestRepetitionNeedsNoTool(t *testing.T) {
	t.Run("done", func(t *testing.T) {
		b := start(t)
		first := b.refund("ch_ada_1000", "1000", "k-1")
		b.Door.Next("GET", executetest.NotSent("1"))
		again := b.refund("ch_ada_1000", "1000", "k-1")
		if expect(t, again, 200, ""); again.body != first.body {
			t.Errorf("got %s", again.body)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		b := start(t)
		b.noWait()
		b.Door.Next("POST", executetest.DropAfter)
		expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 409, "outcome_unknown")
		b.Door.Next("GET", executetest.Answer(500, "{}"))
		expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 409, "outcome_unknown")
	})
	t.Run("never asked before", func(t *testing.T) {
		b := start(t)
		b.Door.Next("GET", executetest.NotSent("1"))
		expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 503, "tool_unreachable")
		if len(b.intents()) != 0 {
			t.Error("an intent was opened without facts")
		}
	})
}

// noWait makes acme answer at once.
func (b *bench) noWait() {
	b.Load("acme", executetest.Replace(b.TB, "approvals.yaml", "wait: 45s", "wait: 0s"))
}

// After same_for the same call is a new effect, and a person decides.
func TestRepetitionLaterIsHeld(t *testing.T) {
	b := start(t)
	b.noWait()
	first := b.refund("ch_ada_1000", "1000", "")
	b.Clock.Advance(15*time.Minute - time.Microsecond)
	if again := b.refund("ch_ada_1000", "1000", ""); again.body != first.body || again.header.Get(wire.HeaderReplayed) != "true" {
		t.Errorf("within same_for: %d %s", again.status, again.body)
	}
	b.Clock.Advance(time.Microsecond)
	expect(t, b.refund("ch_ada_1000", "1000", ""), 409, "held")
	b.refunded("ch_ada_1000", 1)
}

// A denial is not argued with.
func TestDenialStays(t *testing.T) {
	b := start(t)
	b.noWait()
	expect(t, b.refund("ch_ada_1000", "10000", ""), 409, "held")
	i := b.newest()
	b.votes(i, false, "Not this month.")
	for range 2 {
		g := b.refund("ch_ada_1000", "10000", "")
		if expect(t, g, 403, "person_denied"); !strings.Contains(g.body, "Not this month.") {
			t.Errorf("says %s", g.body)
		}
	}
	b.Clock.Advance(time.Hour)
	expect(t, b.refund("ch_ada_1000", "10000", ""), 409, "held")
	if anew := b.newest(); anew.ID == i.ID {
		t.Error("the denied intent waits again")
	}
	b.refunded("ch_ada_1000", 0)
}
