package execute_test

import (
	"context"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
)

// An engine dies with an intent in its hands. Before it was aimed nothing was
// sent, and whoever finds it makes a new attempt. After that he waits until the
// dead one's bytes cannot land any more, then sends exactly the same bytes.
func TestCrashIsFoundOutWithTheSameBytes(t *testing.T) {
	for name, c := range map[string]struct {
		dies func(*bench, ledger.Intent)
		sent []int
	}{
		"between claim and send": {func(b *bench, i ledger.Intent) {
			claimed, err := b.Store.Claim(context.Background(), claim("dead"))
			if err != nil || len(claimed) != 1 {
				b.TB.Fatalf("claimed %d: %v", len(claimed), err)
			}
			b.sent()
		}, []int{2}},
		"between send and commit": {func(b *bench, i ledger.Intent) {
			b.Door.Next("POST", executetest.DropAfter) // nobody there to read the answer
			stop := b.Run(b.Engine("dead", b.Connect()))
			b.Until(i, ledger.Unknown)
			stop()
		}, []int{1, 1}},
		"between answer and commit": {func(b *bench, i ledger.Intent) {
			stop := b.Run(b.Engine("dead", overtaken{b.Connect()}))
			b.Eventually("it is done", func() bool { return len(b.Door.Sent()) == 1 })
			stop() // waits until it has tried to commit
			b.Clock.Advance(10 * time.Minute)
		}, []int{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			_, i := b.Approved(executetest.Refund("ch_ada_1000", "10000"))
			c.dies(b, i)
			b.later(b.running("alive"), 2*time.Minute)
			done := b.Until(i, ledger.Succeeded)
			if done.Outcome.Status != 200 || done.Delivered || done.Attempt != c.sent[0] {
				t.Errorf("outcome %+v, delivered %v, attempt %d", done.Outcome, done.Delivered, done.Attempt)
			}
			b.refunded("ch_ada_1000", 1)
			all := b.sent(c.sent...)
			sameBytes(t, all[0], all[len(all)-1])
		})
	}
}

// A provider without idempotency keys cannot be asked with the same bytes: the
// intent rests for a person, whatever time passes.
func TestUnknownWithoutProviderKeyIsNeverSentAgain(t *testing.T) {
	for name, lost := range map[string]executetest.Event{"done": executetest.DropAfter, "not done": executetest.Drop} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			before := len(b.tool.Comments(1001))
			b.Door.Next("PUT", lost)
			e := b.running("one")
			by, i := b.Opened("one", executetest.Comment("Hello"), nil)
			i, err := e.Now(context.Background(), by, i)
			if err != nil || i.State != ledger.Unknown {
				t.Fatalf("%s: %v", i.State, err)
			}
			passed := len(b.Door.Sent())
			for range 3 {
				b.later(e, 12*time.Hour)
				last := i.Version
				i = b.When(i, "looked at and put back", func(n ledger.Intent) bool { return n.Version >= last+2 })
			}
			if i.State != ledger.Unknown || len(b.Door.Sent()) != passed || len(b.tool.Comments(1001)) > before+1 {
				t.Errorf("%s, sent %d times, %d comments", i.State, len(b.Door.Sent()), len(b.tool.Comments(1001))-before)
			}
		})
	}
}

// A process that slept past its lease, or past its order's end, must not wake and send: somebody
// else may have found out meanwhile, and a new attempt may be on its way.
func TestFenceHoldsBackWhoSlept(t *testing.T) {
	t.Run("with a new attempt", func(t *testing.T) {
		b := start(t)
		_, i := b.Approved(executetest.Refund("ch_ada_1000", "10000"))
		event, reached, resume := executetest.Pause()
		defer resume()
		b.Door.Next("GET", event) // it slept while it fetched facts
		stopSleeper := b.Run(b.Engine("sleeper", b.Store))
		<-reached
		b.Clock.Advance(10 * time.Minute) // its lease has lapsed
		stop := b.Run(b.Engine("awake", b.Connect()))
		done := b.Until(i, ledger.Succeeded)
		stop()
		resume()
		stopSleeper() // waits until it has given up
		b.refunded("ch_ada_1000", 1)
		b.sent(2)
		if now := b.Get(i); now.Version != done.Version {
			t.Errorf("the sleeper wrote %+v", now)
		}
	})
	t.Run("facts that take their time", func(t *testing.T) {
		b := start(t)
		_, i := b.Approved(executetest.Refund("ch_ada_1000", "10000"))
		event, reached, resume := executetest.Pause()
		defer resume()
		b.Door.Next("GET", event)
		b.Run(b.Engine("patient", b.Store))
		<-reached
		b.Clock.Advance(execute.SendWithin + time.Second)
		resume()
		b.Until(i, ledger.Succeeded)
		b.sent(1)
	})
	t.Run("with an unknown one", func(t *testing.T) {
		b := start(t)
		b.Door.Next("POST", executetest.Drop)
		store := &paused{Store: b.Connect(), sleep: func() { b.Clock.Advance(time.Hour) }}
		e := b.Engine("sleeper", store)
		by, i := b.Opened("sleeper", executetest.Refund("ch_ada_1000", "4000"), nil)
		if i, _ = e.Now(context.Background(), by, i); i.State != ledger.Unknown {
			t.Fatal(i.State)
		}
		b.Clock.Advance(2 * time.Minute)
		last := i.Version
		stop := b.Run(e)
		i = b.When(i, "put back", func(n ledger.Intent) bool { return n.Version >= last+2 })
		stop()
		if i.State != ledger.Unknown {
			t.Errorf("state %s", i.State)
		}
		b.sent()
		b.refunded("ch_ada_1000", 0)
	})
}

// Two processes on one ledger take everything once.
func TestTwoEnginesOnOneLedger(t *testing.T) {
	b := start(t)
	var intents []ledger.Intent
	for _, amount := range []string{"1001", "1002", "1003", "1004", "1005", "1006", "1007", "1008", "1009", "1010", "1011", "1012"} {
		_, i := b.Approved(executetest.Refund("ch_ada_large", amount))
		intents = append(intents, i)
	}
	one, two := b.running("one"), b.running("two")
	for range 20 {
		one.Wake()
		two.Wake()
	}
	keys := map[string]bool{}
	for _, i := range intents {
		b.Until(i, ledger.Succeeded)
	}
	for _, s := range b.Door.Sent() {
		keys[s.Key] = true
	}
	b.refunded("ch_ada_large", len(intents))
	if len(b.Door.Sent()) != len(intents) || len(keys) != len(intents) {
		t.Errorf("%d effects passed with %d keys, want %d", len(b.Door.Sent()), len(keys), len(intents))
	}
}

// Two tenants, sessions and occurrences never share a provider's key; one
// attempt always has the same.
func TestProviderKeyTellsAttemptsApart(t *testing.T) {
	b := start(t)
	e := b.Engine("one", b.Store)
	requests := map[string]action.Request{
		"a": executetest.Refund("ch_ada_1000", "100"), "b": executetest.Refund("ch_ada_1000", "200"), "c": executetest.Refund("ch_ada_450", "100"),
	}
	keys := map[string]bool{}
	for name, request := range requests {
		by, i := b.Opened("one", request, nil)
		if i, err := e.Now(context.Background(), by, i); err != nil || i.State != ledger.Succeeded {
			t.Fatalf("%s: %s %v", name, i.State, err)
		}
	}
	for _, s := range b.Door.Sent() {
		keys[s.Key] = true
	}
	if len(keys) != len(requests) {
		t.Errorf("%d keys for %d effects", len(keys), len(requests))
	}
}
