package notify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/approvald/notify"
)

func hook(url string) string {
	return "channels:\n  - {name: crm, kind: webhook, url: " + url + ", loopback: true, secret: channel_hook}\n"
}

// signedBy is Standard Webhooks' signature, made here by itself.
func signedBy(t *testing.T, c call) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(hookSecret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(c.header.Get("webhook-id") + "." + c.header.Get("webhook-timestamp") + "." + c.body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestWebhook(t *testing.T) {
	endpoint := listen(t, answers(http.StatusNoContent))
	b := start(t, hook(endpoint.url+"/in"), true)
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("an event", func() bool { return len(endpoint.seen()) == 1 })
	got := endpoint.seen()[0]
	if got.path != "/in" || got.header.Get("content-type") != "application/json" {
		t.Errorf("%s %v", got.path, got.header)
	}
	if want := signedBy(t, got); got.header.Get("webhook-signature") != want {
		t.Errorf("signature %s, want %s", got.header.Get("webhook-signature"), want)
	}
	var event notify.Event
	if err := json.Unmarshal([]byte(got.body), &event); err != nil {
		t.Fatal(err)
	}
	due := i.DueAt
	want := notify.Event{Type: "intent.waiting", Timestamp: i.CreatedAt, Data: notify.EventData{
		Tenant: "acme", Intent: i.ID, Version: 1, State: "waiting", Action: "stripe.refund.create", Summary: event.Data.Summary, Amount: "100.00 USD",
		Agent: "billing-bot", Session: "s1", Ticket: "1001", Customer: "cus_ada", Group: "billing_leads", Needed: 1, Due: &due,
		Decision: "dec-1", URL: "https://desk.example/intents/" + i.ID + "?tenant=acme",
	}}
	if diff := cmp.Diff(want, event); diff != "" || !strings.Contains(event.Data.Summary, "100.00 USD") {
		t.Errorf("%s %s", event.Data.Summary, diff)
	}
	if _, err := b.store.Vote(t.Context(), ledger.VoteRequest{Tenant: "acme", Intent: i.ID, Person: "ann", Approve: false, Digest: i.Digest, Reason: "no"}); err != nil {
		t.Fatal(err)
	}
	b.ship()
	b.until("the denial", func() bool { return len(endpoint.seen()) == 2 })
	second := endpoint.seen()[1]
	if !strings.Contains(second.body, `"type":"intent.denied"`) || !strings.Contains(second.body, `"decided_by":"ann"`) {
		t.Error(second.body)
	}
	if second.header.Get("webhook-id") == got.header.Get("webhook-id") {
		t.Error("two events have one id")
	}
}

// What fails is repeated later with the same id, later still when the endpoint
// says so, and given up at last; a person may have it sent again.
func TestWebhookFails(t *testing.T) {
	busy := func(w http.ResponseWriter) {
		w.Header().Set("retry-after", "60")
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	moved := func(w http.ResponseWriter) {
		w.Header().Set("location", "http://127.0.0.1:1/")
		w.WriteHeader(http.StatusFound)
	}
	endpoint := listen(t, answers(http.StatusInternalServerError), busy, moved, answers(http.StatusGone), answers(http.StatusOK))
	b := start(t, hook(endpoint.url), true)
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	for n, wait := range []time.Duration{5 * time.Second, time.Minute, 2 * time.Minute} {
		var failed ledger.Delivery
		before := b.Clock.Now()
		b.until("a failure", func() bool {
			unheard := b.unheard()
			if len(unheard) == 1 && unheard[0].Attempts == n+1 {
				failed = unheard[0]
			}
			return failed.ID != 0
		})
		if got := len(endpoint.seen()); got != n+1 {
			t.Fatalf("%d attempts after failure %d", got, n+1)
		}
		if failed.State != ledger.Due || failed.NextAt.Sub(b.Clock.Now()) > wait || failed.NextAt.Sub(before) < wait {
			t.Errorf("failure %d: %s, again at %s, now %s", n+1, failed.State, failed.NextAt, b.Clock.Now())
		}
		b.Clock.Advance(wait)
	}
	b.until("giving up", func() bool { u := b.unheard(); return len(u) == 1 && u[0].State == ledger.Dead })
	dead := b.unheard()[0]
	if dead.Error != "it answered 410 Gone" {
		t.Error(dead.Error)
	}
	if err := b.store.Redeliver(t.Context(), "acme", dead.ID); err != nil {
		t.Fatal(err)
	}
	b.until("the repetition", func() bool { return len(b.unheard()) == 0 && len(endpoint.seen()) == 5 })
	ids := map[string]bool{}
	for _, c := range endpoint.seen() {
		ids[c.header.Get("webhook-id")] = true
	}
	if len(ids) != 1 {
		t.Errorf("one event has the ids %v", ids)
	}
}

// A secret that is not stored sends nothing unsigned, and says what to do.
func TestWebhookWithoutSecret(t *testing.T) {
	endpoint := listen(t, answers(http.StatusOK))
	b := start(t, hook(endpoint.url), false)
	delete(b.secrets, "channel_hook")
	b.run(t)
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("a failure", func() bool { return len(b.unheard()) == 1 })
	if want := "the secret channel_hook is not stored: sallyport secret put --tenant acme channel_hook"; b.unheard()[0].Error != want || len(endpoint.seen()) != 0 {
		t.Errorf("%q, %d calls", b.unheard()[0].Error, len(endpoint.seen()))
	}
}

// The endpoint of one channel that does not answer keeps no other waiting, and a
// channel of another tenant hears nothing.
func TestChannelsAreApart(t *testing.T) {
	release := make(chan struct{})
	stuck := listen(t, func(w http.ResponseWriter) { <-release; w.WriteHeader(http.StatusOK) })
	well, theirs := listen(t, answers(http.StatusOK)), listen(t, answers(http.StatusOK))
	b := start(t, hook(stuck.url)+"  - {name: well, kind: webhook, url: "+well.url+", loopback: true, secret: channel_hook}\n", false)
	b.Load("globex", func(files map[string]string) { files["channels.yaml"] = hook(theirs.url) })
	b.run(t)
	t.Cleanup(func() { close(release) })
	for _, charge := range []string{"1000", "1100", "1200", "1300", "1400", "1500", "1600"} {
		b.Opened("one", executetest.Refund("ch_ada_1000", charge), leads)
	}
	b.ship()
	b.until("the other channel", func() bool { return len(well.seen()) > 0 && len(b.unheard()) == 0 })
	if got := len(theirs.seen()); got != 0 {
		t.Errorf("another tenant heard %d", got)
	}
}

// A secret that anybody could guess signs nothing.
func TestWebhookWithAWeakSecret(t *testing.T) {
	endpoint := listen(t, answers(http.StatusOK))
	b := start(t, hook(endpoint.url), false)
	for name, secret := range map[string]string{
		"no key": "whsec_", "a short key": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLQ==", "a password": "correcthorsebatterystaplecorrect", "empty": "", "no base64": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!",
	} {
		b.secrets["channel_hook"] = secret
		want := "the secret channel_hook is no signing secret: it must be whsec_ and base64 of at least 24 bytes"
		if err := b.tries("crm"); err == nil || err.Error() != want || len(endpoint.seen()) != 0 {
			t.Errorf("%s: %v, %d calls", name, err, len(endpoint.seen()))
		}
	}
}
