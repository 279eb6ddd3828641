package desk_test

import (
	"net/http"
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
	waits := b.waiting(executetest.Refund("ch_ada_450", "10000"))
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
