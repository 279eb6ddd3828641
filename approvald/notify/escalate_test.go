package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/policy"
)

// escalating opens intents that auditors may decide too, after half an hour.
type escalating struct{ ledger.Store }

func (s escalating) Open(ctx context.Context, q ledger.OpenRequest) (ledger.Opened, error) {
	q.Escalation = ledger.Escalation{After: 30 * time.Minute, Groups: "auditors"}
	return s.Store.Open(ctx, q)
}

// escalate lets half an hour pass.
func (b *bench) escalate() {
	b.TB.Helper()
	b.Clock.Advance(30 * time.Minute)
	if _, err := b.store.Claim(context.Background(), ledger.ClaimRequest{Owner: "one", Limit: 10, Lease: time.Minute, SendWithin: time.Second}); err != nil {
		b.TB.Fatal(err)
	}
	b.ship()
}

// Mail goes to those who may decide from now on, and to nobody twice.
func TestEscalationByMail(t *testing.T) {
	box := openPostbox(t)
	b := start(t, mails(box.url), true)
	b.Store = escalating{b.store}
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("two mails", func() bool { return len(box.seen()) == 2 })
	b.escalate()
	b.until("one more", func() bool { return len(box.seen()) > 2 && box.seen()[len(box.seen())-1].to == "ole@acme.example" })
	got := box.seen()[len(box.seen())-1]
	text := strings.ReplaceAll(got.text, "=\r\n", "")
	if got.to != "ole@acme.example" || !strings.Contains(text, "so auditors may decide too") || !strings.Contains(text, "billing_leads or auditors") {
		t.Errorf("to %s: %s", got.to, text)
	}
}

// A message that changes makes no sound, so the room is told beside it.
func TestEscalationInSlack(t *testing.T) {
	slack := listen(t, posted)
	b := start(t, room(slack.url), true)
	b.Store = escalating{b.store}
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("a message", func() bool { return len(slack.seen()) == 1 && len(b.unheard()) == 0 })
	b.escalate()
	// The first message may be told once more, when time passes before it is noted.
	b.until("it changes and is told", func() bool { return strings.Contains(slack.seen()[len(slack.seen())-1].body, "thread_ts") })
	changed, told := slack.seen()[len(slack.seen())-2], slack.seen()[len(slack.seen())-1]
	if changed.path != "/api/chat.update" || !strings.Contains(changed.body, "Escalated") {
		t.Errorf("%s %s", changed.path, changed.body)
	}
	if told.path != "/api/chat.postMessage" || !strings.Contains(told.body, "thread_ts=1700000000.000100") || !strings.Contains(told.body, "reply_broadcast=true") {
		t.Errorf("%s %s", told.path, told.body)
	}
}

// What several groups decide together is written to the people of each.
func TestMailToSeveralGroups(t *testing.T) {
	box := openPostbox(t)
	b := start(t, mails(box.url), true)
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), &policy.Hold{Group: "billing_leads|auditors", Votes: 2})
	b.ship()
	b.until("three mails", func() bool { return len(box.seen()) == 3 })
}
