package approvald_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

func TestHeldUntilAPersonAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		approve bool
		status  int
		code    string
		refunds int
	}{
		"approved": {true, 200, "", 1},
		"denied":   {false, 403, "person_denied", 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.running()
			answer, _ := b.held("ch_ada_1000", "10000", "k-1")
			b.refunded("ch_ada_1000", 0)
			b.votes(b.newest(), c.approve, "Because.")
			expect(t, <-answer, c.status, c.code)
			b.refunded("ch_ada_1000", c.refunds)
		})
	}
}

// When the time is over in which an SDK listens, it gets an answer; the intent
// goes on, and the same call gets its outcome later.
func TestWaitHasABound(t *testing.T) {
	b := start(t)
	b.running()
	answer, _ := b.held("ch_ada_1000", "10000", "k-1")
	i := b.newest()
	b.Clock.Advance(45*time.Second - time.Microsecond)
	select {
	case g := <-answer:
		t.Fatalf("answered too early: %s", g.body)
	default:
	}
	b.Clock.Advance(time.Microsecond)
	g := <-answer
	expect(t, g, http.StatusConflict, "held")
	if g.header.Get(wire.HeaderIntent) != i.ID || !strings.Contains(g.body, "billing_leads") {
		t.Errorf("the answer names neither intent nor people: %s", g.body)
	}
	b.votes(i, true, "")
	if done := b.Until(i, ledger.Succeeded); done.Delivered {
		t.Error("nobody got the outcome, but it counts as delivered")
	}
	if again := b.refund("ch_ada_1000", "10000", "k-1"); again.status != 200 || again.header.Get(wire.HeaderReplayed) != "true" {
		t.Errorf("the same call later: %d %s", again.status, again.body)
	}
	b.refunded("ch_ada_1000", 1)
}

// Who asks not to wait is told at once, and the approval is there.
func TestRespondAsync(t *testing.T) {
	b := start(t)
	b.running()
	request := executetest.Refund("ch_ada_1000", "10000")
	request.Header = append(request.Header, action.Header{Name: "prefer", Value: "respond-async"})
	g, err := b.send(context.Background(), b.admitted(request, "k-1"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, g, http.StatusAccepted, "held")
	if g.header.Get("preference-applied") != "respond-async" {
		t.Errorf("%v", g.header)
	}
	b.votes(b.newest(), true, "")
	b.Until(b.newest(), ledger.Succeeded)
	if again := b.refund("ch_ada_1000", "10000", "k-1"); again.status != 200 {
		t.Errorf("the outcome: %d %s", again.status, again.body)
	}
}

// A process that stops tells who waits that the call is held.
func TestStopEndsTheWait(t *testing.T) {
	b := start(t)
	b.running()
	answer, _ := b.held("ch_ada_1000", "10000", "k-1")
	b.serves.Stop()
	expect(t, <-answer, http.StatusConflict, "held")
	if i := b.newest(); i.State != ledger.Waiting {
		t.Errorf("it is %s", i.State)
	}
}

// The bound counts from the call's arrival: facts and a sending that are slow
// do not add to it.
func TestWaitCountsFromArrival(t *testing.T) {
	b := start(t)
	b.running()
	b.Door.Next("GET", func(_ http.ResponseWriter, _ *http.Request, pass func()) {
		pass()
		b.Clock.Advance(40 * time.Second)
	})
	answer, _ := b.held("ch_ada_1000", "10000", "k-1")
	b.Clock.Advance(5 * time.Second)
	expect(t, <-answer, http.StatusConflict, "held")
}

// An agent that leaves ends its wait, never the intent. What nobody got counts
// as undelivered: the next call with a key of its own is the same effect.
func TestAgentLeaves(t *testing.T) {
	t.Run("during the hold", func(t *testing.T) {
		b := start(t)
		b.running()
		answer, leave := b.held("ch_ada_1000", "10000", "k-1")
		i := b.newest()
		leave()
		if _, answered := <-answer; answered {
			t.Fatal("an agent that left was answered")
		}
		b.Eventually("the handler has seen it", func() bool { return !b.engine.Waiters().Any(i.ID) })
		b.votes(i, true, "")
		if done := b.Until(i, ledger.Succeeded); done.Delivered {
			t.Error("the outcome counts as delivered")
		}
		again := b.refund("ch_ada_1000", "10000", "k-2")
		if again.status != 200 || again.header.Get(wire.HeaderReplayed) != "true" {
			t.Errorf("the repeated call: %d %s", again.status, again.body)
		}
		b.refunded("ch_ada_1000", 1)
	})
	t.Run("during the sending", func(t *testing.T) {
		b := start(t)
		event, reached, resume := executetest.Pause()
		defer resume()
		b.Door.Next("POST", event)
		ctx, leave := context.WithCancel(context.Background())
		defer leave()
		a := b.admitted(executetest.Refund("ch_ada_1000", "1000"), "k-1")
		left := make(chan struct{})
		go func() {
			defer close(left)
			_, _ = b.send(ctx, a)
		}()
		<-reached
		i := b.newest()
		leave()
		<-left
		b.Eventually("the handler has seen it", func() bool { return !b.engine.Waiters().Any(i.ID) })
		resume()
		if done := b.Until(i, ledger.Succeeded); done.Delivered {
			t.Error("the outcome counts as delivered")
		}
		again := b.refund("ch_ada_1000", "1000", "k-2")
		if again.status != 200 || again.header.Get(wire.HeaderReplayed) != "true" {
			t.Errorf("the repeated call: %d %s", again.status, again.body)
		}
		b.refunded("ch_ada_1000", 1)
	})
}

// blind is a store on which a wait always ends just as the outcome comes.
type blind struct {
	ledger.Store
	comes func(ledger.Intent)
}

func (s blind) Watch(ctx context.Context, tenant, id string, _ int64) (ledger.Intent, error) {
	i, err := s.Get(ctx, tenant, id)
	if err == nil {
		s.comes(i)
	}
	<-ctx.Done()
	return ledger.Intent{}, ctx.Err()
}

// An outcome that is marked as delivered is delivered, however late it came.
func TestOutcomeAtTheLastMoment(t *testing.T) {
	var b *bench
	b = start(t, func(o *approvald.HandlerOptions) {
		o.Store = blind{o.Store, func(i ledger.Intent) {
			b.votes(i, true, "")
			b.Until(i, ledger.Succeeded)
			b.Clock.Advance(time.Hour)
		}}
	})
	b.running()
	g := b.refund("ch_ada_1000", "10000", "k-1")
	if done := b.newest(); !done.Delivered {
		t.Fatal("the agent waited, but the outcome was not marked as delivered")
	}
	expect(t, g, 200, "")
}

// elsewhere is a store where another replica, which knows of nobody who waits, brings
// about what came of an intent.
type elsewhere struct {
	blind
	marks *atomic.Int32
}

func (s elsewhere) Get(ctx context.Context, tenant, id string) (ledger.Intent, error) {
	i, err := s.blind.Get(ctx, tenant, id)
	i.Delivered = false
	return i, err
}

func (s elsewhere) Deliver(context.Context, string, string) error {
	s.marks.Add(1)
	return nil
}

// An outcome that another replica brought about is marked as delivered only where the
// agent hears it.
func TestOutcomeFromElsewhere(t *testing.T) {
	for _, revoked := range []bool{false, true} {
		var marks atomic.Int32
		all := &token.Revoked{}
		var b *bench
		b = start(t, func(o *approvald.HandlerOptions) {
			o.Revoked, o.Store = all, elsewhere{blind{o.Store, func(i ledger.Intent) {
				b.votes(i, true, "")
				b.Until(i, ledger.Succeeded)
				if revoked {
					all.Revoke(&token.Revocations{Everything: b.Clock.Now().Add(24 * time.Hour)})
				}
				b.Clock.Advance(time.Hour)
			}}, &marks}
		})
		b.running()
		g := b.refund("ch_ada_1000", "10000", "k-1")
		if told := g.status == 200; told == revoked || told != (marks.Load() == 1) {
			t.Errorf("revoked %v: answered %d, marked %d times", revoked, g.status, marks.Load())
		}
	}
}

// Nobody answers at all.
func TestHoldExpires(t *testing.T) {
	b := start(t)
	b.noWait()
	expect(t, b.refund("ch_ada_1000", "10000", ""), 409, "held")
	i := b.newest()
	b.running()
	b.Clock.Advance(4 * time.Hour)
	b.Until(i, ledger.Expired)
	b.refunded("ch_ada_1000", 0)
	expect(t, b.refund("ch_ada_1000", "10000", ""), 409, "held")
	if anew := b.newest(); anew.ID == i.ID {
		t.Error("the expired intent waits again")
	}
}
