package desk_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/reason"
)

// unknown is a comment whose answer was lost, long enough ago that nothing of it
// is on its way.
func (b *bench) unknown() ledger.Intent {
	b.TB.Helper()
	_, i := b.Opened("one", executetest.Comment("Hello"), nil)
	i, err := b.Store.Advance(context.Background(), ledger.Step{
		Tenant: i.Tenant, ID: i.ID, Version: i.Version, To: ledger.Unknown, Actor: "gateway", Reason: reason.OutcomeUnknown,
	})
	if err != nil {
		b.TB.Fatal(err)
	}
	return i
}

// What the gateway cannot find out, a person can: on the command line and in the
// Desk, with a reason that is recorded.
func TestSettle(t *testing.T) {
	for word, want := range map[string]struct {
		state ledger.State
		why   reason.Code
	}{"done": {ledger.Succeeded, reason.Settled}, "undone": {ledger.Failed, reason.Cancelled}} {
		for _, place := range []string{"command line", "Desk"} {
			t.Run(word+" "+place, func(t *testing.T) {
				b := start(t)
				i := b.unknown()
				b.Clock.Advance(time.Minute)
				if place == "Desk" {
					w := b.enters("acme", "ann")
					if page := w.do("GET", "/intents/"+i.ID, nil); !strings.Contains(page.body, `id="`+word+`"`) || strings.Contains(page.body, `id="approve"`) {
						t.Fatalf("the page offers something else: %s", page.body)
					}
					if p := w.vote(i, word, "I looked."); p.status != http.StatusSeeOther {
						t.Fatalf("%d %s", p.status, p.body)
					}
				} else if p := b.api("Bearer "+deskToken, "POST", "/api/v1/intents/"+i.ID+"/"+word, `{"digest":"`+i.Digest+`","reason":"I looked."}`); p.status != http.StatusOK {
					t.Fatalf("%d %s", p.status, p.body)
				}
				got := b.Get(i)
				if got.State != want.state || got.Reason != want.why || got.Say != "I looked." || got.Outcome != nil {
					t.Errorf("%s %s %q %+v", got.State, got.Reason, got.Say, got.Outcome)
				}
			})
		}
	}
}

// What is being done is no person's to settle, also once whoever does it is late.
func TestSettleIsOfWhatIsUnknown(t *testing.T) {
	b := start(t)
	_, i := b.Opened("one", executetest.Comment("Hello"), nil)
	b.Clock.Advance(time.Hour)
	for _, word := range []string{"done", "undone"} {
		if p := b.api("Bearer "+deskToken, "POST", "/api/v1/intents/"+i.ID+"/"+word, `{"digest":"`+i.Digest+`","reason":"I looked."}`); p.status != http.StatusConflict {
			t.Errorf("%s: %d %s", word, p.status, p.body)
		}
	}
	b.stands(i, ledger.Executing, 0)
}

func TestSettleIsRefused(t *testing.T) {
	b := start(t)
	i := b.unknown()
	send := func(body string) page {
		return b.api("Bearer "+deskToken, "POST", "/api/v1/intents/"+i.ID+"/done", body)
	}
	good := `{"digest":"` + i.Digest + `","reason":"I looked."}`
	if p := send(good); p.status != http.StatusConflict || !strings.Contains(read[desk.Error](t, p).Detail, "minute") {
		t.Errorf("while it may still land: %d %s", p.status, p.body)
	}
	b.Clock.Advance(i.SendBefore.Add(15 * time.Second).Sub(b.Clock.Now()))
	if p := send(good); p.status != http.StatusConflict {
		t.Errorf("while its tool may still answer: %d %s", p.status, p.body)
	}
	b.Clock.Advance(time.Minute)
	claimed, err := b.Store.Claim(context.Background(), ledger.ClaimRequest{Owner: "loop", Limit: 1, Lease: time.Hour, SendWithin: time.Second})
	if err != nil || len(claimed) != 1 {
		t.Fatalf("%d claimed: %v", len(claimed), err)
	}
	b.Clock.Advance(time.Minute)
	if p := send(good); p.status != http.StatusConflict {
		t.Errorf("while somebody looks at it: %d", p.status)
	}
	b.Clock.Advance(time.Hour)
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"no reason":      {`{"digest":"` + i.Digest + `"}`, http.StatusBadRequest},
		"a long reason":  {`{"digest":"` + i.Digest + `","reason":"` + strings.Repeat("x", 501) + `"}`, http.StatusBadRequest},
		"another digest": {`{"digest":"sha256:0","reason":"x"}`, http.StatusConflict},
	} {
		if p := send(c.body); p.status != c.status {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	auditor := b.enters("acme", "ole")
	if page := auditor.do("GET", "/intents/"+i.ID, nil); strings.Contains(page.body, `id="done"`) {
		t.Error("an auditor is offered to settle")
	}
	if p := auditor.do("POST", "/intents/"+i.ID+"/done", url.Values{"form": {auditor.form()}, "digest": {i.Digest}, "reason": {"x"}}); p.status != http.StatusForbidden {
		t.Errorf("an auditor: %d", p.status)
	}
	if p := send(good); p.status != http.StatusOK {
		t.Fatalf("%d %s", p.status, p.body)
	}
	if p := send(good); p.status != http.StatusConflict {
		t.Errorf("twice: %d", p.status)
	}
}
