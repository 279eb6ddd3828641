package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/decision"
)

// judged names the rule that a tenant's files give for what it opens.
type judged struct {
	ledger.Store
	b *bench
}

func (s judged) Open(ctx context.Context, q ledger.OpenRequest) (ledger.Opened, error) {
	t, _ := s.b.Tenants.Get(q.Tenant)
	tool, _ := t.Tool(q.Call.Tool)
	act, _ := tool.Catalog.Action(q.Call.Action)
	told := q.Rule
	q.Rule = func(situation ledger.Situation) ledger.Ruling {
		ruling := told(situation)
		ruling.Rule = decision.Decide(decision.Question{
			Tenant: t, Tool: tool, Identity: q.Identity, Call: q.Call, Action: act, Facts: q.Facts, Sums: situation.Sums, Now: s.b.Clock.Now(),
		}).Rule
		return ruling
	}
	return s.Store.Open(ctx, q)
}

// ends commits an intent with an answer of the tool.
func (b *bench) ends(i ledger.Intent, to ledger.State, mediaType, body string) ledger.Intent {
	b.TB.Helper()
	i, err := b.Store.Advance(context.Background(), ledger.Step{
		Tenant: i.Tenant, ID: i.ID, Version: i.Version, To: to, Actor: "gateway",
		Outcome: &ledger.Outcome{Status: 200, MediaType: mediaType, Body: []byte(body), At: b.Clock.Now()},
	})
	if err != nil {
		b.TB.Fatal(err)
	}
	return i
}

// item is an intent in the API.
func (b *bench) item(t *testing.T, i ledger.Intent) desk.Item {
	t.Helper()
	return read[desk.Item](t, b.api("Bearer "+deskToken, "GET", "/api/v1/intents/"+i.ID, ""))
}

// values are named values as one text a name.
func values(all []desk.Named) map[string]string {
	out := map[string]string{}
	for _, n := range all {
		out[n.Name] = n.Value
	}
	return out
}

// Whoever decides reads money, the rule in its own words, and what was given
// before; not this request's own amount among it.
func TestWhatDecidedIsShown(t *testing.T) {
	b := start(t)
	b.Store = judged{b.Store, b}
	b.url = b.open()
	_, before := b.Opened("one", executetest.Refund("ch_ada_1000", "4000"), nil)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	condition := "sums.charge_24h + args.amount <= money('500 USD')"
	item := b.item(t, i)
	if args, facts := values(item.Args), values(item.Facts); args["amount"] != "100.00 USD" || args["charge"] != "ch_ada_1000" ||
		facts["charge.amount"] != "1000.00 USD" || facts["charge.refunded"] != "false" {
		t.Errorf("%v %v", args, facts)
	}
	if sums := values(item.Sums); item.Condition != condition || len(sums) != 2 || sums["charge_24h"] != "40.00 USD reserved or done" || sums["customer_month"] != "40.00 USD of 50000.00 USD reserved or done" {
		t.Errorf("%q %v", item.Condition, sums)
	}
	if len(item.Budgets) != 1 || item.Budgets[0] != "Budget customer_month: 49860.00 USD left after this" {
		t.Errorf("of budgets it says %q", item.Budgets)
	}
	body := b.enters("acme", "ann").do("GET", "/intents/"+i.ID, nil).body
	for _, want := range []string{"<bdi>100.00 USD</bdi>", "<bdi>1000.00 USD</bdi>", `<p class="budget">Budget customer_month: 49860.00 USD left after this</p>`, "<dt>sum charge_24h</dt><dd>40.00 USD reserved or done</dd>", "<code>sums.charge_24h &#43; args.amount &lt;= money(&#39;500 USD&#39;)</code>"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s: %s", want, body)
		}
	}
	if done := b.item(t, before); done.Sums != nil || done.Condition == condition || done.Condition == "" {
		t.Errorf("what does not wait: %q %v", done.Condition, done.Sums)
	}
	b.people("  - {id: noa, name: Noa, groups: [auditors]}\n")
	if item := b.item(t, i); item.Condition != "" || item.Rule == "" {
		t.Errorf("the line of other files is shown: %q of %q", item.Condition, item.Rule)
	}
}

// A currency without decimals has none here either.
func TestMoneyOfEveryCurrency(t *testing.T) {
	b := start(t)
	for charge, want := range map[string]string{"ch_ada_jpy": "150 JPY", "ch_ada_eur": "1.50 EUR"} {
		if got := values(b.item(t, b.waiting(executetest.Refund(charge, "150"))).Args)["amount"]; got != want {
			t.Errorf("%s: %s, want %s", charge, got, want)
		}
	}
}

// Of an answer people see that it came and what it is called, never the rest.
func TestOutcomeIsShownWithoutItsBody(t *testing.T) {
	const secret = "ada.lovelace@example.com"
	for name, c := range map[string]struct {
		mediaType, body string
		want            map[string]string
	}{
		"a refund":         {"application/json; charset=utf-8", `{"id":"re_1","object":"refund","status":"succeeded","receipt":"` + secret + `"}`, map[string]string{"id": "re_1", "object": "refund", "status": "succeeded"}},
		"a problem":        {"application/problem+json", `{"status":"gone","detail":"` + secret + `"}`, map[string]string{"status": "gone"}},
		"deeper":           {"application/json", `{"refund":{"id":"` + secret + `"},"id":{"object":"re_1"}}`, nil},
		"an address as id": {"application/json", `{"id":"` + secret + `","status":"sent to ` + secret + `"}`, nil},
		"no texts":         {"application/json", `{"id":1,"object":null,"status":true}`, nil},
		"a list":           {"application/json", `["` + secret + `"]`, nil},
		"no JSON":          {"application/json", `{"id":"re_1"`, nil},
		"another type":     {"text/plain", `{"id":"re_1"}`, nil},
		"no type":          {"", `{"id":"re_1"}`, nil},
		"a mark":           {"application/json", `{"id":"re_\u202e1","object":"a\u001b[2J"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "100"), nil)
			b.Clock.Advance(time.Minute)
			i = b.ends(i, ledger.Succeeded, c.mediaType, c.body)
			item := b.item(t, i)
			if item.Outcome == nil || item.Outcome.Status != 200 || !item.Outcome.At.Equal(b.Clock.Now()) || !item.Ended.Equal(b.Clock.Now()) {
				t.Fatalf("%+v", item)
			}
			got := values(item.Outcome.Fields)
			for _, field := range []string{"id", "object", "status"} {
				if got[field] != c.want[field] {
					t.Errorf("%s is %q, want %q", field, got[field], c.want[field])
				}
			}
			w := b.enters("acme", "ann")
			for _, p := range []page{w.do("GET", "/intents/"+i.ID, nil), w.do("GET", "/", nil), b.api("Bearer "+deskToken, "GET", "/api/v1/intents?all=true", "")} {
				if p.status != 200 || strings.Contains(p.body, "lovelace") {
					t.Errorf("%d %s", p.status, p.body)
				}
			}
			if body := w.do("GET", "/intents/"+i.ID, nil).body; !strings.Contains(body, `<dt>succeeded</dt><dd><time datetime="2026-03-01T12:01:00Z">2026-03-01 12:01:00 UTC</time></dd>`) || !strings.Contains(body, "<dt>the tool answered</dt><dd>200, ") {
				t.Errorf("the page says nothing of it: %s", body)
			}
		})
	}
}

// What is decided says by whom, and no longer until when.
func TestWhoDecided(t *testing.T) {
	b := start(t)
	hundred := func(charge string) ledger.Intent { return b.waiting(executetest.Refund(charge, "10000")) }
	ann := b.enters("acme", "ann")
	late := hundred("ch_ada_4999")
	b.Clock.Advance(time.Hour)
	denied, approved, refused := hundred("ch_ada_1000"), hundred("ch_ada_large"), hundred("ch_ada_450")
	ann.vote(denied, "deny", "No.")
	ann.vote(approved, "approve", "")
	ann.vote(refused, "approve", "")
	if _, err := b.Store.Advance(context.Background(), ledger.Step{Tenant: "acme", ID: refused.ID, Version: b.Get(refused).Version, To: ledger.Denied, Actor: "gateway"}); err != nil {
		t.Fatal(err)
	}
	_, passed := b.Opened("one", executetest.Refund("ch_ada_80", "100"), nil)
	b.ends(passed, ledger.Succeeded, "application/json", "{}")
	b.Clock.Advance(3 * time.Hour)
	if _, err := b.Store.Claim(context.Background(), ledger.ClaimRequest{Owner: "one", Limit: 1, Lease: time.Minute, SendWithin: time.Second}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		intent ledger.Intent
		want   string
	}{
		"late": {late, "nobody"}, "denied": {denied, "ann"}, "approved": {approved, "ann"}, "refused then": {refused, "the gateway"},
		"passed": {passed, "the policy"}, "waiting": {hundred("ch_ada_jpy"), ""},
	} {
		if item := b.item(t, c.intent); item.DecidedBy != c.want || item.DueAt.IsZero() != (c.want != "") {
			t.Errorf("%s: %s, decided by %q, until %s", name, item.State, item.DecidedBy, item.DueAt)
		}
	}
	_, done, _ := strings.Cut(b.enters("acme", "ann").do("GET", "/", nil).body, "<h2>Finished")
	if strings.Contains(done, "Until") || !strings.Contains(done, `<td data-name="Decided by">ann</td>`) {
		t.Errorf("the list says %s", done)
	}
}

// A vote that did not count gives its words back.
func TestWordsComeBack(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	ann := b.enters("acme", "ann")
	shown := i
	shown.Digest = "sha256:other"
	if p := ann.vote(shown, "deny", `Not "now".`); !strings.Contains(p.body, `value="Not &#34;now&#34;."`) {
		t.Errorf("while it waits: %s", p.body)
	}
	b.enters("acme", "mia").vote(i, "deny", "No.")
	if p := ann.vote(i, "deny", "Not now."); !strings.Contains(p.body, "You wrote: <bdi>Not now.</bdi>") {
		t.Errorf("when it is over: %s", p.body)
	}
}
