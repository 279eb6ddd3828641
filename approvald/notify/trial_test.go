package notify_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/notify"
)

// tries sends a test over a channel, for Ann.
func (b *bench) tries(channel string) error {
	t, _ := b.Tenants.Get("acme")
	ann, _ := t.People.Find("ann")
	return b.notifier.Test(b.TB.Context(), t, channel, ann)
}

// A test is an event of its own, signed like all, each with another id; one that
// fails is told at once and is not kept.
func TestTryAWebhook(t *testing.T) {
	endpoint := listen(t, answers(http.StatusOK), answers(http.StatusOK), answers(http.StatusInternalServerError))
	b := start(t, hook(endpoint.url+"/in"), false)
	for range 2 {
		if err := b.tries("crm"); err != nil {
			t.Fatal(err)
		}
	}
	got := endpoint.seen()
	if len(got) != 2 || got[0].path != "/in" || got[0].header.Get("webhook-signature") != signedBy(t, got[0]) || got[0].header.Get("webhook-id") == got[1].header.Get("webhook-id") {
		t.Fatalf("%+v", got)
	}
	var event notify.TestEvent
	want := notify.TestEvent{Type: "channel.test", Timestamp: b.Clock.Now(), Data: notify.TestData{Tenant: "acme", Channel: "crm", Person: "ann"}}
	if err := json.Unmarshal([]byte(got[0].body), &event); err != nil || event != want {
		t.Errorf("%s %v", got[0].body, err)
	}
	if err := b.tries("crm"); err == nil || err.Error() != "it answered 500 Internal Server Error" || len(b.unheard()) != 0 {
		t.Errorf("%v, kept %v", err, b.unheard())
	}
	delete(b.secrets, "channel_hook")
	if err := b.tries("crm"); err == nil || !strings.Contains(err.Error(), "sallyport secret put") || len(endpoint.seen()) != 3 {
		t.Errorf("without its secret: %v", err)
	}
	if err := b.tries("nobody"); err == nil || !strings.Contains(err.Error(), "no such channel") {
		t.Errorf("of no channel: %v", err)
	}
}

func TestTrySlack(t *testing.T) {
	slack := listen(t, posted)
	b := start(t, room(slack.url), false)
	t2, _ := b.Tenants.Get("acme")
	if err := b.tries(t2.Channels[0].Name); err != nil {
		t.Fatal(err)
	}
	got := slack.seen()
	if len(got) != 1 || got[0].path != "/api/chat.postMessage" {
		t.Fatalf("%+v", got)
	}
	form, err := url.ParseQuery(got[0].body)
	if err != nil || form.Get("channel") != "C02BILLING" || !strings.HasPrefix(form.Get("text"), "Test: ") || !strings.Contains(form.Get("blocks"), "Ann Lee asked for this message; nothing waits") {
		t.Errorf("%v %v", form, err)
	}
	if strings.Contains(form.Get("blocks"), "button") || strings.Contains(form.Get("blocks"), "mrkdwn") {
		t.Errorf("a test asks for something: %s", form.Get("blocks"))
	}
}

// All of a channel's people read a test, also those who decide nothing.
func TestTryEmail(t *testing.T) {
	box := openPostbox(t)
	b := start(t, mails(box.url), false)
	if err := b.tries("mail"); err != nil {
		t.Fatal(err)
	}
	var to []string
	for _, got := range box.seen() {
		to = append(to, got.to)
		if !strings.Contains(got.text, "Subject: Test: Acme Support") || !strings.Contains(got.text, "nothing waits") || !strings.Contains(got.text, "@acme.example>") {
			t.Errorf("%s", got.text)
		}
	}
	if !slices.Equal(to, []string{"ann@acme.example", "mia@acme.example", "ole@acme.example"}) {
		t.Errorf("read by %q", to)
	}
	b.secrets["channel_mail"] = "wrong"
	if err := b.tries("mail"); err == nil || len(box.seen()) != 3 {
		t.Errorf("with a wrong password: %v", err)
	}
}
