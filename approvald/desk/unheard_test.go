package desk_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/audit"
)

// A channel that is down is shown to whoever opens the Desk, and what was given
// up is sent again for the asking.
func TestWhatChannelsWereNotTold(t *testing.T) {
	b := start(t)
	b.Channels = func(audit.Approval, string) []string { return []string{"leads"} }
	store, ok := b.Connect().(*ledger.SQL)
	if !ok {
		t.Fatal("another store")
	}
	ctx := context.Background()
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	if _, err := store.Outbox(ctx, 10, func([]audit.Approval) error { return nil }); err != nil {
		t.Fatal(err)
	}
	fail := func(again time.Duration) ledger.Delivery {
		t.Helper()
		claimed, err := store.ClaimDeliveries(ctx, ledger.DeliveryClaim{Owner: "one", Limit: 1, Lease: time.Minute})
		if err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		if err := store.Undelivered(ctx, "one", claimed[0], "no \u202eanswer", again); err != nil {
			t.Fatal(err)
		}
		return claimed[0]
	}
	if page := b.enters("acme", "ann").do("GET", "/", nil).body; strings.Contains(page, "was not reached") {
		t.Error("a channel that nobody tried is shown")
	}
	fail(time.Second)
	w := b.enters("acme", "ann")
	if page := w.do("GET", "/", nil).body; !strings.Contains(page, "the channel leads was not reached since 2026-03-01 12:00:00 UTC. <q>no \\u202eanswer</q>") {
		t.Error(page)
	}
	if page := b.enters("globex", "gil").do("GET", "/", nil).body; strings.Contains(page, "was not reached") {
		t.Error("another tenant's channel is shown")
	}
	b.Clock.Advance(time.Second)
	dead := fail(0)
	if page := w.do("GET", "/", nil).body; !strings.Contains(page, "Some of it was given up") {
		t.Error(page)
	}
	bearer := "Bearer " + deskToken
	got := read[[]desk.Unheard](t, b.api(bearer, "GET", "/api/v1/deliveries?tenant=acme", ""))
	if len(got) != 1 || got[0].ID != dead.ID || got[0].Intent != i.ID || got[0].State != "dead" || got[0].Attempts != 2 || got[0].Event != "waiting" {
		t.Errorf("%+v", got)
	}
	for body, status := range map[string]int{`{"tenant":"globex"}`: http.StatusNotFound, `{"tenant":"nobody"}`: http.StatusNotFound, `x`: http.StatusBadRequest} {
		if p := b.api(bearer, "POST", "/api/v1/deliveries/1/again", body); p.status != status {
			t.Errorf("%s: %d %s", body, p.status, p.body)
		}
	}
	if p := b.api("", "POST", "/api/v1/deliveries/1/again", `{"tenant":"acme"}`); p.status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", p.status)
	}
	if p := b.api(bearer, "POST", "/api/v1/deliveries/1/again", `{"tenant":"acme"}`); p.status != http.StatusOK {
		t.Errorf("%d %s", p.status, p.body)
	}
	if claimed, err := store.ClaimDeliveries(ctx, ledger.DeliveryClaim{Owner: "one", Limit: 1, Lease: time.Minute}); err != nil || len(claimed) != 1 {
		t.Errorf("is not sent again: %v %v", claimed, err)
	}
}

// Of a mail server that is down one note is enough, however many people it is of; of
// one person's mail it names them.
func TestSeveralPeopleWereNotTold(t *testing.T) {
	for name, tt := range map[string]struct {
		told  []string
		shows string
		notes int
	}{
		"one":                       {[]string{"mail/ann"}, "the channel mail/ann was not", 1},
		"several":                   {[]string{"mail/ann", "mail/mia", "mail/ole"}, "the channel mail was not", 1},
		"others":                    {[]string{"mail/ann", "crm"}, "the channel crm was not", 2},
		"what follows, and another": {[]string{"sallyport/after", "sallyport/x"}, "Not everything that follows on effects was done", 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.Channels = func(audit.Approval, string) []string { return tt.told }
			store, ok := b.Connect().(*ledger.SQL)
			if !ok {
				t.Fatal("another store")
			}
			b.waiting(executetest.Refund("ch_ada_1000", "10000"))
			_, err := store.Outbox(t.Context(), 10, func([]audit.Approval) error { return nil })
			claimed, failed := store.ClaimDeliveries(t.Context(), ledger.DeliveryClaim{Owner: "one", Limit: 10, Lease: time.Minute})
			for _, d := range claimed {
				err = errors.Join(err, store.Undelivered(t.Context(), "one", d, "no answer", time.Second))
			}
			if err = errors.Join(err, failed); err != nil || len(claimed) != len(tt.told) {
				t.Fatal(claimed, err)
			}
			page := b.enters("acme", "ann").do("GET", "/", nil).body
			if !strings.Contains(page, tt.shows) || strings.Count(page, "<q>no answer</q>") != tt.notes {
				t.Error(page)
			}
		})
	}
}
