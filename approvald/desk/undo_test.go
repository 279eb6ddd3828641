package desk_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
)

// done is an effect that was done.
func (b *bench) did(request action.Request) ledger.Intent {
	b.TB.Helper()
	_, i := b.Opened("one", request, nil)
	i, err := b.Store.Advance(b.TB.Context(), ledger.Step{
		Tenant: i.Tenant, ID: i.ID, Version: i.Version, To: ledger.Succeeded, Actor: "gateway", Outcome: &ledger.Outcome{Status: 200, MediaType: "application/json", Body: []byte("{}")},
	})
	if err != nil {
		b.TB.Fatal(err)
	}
	return i
}

func change() action.Request {
	return action.Request{
		Method: http.MethodPost, Path: "/stripe/v1/subscriptions/sub_ada", Body: []byte("items[0][id]=si_ada&items[0][price]=price_team"),
		Header: []action.Header{{Name: "content-type", Value: "application/x-www-form-urlencoded"}},
	}
}

// What was done is offered to be undone where the catalog says how, to those who
// decide about repetitions, with a reason and for what was displayed.
func TestUndo(t *testing.T) {
	b := start(t)
	plan, refund := b.did(change()), b.did(executetest.Refund("ch_ada_1000", "1000"))
	other := change()
	other.Path, other.Body = strings.Replace(other.Path, "sub_ada", "sub_bob", 1), []byte("items[0][id]=si_bob&items[0][price]=price_team")
	waits := b.waiting(other)
	for name, tt := range map[string]struct {
		of     ledger.Intent
		digest string
		reason string
		status int
	}{
		"a refund":         {refund, refund.Digest, "Why.", 409},
		"what waits":       {waits, waits.Digest, "Why.", 409},
		"something else":   {plan, refund.Digest, "Why.", 409},
		"without a reason": {plan, plan.Digest, " ", 400},
	} {
		if p := b.api("Bearer "+deskToken, "POST", "/api/v1/intents/"+tt.of.ID+"/undo", `{"digest":"`+tt.digest+`","reason":"`+tt.reason+`"}`); p.status != tt.status || b.undone.Load() != nil {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	if item := b.item(t, refund); item.Undoable {
		t.Error("a refund is offered")
	}
	if item := b.item(t, plan); !item.Undoable {
		t.Error("a change of plan is not offered")
	}
	p := b.api("Bearer "+deskToken, "POST", "/api/v1/intents/"+plan.ID+"/undo", `{"digest":"`+plan.Digest+`","reason":"Why."}`)
	if by := b.undone.Load(); p.status != http.StatusOK || by == nil || *by != [2]string{plan.ID, "ann"} {
		t.Errorf("%d %s %v", p.status, p.body, by)
	}
	b.undone.Store(nil)
	if p := b.enters("acme", "ole").vote(plan, "undo", "Why."); p.status == http.StatusSeeOther || b.undone.Load() != nil {
		t.Errorf("an auditor undoes: %d %s", p.status, p.body)
	}
}

// The card of what was done has a button for it, for those who decide about
// repetitions; its form is the session's own, and a reason is needed.
func TestUndoButton(t *testing.T) {
	b := start(t)
	plan, refund := b.did(change()), b.did(executetest.Refund("ch_ada_1000", "1000"))
	ann := b.enters("acme", "ann")
	for name, c := range map[string]struct {
		by   *browser
		of   ledger.Intent
		want bool
	}{
		"who may": {ann, plan, true}, "an auditor": {b.enters("acme", "ole"), plan, false}, "a refund": {ann, refund, false},
		"what waits": {ann, b.waiting(executetest.Refund("ch_ada_450", "10000")), false},
	} {
		if p := c.by.do("GET", "/intents/"+c.of.ID, nil); p.status != http.StatusOK || strings.Contains(p.body, `id="undo"`) != c.want {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	if p := ann.do("GET", "/intents/"+plan.ID+"?language=zh", nil); !strings.Contains(p.body, ">撤销</button>") || !strings.Contains(p.body, "为何撤销") {
		t.Errorf("in Chinese: %s", p.body)
	}
	for name, c := range map[string]struct {
		form   url.Values
		status int
	}{
		"no form word": {url.Values{"digest": {plan.Digest}, "reason": {"Why."}}, 403},
		"no reason":    {url.Values{"form": {ann.form()}, "digest": {plan.Digest}, "reason": {" "}}, 400},
		"no digest":    {url.Values{"form": {ann.form()}, "reason": {"Wrong plan."}}, 409},
	} {
		p := ann.do("POST", "/intents/"+plan.ID+"/undo", c.form)
		if p.status != c.status || b.undone.Load() != nil {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
		if name == "no digest" && !strings.Contains(p.body, `required value="Wrong plan."`) {
			t.Errorf("the words are lost: %s", p.body)
		}
	}
	p := ann.vote(plan, "undo", "Why.")
	if by := b.undone.Load(); p.status != http.StatusSeeOther || by == nil || *by != [2]string{plan.ID, "ann"} {
		t.Errorf("%d %s %v", p.status, p.body, by)
	}
}

// compensating opens what undoes an intent, as the gateway.
type compensating struct {
	ledger.Store
	first ledger.Intent
}

func (s compensating) Open(ctx context.Context, q ledger.OpenRequest) (ledger.Opened, error) {
	q.BusinessKey, q.Identity.Agent, q.Identity.TokenID = ledger.UndoKey(s.first.ID), "gateway", "person:ann"
	return s.Store.Open(ctx, q)
}

// What was undone and what undid it name each other, and what is undone or on its
// way to it is not offered again; after a denial it is.
func TestUndoIsLinked(t *testing.T) {
	b := start(t)
	plan := b.did(change())
	b.Store = compensating{b.Store, plan}
	undo := b.waiting(change())
	ann := b.enters("acme", "ann")
	offered := func(want bool) {
		t.Helper()
		p := ann.do("GET", "/intents/"+plan.ID, nil)
		if item := b.item(t, plan); item.UndoneBy != undo.ID || item.Undoable != want || strings.Contains(p.body, `id="undo"`) != want {
			t.Errorf("%+v %s", item, p.body)
		}
		if !strings.Contains(p.body, `id="undone-by" href="/intents/`+undo.ID+`"`) {
			t.Errorf("the undo is not named: %s", p.body)
		}
	}
	offered(false)
	if p := ann.do("GET", "/intents/"+undo.ID, nil); !strings.Contains(p.body, `id="undoes" href="/intents/`+plan.ID+`"`) {
		t.Errorf("the first is not named: %s", p.body)
	}
	if p := ann.vote(undo, "deny", "Keep it."); p.status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.status, p.body)
	}
	offered(true)
}

// Whoever has something undone asks for it: somebody else approves that, where the
// policy asks people, and the first may still take it back.
func TestUndoIsApprovedBySomebodyElse(t *testing.T) {
	b := start(t)
	plan := b.did(change())
	b.Store = compensating{b.Store, plan}
	undo := b.waiting(change())
	ann := b.enters("acme", "ann")
	if p := ann.vote(undo, "approve", ""); p.status != http.StatusForbidden || !strings.Contains(p.body, "You asked for this yourself, so somebody else approves it.") {
		t.Errorf("who asked: %d %s", p.status, p.body)
	}
	b.stands(undo, ledger.Waiting, 0)
	if p := ann.do("GET", "/intents/"+undo.ID, nil); strings.Contains(p.body, `id="approve"`) || !strings.Contains(p.body, `id="deny"`) {
		t.Errorf("the buttons of who asked: %s", p.body)
	}
	if p := b.enters("acme", "mia").vote(undo, "approve", ""); p.status != http.StatusSeeOther {
		t.Errorf("somebody else: %d %s", p.status, p.body)
	}
	b.stands(undo, ledger.Approved, 1)
}

// An agent's token may be called as it likes: it is no person.
func TestTokensAreNoPeople(t *testing.T) {
	b := start(t)
	b.Store = named{b.Store, "person:ann"}
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	if p := b.enters("acme", "ann").vote(i, "approve", ""); p.status != http.StatusSeeOther {
		t.Errorf("%d %s", p.status, p.body)
	}
}

// named opens intents of a token with an id.
type named struct {
	ledger.Store
	token string
}

func (s named) Open(ctx context.Context, q ledger.OpenRequest) (ledger.Opened, error) {
	q.Identity.TokenID = s.token
	return s.Store.Open(ctx, q)
}
