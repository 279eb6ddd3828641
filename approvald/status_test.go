package approvald_test

import (
	"context"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// Whoever asked after the outcome and then sends the call again, as it was told to, has
// the outcome again, under a key of its own too. Only a call after that one is meant
// anew, and waits.
func TestStatusIsNoRepetition(t *testing.T) {
	b := start(t)
	b.noWait()
	b.running()
	expect(t, b.refund("ch_ada_1000", "10000", "k-1"), 409, "held")
	first := b.approvedBy(b.newest(), "ann")
	b.Until(first, ledger.Succeeded)
	for range 2 {
		if g := b.own("GET", first.ID, asked); g.status != 200 || g.header.Get(wire.HeaderReplayed) != "true" {
			t.Errorf("its status: %d %s", g.status, g.body)
		}
	}
	if g := b.refund("ch_ada_1000", "10000", "k-2"); g.status != 200 || g.header.Get(wire.HeaderReplayed) != "true" || g.header.Get(wire.HeaderIntent) != first.ID {
		t.Errorf("the call again: %d %s %v", g.status, g.body, g.header)
	}
	expect(t, b.refund("ch_ada_1000", "10000", "k-3"), 409, "held")
	if again := b.newest(); again.Earlier != first.ID || again.Occurrence != 2 {
		t.Errorf("once more is occurrence %d, after %q", again.Occurrence, again.Earlier)
	}
	b.refunded("ch_ada_1000", 1)
}

// An agent that is paused while its effect is on its way hears nothing of the outcome.
// The effect is done once, and whoever is let in again has it from the same call.
func TestPausedDuringTheSending(t *testing.T) {
	all := &token.Revoked{}
	b := start(t, func(o *approvald.HandlerOptions) { o.Revoked = all })
	b.noWait()
	event, reached, resume := executetest.Pause()
	defer resume()
	b.Door.Next("POST", event)
	a := b.admitted(executetest.Refund("ch_ada_1000", "1000"), "k-1")
	heard := make(chan got, 1)
	go func() {
		g, _ := b.send(context.Background(), a)
		heard <- g
	}()
	<-reached
	i := b.newest()
	b.Clock.Advance(time.Second)
	all.Revoke(&token.Revocations{Agents: map[string]time.Time{"acme/billing-bot": b.Clock.Now()}})
	resume()
	expect(t, <-heard, 401, "token_revoked")
	if done := b.Until(i, ledger.Succeeded); done.Delivered {
		t.Error("the outcome counts as delivered")
	}
	b.Clock.Advance(time.Second)
	if g := b.refund("ch_ada_1000", "1000", "k-2"); g.status != 200 || g.header.Get(wire.HeaderReplayed) != "true" {
		t.Errorf("once it is let in again: %d %s", g.status, g.body)
	}
	b.refunded("ch_ada_1000", 1)
}
