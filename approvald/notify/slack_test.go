package notify_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

func room(url string) string {
	return "channels:\n  - {name: leads, kind: slack, url: " + url + "/api/, loopback: true, secret: channel_bot, signing_secret: channel_signing,\n" +
		"     team: T01ACME, channel: C02BILLING, people: {U01ANN: ann, U02OLE: ole}}\n"
}

// posted answers as Slack does when a message was taken.
func posted(w http.ResponseWriter) {
	w.Header().Set("content-type", "application/json")
	_, _ = w.Write([]byte(`{"ok":true,"channel":"C02BILLING","ts":"1700000000.000100","message":{}}`))
}

// click is what Slack sends when a person presses a button of a message.
type click struct{ team, user, room, action, value, reason string }

func (b *bench) press(c click, at time.Time, key, path string) int {
	b.TB.Helper()
	response, err := http.DefaultClient.Do(b.pressed(c, at, key, path))
	if err != nil {
		b.TB.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// pressed is what Slack sends of a click.
func (b *bench) pressed(c click, at time.Time, key, path string) *http.Request {
	b.TB.Helper()
	payload, err := json.Marshal(map[string]any{
		"type": "block_actions", "team": map[string]string{"id": c.team}, "user": map[string]string{"id": c.user}, "channel": map[string]string{"id": c.room},
		"actions": []map[string]string{{"action_id": c.action, "block_id": "b", "value": c.value, "type": "button"}},
		"state":   map[string]any{"values": map[string]any{"sallyport_reason": map[string]any{"reason": map[string]string{"type": "plain_text_input", "value": c.reason}}}},
	})
	if err != nil {
		b.TB.Fatal(err)
	}
	body := url.Values{"payload": {string(payload)}}.Encode()
	mac := hmac.New(sha256.New, []byte(key))
	_, _ = fmt.Fprintf(mac, "v0:%d:%s", at.Unix(), body)
	request, err := http.NewRequestWithContext(b.TB.Context(), http.MethodPost, b.url+path, strings.NewReader(body))
	if err != nil {
		b.TB.Fatal(err)
	}
	request.Header.Set("x-slack-request-timestamp", fmt.Sprint(at.Unix()))
	request.Header.Set("x-slack-signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return request
}

// Slack hangs up when it has waited long enough: a vote counts all the same, and who
// cannot vote still reads why.
func TestSlackHangsUp(t *testing.T) {
	slack := listen(t, posted)
	b := start(t, room(slack.url), false)
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	for n, user := range []string{"U02OLE", "U01ANN"} {
		c := click{"T01ACME", user, "C02BILLING", "sallyport_approve", i.ID + " " + i.Digest, ""}
		b.notifier.Handler().ServeHTTP(httptest.NewRecorder(), b.pressed(c, b.Clock.Now(), signingSecret, clicks).WithContext(gone))
		if got := slack.seen(); len(got) != 1 || got[0].path != "/api/chat.postEphemeral" || len(b.Get(i).Votes) != n {
			t.Errorf("%s: Slack heard %+v, votes are %v", user, got, b.Get(i).Votes)
		}
	}
}

const clicks = "/channels/acme/leads/slack"

// buttons are the values that the buttons of a message carry, by action.
func buttons(t *testing.T, c call) map[string]string {
	t.Helper()
	form, err := url.ParseQuery(c.body)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []struct {
		Type     string `json:"type"`
		Elements []struct {
			ActionID string `json:"action_id"`
			Value    string `json:"value"`
			URL      string `json:"url"`
		} `json:"elements"`
	}
	if err := json.Unmarshal([]byte(form.Get("blocks")), &blocks); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, block := range blocks {
		for _, element := range block.Elements {
			out[element.ActionID] = element.Value + element.URL
		}
	}
	return out
}

func TestSlack(t *testing.T) {
	slack := listen(t, posted)
	b := start(t, room(slack.url), true)
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("a message", func() bool { return len(slack.seen()) == 1 && len(b.unheard()) == 0 })
	got := slack.seen()[0]
	if got.path != "/api/chat.postMessage" || got.header.Get("authorization") != "Bearer xoxb-1" && !strings.Contains(got.body, "token=xoxb-1") {
		t.Errorf("%s %v", got.path, got.header)
	}
	value := buttons(t, got)
	if value["sallyport_approve"] != i.ID+" "+i.Digest || value["sallyport_open"] != "https://desk.example/intents/"+i.ID+"?tenant=acme" {
		t.Error(value)
	}
	approve := click{"T01ACME", "U01ANN", "C02BILLING", "sallyport_approve", value["sallyport_approve"], ""}
	if status := b.press(approve, b.Clock.Now(), signingSecret, clicks); status != http.StatusOK {
		t.Fatalf("answered %d", status)
	}
	if after := b.Get(i); after.State != ledger.Approved || after.Votes[0].Person != "ann" {
		t.Errorf("%s %v", after.State, after.Votes)
	}
	b.ship()
	b.until("the message changes", func() bool { return len(slack.seen()) == 2 })
	changed := slack.seen()[1]
	if changed.path != "/api/chat.update" || !strings.Contains(changed.body, "ts=1700000000.000100") || buttons(t, changed)["sallyport_approve"] != "" {
		t.Errorf("%s %s", changed.path, changed.body)
	}
}

// Whose vote it is says the signature, the workspace and people.yaml, and nothing
// else.
func TestSlackClicksThatDoNotCount(t *testing.T) {
	slack := listen(t, posted)
	b := start(t, room(slack.url), false)
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	good := click{"T01ACME", "U01ANN", "C02BILLING", "sallyport_approve", i.ID + " " + i.Digest, ""}
	with := func(edit func(*click)) click {
		c := good
		edit(&c)
		return c
	}
	now := b.Clock.Now()
	for name, tt := range map[string]struct {
		click  click
		at     time.Time
		key    string
		path   string
		status int
		says   string
	}{
		"another key":            {good, now, "another", clicks, http.StatusUnauthorized, ""},
		"no key":                 {good, now, "", clicks, http.StatusUnauthorized, ""},
		"too old":                {good, now.Add(-6 * time.Minute), signingSecret, clicks, http.StatusUnauthorized, ""},
		"from the future":        {good, now.Add(6 * time.Minute), signingSecret, clicks, http.StatusUnauthorized, ""},
		"another tenant":         {good, now, signingSecret, "/channels/globex/leads/slack", http.StatusUnauthorized, ""},
		"another channel":        {good, now, signingSecret, "/channels/acme/other/slack", http.StatusUnauthorized, ""},
		"another workspace":      {with(func(c *click) { c.team = "T02EVIL" }), now, signingSecret, clicks, http.StatusOK, "nobody who may decide"},
		"another room":           {with(func(c *click) { c.room = "C99" }), now, signingSecret, clicks, http.StatusOK, "nobody who may decide"},
		"an unknown user":        {with(func(c *click) { c.user = "U99" }), now, signingSecret, clicks, http.StatusOK, "nobody who may decide"},
		"who may not":            {with(func(c *click) { c.user = "U02OLE" }), now, signingSecret, clicks, http.StatusOK, "only members of billing_leads"},
		"other arguments":        {with(func(c *click) { c.value = i.ID + " sha256:other" }), now, signingSecret, clicks, http.StatusOK, "not what you were shown"},
		"a denial without words": {with(func(c *click) { c.action = "sallyport_deny" }), now, signingSecret, clicks, http.StatusOK, "Say why"},
		"the link":               {with(func(c *click) { c.action = "sallyport_open" }), now, signingSecret, clicks, http.StatusOK, ""},
	} {
		before := len(slack.seen())
		if status := b.press(tt.click, tt.at, tt.key, tt.path); status != tt.status {
			t.Errorf("%s: answered %d", name, status)
		}
		if after := b.Get(i); after.State != ledger.Waiting || len(after.Votes) != 0 {
			t.Fatalf("%s: counted", name)
		}
		if tt.says == "" {
			continue
		}
		b.Eventually(name, func() bool { return len(slack.seen()) == before+1 })
		answer, _ := url.QueryUnescape(slack.seen()[before].body)
		if slack.seen()[before].path != "/api/chat.postEphemeral" || !strings.Contains(answer, tt.says) {
			t.Errorf("%s: %s", name, answer)
		}
	}
	// A secret that is stored empty signs nothing.
	b.secrets["channel_signing"] = ""
	if status := b.press(good, now, "", clicks); status != http.StatusUnauthorized || len(b.Get(i).Votes) != 0 {
		t.Errorf("an empty secret: answered %d", status)
	}
	b.secrets["channel_signing"] = signingSecret
	// The same click twice counts once, and the second is not even looked at.
	deny := with(func(c *click) { c.action, c.reason = "sallyport_deny", "not ours" })
	if first, second := b.press(deny, now, signingSecret, clicks), b.press(deny, now, signingSecret, clicks); first != http.StatusOK || second != http.StatusUnauthorized {
		t.Errorf("answered %d and %d", first, second)
	}
	if after := b.Get(i); after.State != ledger.Denied || after.Say != "not ours" {
		t.Errorf("%s %q", after.State, after.Say)
	}
}

// Words of a customer or an agent stay words: Slack links, mentions and formats
// nothing in them.
func TestSlackShowsWordsAsTheyAre(t *testing.T) {
	slack := listen(t, posted)
	b := start(t, room(slack.url), true)
	b.Opened("one", executetest.Comment(`<!channel> <http://evil.example|Approve> *paid*`), leads)
	b.ship()
	b.until("a message", func() bool { return len(slack.seen()) == 1 })
	form, err := url.ParseQuery(slack.seen()[0].body)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(form.Get("blocks"), "mrkdwn") || strings.Contains(form.Get("text"), "<") {
		t.Errorf("%s %s", form.Get("text"), form.Get("blocks"))
	}
}

// Nobody approves in Slack what Slack did not show: all that the digest stands for
// is in the message, or there is no such button.
func TestSlackShowsWhatIsApproved(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		may  bool
	}{"short": {"Your refund arrives today.\\nBye.", true}, "long": {strings.Repeat("Your refund arrives today. ", 100), false}} {
		slack := listen(t, posted)
		b := start(t, room(slack.url), true)
		_, i := b.Opened("one", executetest.Comment(tt.text), leads)
		b.ship()
		b.until("a message", func() bool { return len(slack.seen()) > 0 })
		value := buttons(t, slack.seen()[0])
		form, err := url.ParseQuery(slack.seen()[0].body)
		if err != nil {
			t.Fatal(err)
		}
		if (value["sallyport_approve"] == i.ID+" "+i.Digest) != tt.may || (value["sallyport_approve"] == "") == tt.may || value["sallyport_deny"] == "" || value["sallyport_open"] == "" {
			t.Errorf("%s: %v", name, value)
		}
		for _, want := range []string{"body: Your refund arrives today. ", "public: true", "ticket: 1001", "Said by the agent"} {
			if !strings.Contains(form.Get("blocks"), want) {
				t.Errorf("%s lacks %q: %s", name, want, form.Get("blocks"))
			}
		}
		if strings.Contains(form.Get("blocks"), "read it in the Desk to approve it") == tt.may {
			t.Errorf("%s: %s", name, form.Get("blocks"))
		}
	}
}

// saying opens intents of an agent that says why, under the rule that holds refunds.
type saying struct {
	ledger.Store
	why string
}

func (s saying) Open(ctx context.Context, q ledger.OpenRequest) (ledger.Opened, error) {
	q.Said, q.Escalation = s.why, ledger.Escalation{After: 30 * time.Minute, Groups: "auditors"}
	q.Rule = func(ledger.Situation) ledger.Ruling { return ledger.Ruling{Rule: "policy.csv:9", Hold: leads} }
	return s.Store.Open(ctx, q)
}

// Who decides in Slack knows what the card says: the rule in words, what the gateway found
// out itself, and what was denied before; and Slack takes the message, however much there is.
func TestSlackInforms(t *testing.T) {
	slack := listen(t, posted)
	b := start(t, room(slack.url), false)
	_, denied := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	if _, err := b.store.Vote(t.Context(), ledger.VoteRequest{Tenant: "acme", Intent: denied.ID, Person: "ann", Digest: denied.Digest, Reason: "Ask for a ticket first."}); err != nil {
		t.Fatal(err)
	}
	b.Store = saying{b.store, strings.Repeat("\u202e", 400)} // spelled out it is longer than a field
	b.Clock.Advance(2 * time.Hour)                           // so that it may be asked once more
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.escalate()
	b.run(t)
	var blocks string
	b.until("a message", func() bool {
		for _, got := range slack.seen() {
			form, _ := url.ParseQuery(got.body)
			if strings.Contains(form.Get("blocks"), i.ID+" "+i.Digest) && strings.Contains(form.Get("blocks"), "Escalated") {
				blocks = form.Get("blocks")
			}
		}
		return blocks != ""
	})
	for _, want := range []string{
		"What the gateway found out itself", "charge.amount: 1000.00 USD", "sum charge_24h: 0.00 USD reserved or done", "Budget customer_month: 49900.00 USD left after this",
		"Why: Agents with the role billing need the approval of billing_leads for stripe.refund.create", "Denied before: 1: Ask for a ticket first.",
	} {
		if !strings.Contains(blocks, want) {
			t.Errorf("%q is missing in %s", want, blocks)
		}
	}
	var read []struct {
		Fields []struct{ Text string }
	}
	if err := json.Unmarshal([]byte(blocks), &read); err != nil || len(read) > 50 {
		t.Errorf("%d blocks: %v", len(read), err)
	}
	for _, block := range read {
		if len(block.Fields) > 10 {
			t.Errorf("a section of %d fields", len(block.Fields))
		}
		for _, field := range block.Fields {
			if n := utf8.RuneCountInString(field.Text); n == 0 || n > 2000 {
				t.Errorf("a field of %d characters", n)
			}
		}
	}
}
