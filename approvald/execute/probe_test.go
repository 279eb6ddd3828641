package execute_test

import (
	"context"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

func setStatus(status string) action.Request {
	return action.Request{
		Method: "PUT", Path: "/zendesk/api/v2/tickets/1001.json", Body: []byte(`{"ticket":{"status":"` + status + `"}}`),
		Header: []action.Header{{Name: "content-type", Value: "application/json"}},
	}
}

// lost is an effect whose answer was lost, and the engine that will look.
func (b *bench) lost(request action.Request, event executetest.Event) ledger.Intent {
	b.TB.Helper()
	b.Door.Next(request.Method, event)
	e := b.Engine("one", b.Store)
	by, i := b.Opened("one", request, nil)
	i, err := e.Now(context.Background(), by, i)
	if err != nil || i.State != ledger.Unknown {
		b.TB.Fatalf("%s: %v", i.State, err)
	}
	return i
}

// What a tool without keys did when its answer was lost is read afterwards; it is
// never sent again.
func TestProbeFindsOut(t *testing.T) {
	for name, tt := range map[string]struct {
		event executetest.Event
		state ledger.State
		code  reason.Code
	}{
		"done":     {executetest.DropAfter, ledger.Succeeded, reason.Settled},
		"not done": {executetest.Drop, ledger.Failed, reason.Cancelled},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			i := b.lost(setStatus("solved"), tt.event)
			sent, seen := len(b.Door.Sent()), len(b.tool.Requests())
			e := b.running("two")
			if b.later(e, time.Second); len(b.tool.Requests()) != seen {
				t.Error("it looked while the effect could still land")
			}
			b.later(e, 5*time.Minute)
			i = b.When(i, "found out", func(i ledger.Intent) bool { return i.State != ledger.Unknown })
			if i.State != tt.state || i.Reason != tt.code || i.Say == "" || i.Outcome != nil || len(b.Door.Sent()) != sent {
				t.Errorf("%+v, sent %d more", i, len(b.Door.Sent())-sent)
			}
		})
	}
}

// A probe that cannot tell leaves it to people: somebody else changed the ticket,
// or the tool does not answer. One that answers later finds out later.
func TestProbeCannotTell(t *testing.T) {
	look := func(b *bench, i ledger.Intent) ledger.Intent {
		last := i.Version
		return b.When(i, "looked at and put back", func(n ledger.Intent) bool { return n.Version >= last+2 })
	}
	t.Run("another change", func(t *testing.T) {
		b := start(t)
		i := b.lost(setStatus("solved"), executetest.Drop)
		b.Clock.Advance(time.Minute)
		by, other := b.Opened("one", executetest.Comment("x"), nil)
		if done, err := b.Engine("one", b.Store).Now(context.Background(), by, other); err != nil || done.State != ledger.Succeeded {
			t.Fatal(done.State, err)
		}
		e := b.running("two")
		b.later(e, 5*time.Minute)
		if i = look(b, i); i.State != ledger.Unknown || i.Reason != reason.OutcomeUnknown {
			t.Errorf("%s %s", i.State, i.Reason)
		}
	})
	t.Run("a silent tool", func(t *testing.T) {
		b := start(t)
		i := b.lost(setStatus("solved"), executetest.DropAfter)
		b.Door.Next("GET", executetest.Drop)
		e := b.running("two")
		b.later(e, 5*time.Minute)
		if i = look(b, i); i.State != ledger.Unknown {
			t.Errorf("without an answer it is %s", i.State)
		}
		b.later(e, time.Hour)
		b.Until(i, ledger.Succeeded)
	})
}

// Past the provider's memory of a key a probe finds out what sending cannot.
func TestProbePastTheDedupeWindow(t *testing.T) {
	b := start(t)
	i := b.lost(action.Request{Method: "DELETE", Path: "/stripe/v1/customers/cus_ada"}, executetest.DropAfter)
	b.Clock.Advance(23 * time.Hour) // the gateway was off
	b.running("two")
	if i = b.Until(i, ledger.Succeeded); i.Reason != reason.Settled {
		t.Errorf("%+v", i)
	}
	b.sent(1)
}
