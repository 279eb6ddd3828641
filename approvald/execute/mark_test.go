package execute_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

// Past the provider's memory of a key the same request would be a new effect. It is
// found by its mark among its like, or surely was not done, and is never sent again
// before that is known.
func TestAMarkFindsOut(t *testing.T) {
	for name, tt := range map[string]struct {
		event  executetest.Event
		before func(b *bench)
		state  ledger.State
		code   reason.Code
		made   int
	}{
		"done":              {executetest.DropAfter, nil, ledger.Succeeded, reason.Settled, 1},
		"not done":          {executetest.Drop, nil, ledger.Failed, reason.Cancelled, 0},
		"done by its like":  {executetest.Drop, twin, ledger.Failed, reason.Cancelled, 1},
		"done beside it":    {executetest.DropAfter, twin, ledger.Succeeded, reason.Settled, 2},
		"more than a page":  {executetest.Drop, answers(200, `{"data":[],"has_more":true}`), ledger.Unknown, reason.OutcomeUnknown, 0},
		"no list":           {executetest.Drop, answers(200, `{"data":null,"has_more":false}`), ledger.Unknown, reason.OutcomeUnknown, 0},
		"a silent tool":     {executetest.Drop, answers(500, `{}`), ledger.Unknown, reason.OutcomeUnknown, 0},
		"another account":   {executetest.Drop, elsewhere, ledger.Unknown, reason.OutcomeUnknown, 0},
		"done, and it went": {executetest.DropAfter, elsewhere, ledger.Succeeded, reason.Settled, 1}, // the mark is nobody else's
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			i := b.lost(executetest.Refund("ch_ada_1000", "4000"), tt.event)
			sent := len(b.Door.Sent())
			b.Clock.Advance(23 * time.Hour) // the gateway was off
			if tt.before != nil {
				tt.before(b)
				sent = len(b.Door.Sent())
			}
			e := b.Engine("two", b.Connect())
			last := i.Version
			b.Run(e)
			i = b.When(i, "looked at", func(n ledger.Intent) bool { return n.Version >= last+2 })
			if i.State != tt.state || i.Reason != tt.code || len(b.Door.Sent()) != sent {
				t.Errorf("%s %s, sent %d times more", i.State, i.Reason, len(b.Door.Sent())-sent)
			}
			b.refunded("ch_ada_1000", tt.made)
		})
	}
}

// twin is the same refund, asked for in another session.
func twin(b *bench) {
	b.TB.Helper()
	by, _ := b.Opened("nobody", executetest.Refund("ch_ada_450", "4000"), nil)
	by.Identity.Session.ID = "s2"
	amount := action.Value{Kind: action.Money, Int: 4000}
	i := b.OpenedCall("one", by, action.Call{Tool: "stripe", Action: "stripe.refund.create", Args: action.Args{
		"charge": {Kind: action.ID, Text: "ch_ada_1000"}, "amount": amount,
	}}, nil)
	if done, err := b.Engine("one", b.Store).Now(context.Background(), by, i); err != nil || done.State != ledger.Succeeded {
		b.TB.Fatalf("%s: %v", done.State, err)
	}
}

func answers(status int, body string) func(*bench) {
	return func(b *bench) { b.Door.Next("GET", executetest.Answer(status, body)) }
}

// elsewhere: from now on the tool has another credential.
func elsewhere(b *bench) {
	b.Load("acme", executetest.Replace(b.TB, "tools.yaml", "secret: stripe_key", "secret: stripe_eu"))
}

// What a tool keeps has the mark of its effect, which no argument has.
func TestTheMarkIsTheEffects(t *testing.T) {
	b := start(t)
	marks := map[string]bool{}
	for _, charge := range []string{"ch_ada_1000", "ch_ada_450"} {
		by, i := b.Opened("one", executetest.Refund(charge, "4000"), nil)
		i, err := b.Engine("one", b.Store).Now(context.Background(), by, i)
		if err != nil || i.State != ledger.Succeeded {
			t.Fatalf("%s: %v", i.State, err)
		}
		mark := b.tool.Refunds(charge)[0].Metadata["sallyport_effect"]
		if len(mark) != 36 || strings.Contains(string(action.MarshalArgs(i.Call.Args)), "spe_") {
			t.Errorf("the mark is %q, the arguments %s", mark, action.MarshalArgs(i.Call.Args))
		}
		marks[mark] = true
	}
	if len(marks) != 2 {
		t.Errorf("two effects have the marks %v", marks)
	}
}
