package notify_test

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// What follows on an ending is told to the gateway itself, as a channel is: again
// until it is done, and shown meanwhile. Other endings and effects are not.
func TestAfterIsTold(t *testing.T) {
	b := start(t, "channels: []\n", false)
	b.Load("acme", func(files map[string]string) {
		files["after.yaml"] = "after:\n  - {effect: stripe.refund.create, state: denied, action: zendesk.comment.create, args: {ticket: session.ticket, body: Denied.}}\n"
	})
	var told atomic.Int32
	var wrong atomic.Pointer[ledger.Intent]
	_, denied := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.after = func(first ledger.Intent, ended ledger.State) error {
		if first.ID != denied.ID || ended != ledger.Denied || first.Say != "no" {
			wrong.Store(&first)
		}
		if told.Add(1) == 1 {
			return errors.New("the tool is silent")
		}
		return nil
	}
	b.run(t)
	_, other := b.Opened("one", executetest.Comment("x"), leads)
	for _, i := range []ledger.Intent{denied, other} {
		if _, err := b.store.Vote(t.Context(), ledger.VoteRequest{Tenant: "acme", Intent: i.ID, Person: "ann", Digest: i.Digest, Reason: "no"}); err != nil {
			t.Fatal(err)
		}
	}
	b.ship()
	b.until("it failed once", func() bool { return len(b.unheard()) == 1 })
	if u := b.unheard()[0]; u.Channel != ledger.AfterChannel || u.Intent != denied.ID || u.Error != "the tool is silent" {
		t.Errorf("shown as %+v", u)
	}
	b.until("it is done", func() bool { return told.Load() == 2 && len(b.unheard()) == 0 })
	if first := wrong.Load(); first != nil {
		t.Errorf("told of %+v", *first)
	}
}

// A refusal is an end, decided once, and shown until a person has it decided again.
func TestAfterIsRefused(t *testing.T) {
	b := start(t, "channels: []\n", false)
	b.Load("acme", func(files map[string]string) {
		files["after.yaml"] = "after:\n  - {effect: stripe.refund.create, state: denied, action: zendesk.comment.create, args: {ticket: session.ticket, body: Denied.}}\n"
	})
	var told atomic.Int32
	b.after = func(ledger.Intent, ledger.State) error {
		if told.Add(1) == 1 {
			return fmt.Errorf("what follows: %w", desk.Refusal("No rule allows it."))
		}
		return nil
	}
	b.run(t)
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	if _, err := b.store.Vote(t.Context(), ledger.VoteRequest{Tenant: "acme", Intent: i.ID, Person: "ann", Digest: i.Digest}); err != nil {
		t.Fatal(err)
	}
	b.ship()
	b.until("it was refused", func() bool { return len(b.unheard()) == 1 })
	u := b.unheard()[0]
	if u.State != ledger.Dead || u.Error != "what follows: No rule allows it." || u.Attempts != 1 {
		t.Errorf("shown as %+v", u)
	}
	if err := b.store.Redeliver(t.Context(), "acme", u.ID); err != nil {
		t.Fatal(err)
	}
	b.until("it is done", func() bool { return told.Load() == 2 && len(b.unheard()) == 0 })
}
