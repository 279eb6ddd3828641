package desk_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/surrogate"
)

const (
	adasMail  = "ada.lovelace@example.com"
	adasPhone = "+1 415 555 0142"
)

// mayReveal gives acme's people rights to see personal data.
func (b *bench) mayReveal(rows string) {
	b.Load("acme", func(files map[string]string) {
		files["people.yaml"] = strings.TrimRight(files["people.yaml"], "\n") + "\n  - {id: mia, name: Mia Roth, groups: [billing_leads]}\n"
		head, _, ok := strings.Cut(files["approvals.yaml"], "reveal:")
		if !ok {
			b.TB.Fatal("acme's people see nothing")
		}
		files["approvals.yaml"] = head + rows
	})
}

// minted is the surrogate of a value in a session of acme.
func (b *bench) minted(session string, typ pii.Type, value string) string {
	b.TB.Helper()
	keys := sessionkey.New(b.Ring)()
	key, ok := keys.Derive("acme", session)
	if !ok {
		b.TB.Fatal("no key")
	}
	s, err := surrogate.NewSession(key)
	if err != nil {
		b.TB.Fatal(err)
	}
	s.Enter("zendesk", keys.Subject("acme", session, "cus_ada"))
	return string(s.Mint(nil, surrogate.Value{Type: typ, Text: []byte(value)}))
}

// looked are the looks at personal data that were recorded: who, where, what, and
// what came of it.
func (b *bench) looked() [][6]string {
	b.TB.Helper()
	var out [][6]string
	for _, row := range b.Records.All() {
		if row.Step == "reveal" {
			out = append(out, [6]string{row.TokenID, row.Session, row.Action, row.Effect, row.Reason, row.Rule})
		}
		if strings.Contains(strings.Join([]string{row.Session, row.Action, row.Rule, row.Path, row.Ticket, row.Digest}, " "), "ada.l") {
			b.TB.Errorf("the record has the value: %+v", row)
		}
	}
	return out
}

// A person sees the types that their groups may see, in the session they name, and
// each try is recorded.
func TestReveal(t *testing.T) {
	b := start(t)
	b.mayReveal("reveal:\n  - {groups: [privacy], types: [email]}\n")
	mail, phone, foreign := b.minted("s1", pii.Email, adasMail), b.minted("s1", pii.Phone, adasPhone), b.minted("s2", pii.Email, adasMail)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	ask := func(token, body string) page { return b.api(token, "POST", "/api/v1/reveal", body) }
	for name, c := range map[string]struct {
		body   string
		status int
		value  string
		record [6]string // none: nobody asked for anything
	}{
		"in its session":      {`{"tenant":"acme","session":"s1","surrogate":"` + mail + `"}`, 200, adasMail, [6]string{"person:ann", "s1", "reveal.email", "allow", "allowed", "approvals.yaml: reveal[0]"}},
		"with spaces":         {`{"tenant":"acme","session":"s1","surrogate":" ` + mail + `\n"}`, 200, adasMail, [6]string{"person:ann", "s1", "reveal.email", "allow", "allowed", "approvals.yaml: reveal[0]"}},
		"at an approval":      {`{"intent":"` + i.ID + `","surrogate":"` + strings.ToUpper(mail) + `"}`, 200, adasMail, [6]string{"person:ann", "s1", "reveal.email", "allow", "allowed", "approvals.yaml: reveal[0]"}},
		"another type":        {`{"tenant":"acme","session":"s1","surrogate":"` + phone + `"}`, 403, "", [6]string{"person:ann", "s1", "reveal.phone", "deny", "policy_no_rule", ""}},
		"another session's":   {`{"tenant":"acme","session":"s1","surrogate":"` + foreign + `"}`, 404, "", [6]string{"person:ann", "s1", "reveal.email", "deny", "surrogate_unknown", "approvals.yaml: reveal[0]"}},
		"another type's name": {`{"tenant":"acme","session":"s1","surrogate":"` + strings.Replace(phone, "[phone:", "[email:", 1) + `"}`, 404, "", [6]string{"person:ann", "s1", "reveal.email", "deny", "surrogate_unknown", "approvals.yaml: reveal[0]"}},
		"another tenant":      {`{"tenant":"globex","session":"s1","surrogate":"` + mail + `"}`, 403, "", [6]string{"person:gil", "s1", "reveal.email", "deny", "policy_no_rule", ""}},
		"no tenant":           {`{"tenant":"","session":"","surrogate":"` + mail + `"}`, 400, "", [6]string{}},
		"both":                {`{"session":"s1","intent":"` + i.ID + `","surrogate":"` + mail + `"}`, 400, "", [6]string{}},
		"a value for it":      {`{"tenant":"acme","session":"` + adasMail + `","surrogate":"` + mail + `"}`, 400, "", [6]string{}},
		"no such intent":      {`{"intent":"int_none","surrogate":"` + mail + `"}`, 404, "", [6]string{}},
		"two of them":         {`{"tenant":"acme","session":"s1","surrogate":"` + mail + mail + `"}`, 400, "", [6]string{}},
		"no surrogate":        {`{"tenant":"acme","session":"s1","surrogate":"` + adasMail + `"}`, 400, "", [6]string{}},
		"no JSON":             {`surrogate`, 400, "", [6]string{}},
	} {
		before := len(b.looked())
		p := ask("Bearer "+deskToken, c.body)
		if p.status != c.status || read[desk.RevealAnswer](t, p).Value != c.value || strings.Contains(p.body, "ada.l") != (c.value != "") {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
		var want [][6]string
		if c.record != ([6]string{}) {
			want = [][6]string{c.record}
		}
		if diff := cmp.Diff(want, append([][6]string(nil), b.looked()[before:]...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for _, tenant := range []string{"", "hooli"} {
		if p := ask("Bearer "+deskToken, `{"tenant":"`+tenant+`","session":"s1","surrogate":"`+mail+`"}`); p.status != 400 || !strings.Contains(p.body, "one of those that know you: acme, globex.") {
			t.Errorf("of the tenant %q: %d %s", tenant, p.status, p.body)
		}
	}
	if p := ask("Bearer nobody", `{"tenant":"acme","session":"s1","surrogate":"`+mail+`"}`); p.status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", p.status)
	}
	b.Records.Fail(errors.New("the disk is full"))
	if p := ask("Bearer "+deskToken, `{"tenant":"acme","session":"s1","surrogate":"`+mail+`"}`); p.status != http.StatusServiceUnavailable || strings.Contains(p.body, "ada.l") {
		t.Errorf("what cannot be recorded: %d %s", p.status, p.body)
	}
}

// Without a row nobody sees anything.
func TestNobodyReveals(t *testing.T) {
	b := start(t)
	b.mayReveal("")
	if p := b.api("Bearer "+deskToken, "POST", "/api/v1/reveal", `{"tenant":"acme","session":"s1","surrogate":"`+b.minted("s1", pii.Email, adasMail)+`"}`); p.status != http.StatusForbidden {
		t.Errorf("%d %s", p.status, p.body)
	}
}

// commented opens an intent whose argument holds surrogates.
func (b *bench) commented(text string) ledger.Intent {
	b.TB.Helper()
	return b.waiting(executetest.Comment(text))
}

// Unmasking a field of the card takes a right, a fresh login and the Desk's own
// form.
func TestUnmask(t *testing.T) {
	b := start(t)
	b.mayReveal("reveal:\n  - {groups: [billing_leads], types: [email], within: 5m}\n")
	i := b.commented("Wrote to " + b.minted("s1", pii.Email, adasMail) + ", called " + b.minted("s1", pii.Phone, adasPhone))
	ann := b.enters("acme", "ann")
	show := func(w *browser, field string) page {
		return w.do("POST", "/intents/"+i.ID+"/unmask", url.Values{"form": {w.form()}, "field": {field}})
	}
	if p := ann.do("GET", "/intents/"+i.ID, nil); !strings.Contains(p.body, `name="field" value="args.body"`) || strings.Contains(p.body, "ada.l") {
		t.Errorf("the card: %s", p.body)
	}
	p := show(ann, "args.body")
	if !strings.Contains(p.body, "Wrote to "+adasMail+", called [phone:") || p.status != http.StatusForbidden || strings.Contains(p.body, "data-live") || p.header.Get("cache-control") != "no-store" {
		t.Errorf("of two one may be seen: %d %s", p.status, p.body)
	}
	want := [][6]string{
		{"person:ann", "s1", "reveal.email", "allow", "allowed", "approvals.yaml: reveal[0]"},
		{"person:ann", "s1", "reveal.phone", "deny", "policy_no_rule", ""},
	}
	if diff := cmp.Diff(want, b.looked()); diff != "" {
		t.Error(diff)
	}
	if p := show(ann, "args.ticket"); p.status != 200 || len(b.looked()) != 2 {
		t.Errorf("a field that hides nothing: %d", p.status)
	}
	if p := ann.do("POST", "/intents/"+i.ID+"/unmask", url.Values{"form": {"x"}, "field": {"args.body"}}); p.status != http.StatusForbidden || strings.Contains(p.body, "ada.l") {
		t.Errorf("another form: %d", p.status)
	}
	b.Clock.Advance(5 * time.Minute)
	if p := show(ann, "args.body"); p.status != http.StatusForbidden || strings.Contains(p.body, "ada.l") || !strings.Contains(p.body, `id="again"`) {
		t.Errorf("an old login: %d %s", p.status, p.body)
	}
	ole := b.enters("acme", "ole")
	if p := ole.do("GET", "/intents/"+i.ID, nil); strings.Contains(p.body, "unmask") {
		t.Error("who sees nothing has a button")
	}
	if p := show(ole, "args.body"); p.status != http.StatusForbidden || strings.Contains(p.body, "ada.l") {
		t.Errorf("who sees nothing: %d", p.status)
	}
}

// A customer whose id is personal data is hidden everywhere, and is unmasked by
// its type.
func TestCustomerIsHidden(t *testing.T) {
	b := start(t)
	b.mayReveal("reveal:\n  - {groups: [billing_leads], types: [email]}\n")
	by, first := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	by.Identity.Session.ID, by.Identity.Session.Customer = "s9", adasMail
	i := b.OpenedCall("one", by, first.Call, leads)
	ann := b.enters("acme", "ann")
	if p := ann.do("GET", "/intents/"+i.ID, nil); strings.Contains(p.body, adasMail) || !strings.Contains(p.body, "[email]") {
		t.Error("the card shows the customer")
	}
	if p := b.api("Bearer "+deskToken, "GET", "/api/v1/intents/"+i.ID, ""); strings.Contains(p.body, adasMail) {
		t.Error("the API shows the customer")
	}
	if p := ann.do("POST", "/intents/"+i.ID+"/unmask", url.Values{"form": {ann.form()}, "field": {"customer"}}); p.status != 200 || !strings.Contains(p.body, adasMail) {
		t.Errorf("%d %s", p.status, p.body)
	}
	if looked := b.looked(); len(looked) != 1 || looked[0][2] != "reveal.email" {
		t.Errorf("recorded: %v", looked)
	}
}

// In a browser it is one click, which stays until the page is loaded again; its
// words are Chinese for who reads those.
func TestUnmaskInABrowser(t *testing.T) {
	b := start(t)
	b.mayReveal("reveal:\n  - {groups: [billing_leads], types: ['*']}\n")
	i := b.commented("Wrote to " + b.minted("s1", pii.Email, adasMail))
	tab := b.chromium(t)
	var before, after, again, chinese string
	does(tab, t, chromedp.Navigate(b.url+"/intents/"+i.ID), chromedp.WaitVisible("button.unmask"), chromedp.Text("main", &before),
		chromedp.Click("button.unmask"), chromedp.WaitVisible(".note"), chromedp.Text("main", &after),
		chromedp.Navigate(b.url+"/intents/"+i.ID+"?language=zh"), chromedp.WaitVisible("button.unmask"), chromedp.Text("main", &again), chromedp.Text("button.unmask", &chinese))
	if strings.Contains(before, adasMail) || !strings.Contains(after, "Wrote to "+adasMail) || strings.Contains(again, adasMail) || chinese != "显示" {
		t.Errorf("before %q, after %q, again %q, %q", before, after, again, chinese)
	}
}
