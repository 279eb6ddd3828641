package desk_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/policy"
)

// edits changes an intent in the ledger and asks no policy.
func (b *bench) edits(ctx context.Context, i ledger.Intent, c desk.Change) (ledger.Intent, error) {
	t, _ := b.Tenants.Get(i.Tenant)
	tool, _ := t.Tool(i.Call.Tool)
	act, _ := tool.Catalog.Action(i.Call.Action)
	args, mismatch := tool.Catalog.Edited(act, i.Call.Args, c.Set)
	if mismatch != nil {
		return i, desk.Refusal(mismatch.Hint)
	}
	i.Call.Args = args
	key, err := act.BusinessKey(args, i.Facts)
	if err != nil {
		return i, err
	}
	after, _, err := b.Store.Edit(ctx, ledger.EditRequest{Intent: i.ID, Person: c.Person, Digest: c.Digest, To: ledger.OpenRequest{
		Tenant: i.Tenant, Identity: i.Identity, Call: i.Call, BusinessKey: i.Call.Tool + "/" + key, Bundle: i.Bundle, Owner: "one",
		Lease: time.Minute, SendWithin: time.Second, ExpireAfter: time.Hour,
		Rule: func(ledger.Situation) ledger.Ruling {
			return ledger.Ruling{Hold: &policy.Hold{Group: "billing_leads", Votes: 1}}
		},
	}})
	return after, err
}

// change sends the form of a change.
func (w *browser) change(i ledger.Intent, body string) page {
	w.b.TB.Helper()
	return w.do("POST", "/intents/"+i.ID+"/edit", url.Values{"form": {w.form()}, "digest": {i.Digest}, "set.body": {body}, "set.public": {"true"}})
}

// Whoever may vote may change a draft; then somebody else approves it, and sees
// what was changed.
func TestEdit(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Comment("Your refund is on its way."))
	ann, mia := b.enters("acme", "ann"), b.enters("acme", "mia")
	if p := b.enters("acme", "ole").change(i, "Pay me."); p.status != http.StatusForbidden || !strings.Contains(p.body, "only members of billing_leads decide") {
		t.Errorf("an auditor: %d %s", p.status, p.body)
	}
	if p := mia.change(i, "Your refund \u202ewas\u202c sent <b>today</b>."); p.status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.status, p.body)
	}
	now := b.Get(i)
	if text, _ := now.Call.Args.Text("body"); text != "Your refund \u202ewas\u202c sent <b>today</b>." || now.Edits[0].Person != "mia" || now.Digest == i.Digest {
		t.Fatalf("%q %+v", text, now)
	}
	item := b.item(t, i)
	old := func(p desk.Part) bool { return p.Kind == "old" && strings.Contains(p.Text, "way") }
	if len(item.Changes) != 1 || item.Changes[0].Name != "body" || !slices.ContainsFunc(item.Changes[0].Parts, old) || len(item.Editable) != 2 || item.Edits[0].Person != "mia" {
		t.Errorf("%+v", item)
	}
	p := mia.do("GET", "/intents/"+i.ID, nil)
	for _, want := range []string{"You changed this yourself, so somebody else approves it.", "Changed by mia at", "<del>", "<ins>", `\u202ewas\u202c`, "&lt;b&gt;today", "What will be sent"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page lacks %q: %s", want, p.body)
		}
	}
	if strings.Contains(p.body, `id="approve"`) || strings.Contains(p.body, "<b>today") {
		t.Errorf("the editor's page: %s", p.body)
	}
	for name, c := range map[string]struct {
		by     *browser
		of     ledger.Intent
		status int
	}{"the editor": {mia, now, 403}, "of what was displayed before": {ann, i, 409}} {
		if p := c.by.vote(c.of, "approve", ""); p.status != c.status {
			t.Errorf("%s approves: %d %s", name, p.status, p.body)
		}
	}
	b.stands(i, ledger.Waiting, 0)
	if p := ann.vote(now, "approve", ""); p.status != http.StatusSeeOther {
		t.Errorf("%d %s", p.status, p.body)
	}
	b.stands(i, ledger.Approved, 1)
	if p := ann.change(now, "Too late."); p.status != http.StatusConflict {
		t.Errorf("after the vote: %d", p.status)
	}
}

// What does not count is said, and what was written is not lost.
func TestEditRefused(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Comment("One.\\r\\nTwo."))
	mia := b.enters("acme", "mia")
	for _, c := range []struct {
		name   string
		id     string
		form   url.Values
		status int
		says   string
	}{
		{"no form word", i.ID, url.Values{"digest": {i.Digest}, "set.body": {"New."}}, 403, ""},
		{"another digest", i.ID, url.Values{"form": {mia.form()}, "digest": {"x"}, "set.body": {"New words."}}, 409, "\nNew words.</textarea>"},
		{"an empty text", i.ID, url.Values{"form": {mia.form()}, "digest": {i.Digest}, "set.body": {""}}, 409, "it must be "},
		{"what nobody may", i.ID, url.Values{"form": {mia.form()}, "digest": {i.Digest}, "set.ticket": {"1002"}}, 409, "nobody may change this"},
		{"another spelling", i.ID, url.Values{"form": {mia.form()}, "digest": {i.Digest}, "set.public": {"yes"}}, 409, "it must be true or false"},
		{"no such approval", "int_absent", url.Values{"form": {mia.form()}, "digest": {i.Digest}, "set.body": {"x"}}, 404, "no such approval"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if p := mia.do("POST", "/intents/"+c.id+"/edit", c.form); p.status != c.status || !strings.Contains(p.body, c.says) {
				t.Errorf("%d %s", p.status, p.body)
			}
			if now := b.Get(i); now.Version != i.Version {
				t.Errorf("changed: %+v", now)
			}
		})
	}
	// A form has its own ends of lines, which is no change.
	p := mia.do("POST", "/intents/"+i.ID+"/edit", url.Values{"form": {mia.form()}, "digest": {i.Digest}, "set.body": {"One.\r\nTwo."}, "set.public": {"false"}})
	if now := b.Get(i); p.status != http.StatusSeeOther || !slices.Equal(now.Edited(), []string{"public"}) {
		t.Errorf("%d, changed: %v", p.status, now.Edited())
	}
}

// counted counts how often an intent is read.
type counted struct {
	ledger.Store
	reads *atomic.Int32
}

func (c counted) Get(ctx context.Context, tenant, id string) (ledger.Intent, error) {
	c.reads.Add(1)
	return c.Store.Get(ctx, tenant, id)
}

// A change is judged against what was displayed, read once: who writes while
// somebody else changes it is refused, and does not take back, with what they left
// alone, what the other one changed.
func TestEditOfWhatWasDisplayed(t *testing.T) {
	b := start(t)
	b.people("  - {id: mia, name: Mia Roth, groups: [billing_leads]}\n  - {id: eva, name: Eva Lind, groups: [billing_leads]}\n")
	store := counted{b.Store, &atomic.Int32{}}
	b.Store = store
	b.url = b.open()
	i := b.waiting(executetest.Comment("Hello."))
	ann, mia := b.enters("acme", "ann"), b.enters("acme", "mia")
	write := func(w *browser, body, public string) page {
		return w.do("POST", "/intents/"+i.ID+"/edit", url.Values{"form": {w.form()}, "digest": {i.Digest}, "set.body": {body}, "set.public": {public}})
	}
	if p := write(mia, "Hello.", "false"); p.status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.status, p.body)
	}
	before := store.reads.Load()
	p := write(ann, "Good morning.", "true")
	if p.status != http.StatusConflict || !strings.Contains(p.body, "\nGood morning.</textarea>") || !strings.Contains(p.body, "<option selected>false</option>") {
		t.Errorf("%d %s", p.status, p.body)
	}
	if n := store.reads.Load() - before; n != 1 {
		t.Errorf("it was read %d times", n)
	}
	if now := b.Get(i); len(now.Edits) != 1 {
		t.Errorf("changed %d times", len(now.Edits))
	}
}

// Nobody changes what nobody else could approve then.
func TestEditLeavesSomebody(t *testing.T) {
	b := start(t)
	b.people("  - {id: mia, name: Mia Roth, groups: [billing_leads], approves_up_to: 500 USD}\n")
	i := b.waiting(executetest.Comment("Hello."))
	mia := b.enters("acme", "mia")
	if p := mia.change(i, "Good morning."); p.status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.status, p.body)
	}
	i = b.Get(i)
	if p := b.enters("acme", "ann").change(i, "Good evening."); p.status != http.StatusConflict || !strings.Contains(p.body, "Nobody else could approve it then.") {
		t.Errorf("%d %s", p.status, p.body)
	}
	if p := mia.change(i, "Good night."); p.status != http.StatusSeeOther { // Ann is left
		t.Errorf("%d %s", p.status, p.body)
	}
}

// The command line has the same, over the API.
func TestEditOverTheAPI(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Comment("Hello."))
	path := "/api/v1/intents/" + i.ID + "/edit"
	for body, status := range map[string]int{
		`{"digest":"x","set":{"body":"New."}}`:                         409,
		`{"digest":"` + i.Digest + `","set":{"ticket":"2"}}`:           409,
		`{"digest":"` + i.Digest + `"`:                                 400,
		`{"digest":"` + i.Digest + `","set":{"body":"Good morning."}}`: 200,
	} {
		if status != http.StatusOK {
			if p := b.api("Bearer "+deskToken, "POST", path, body); p.status != status {
				t.Errorf("%s: %d %s", body, p.status, p.body)
			}
			continue
		}
		defer func() {
			item := read[desk.Item](t, b.api("Bearer "+deskToken, "POST", path, body))
			if item.Edits[0].Person != "ann" || item.Changes[0].Name != "body" || item.Editable[0].Value != "Good morning." {
				t.Errorf("%+v", item)
			}
		}()
	}
	if p := b.api("Bearer wrong", "POST", path, "{}"); p.status != http.StatusUnauthorized {
		t.Errorf("anybody: %d", p.status)
	}
}

// In a browser: the form stays open while it is written in, and the next person
// sees the difference.
func TestEditInABrowser(t *testing.T) {
	b := start(t)
	b.people("  - {id: mia, name: Mia Roth, groups: [billing_leads]}\n  - {id: eva, name: Eva Lind, groups: [billing_leads]}\n")
	i := b.waiting(executetest.Comment("Your refund is on its way."))
	tab := b.chromium(t)
	var text, now string
	does(tab, t, chromedp.Navigate(b.url+"/intents/"+i.ID), chromedp.Click("#edit summary"), chromedp.WaitVisible("textarea"), chromedp.WaitNotVisible("#approve"), // it would send the words before
		chromedp.Value("textarea", &text), chromedp.SetValue("textarea", "Your refund arrives today.\nBye."))
	b.enters("acme", "mia").change(i, "Your refund is late.")
	does(tab, t, chromedp.WaitVisible("#changes ins"), chromedp.Value("textarea", &now))
	if text != "Your refund is on its way." || now != "Your refund arrives today.\nBye." {
		t.Errorf("it was %q, and is %q", text, now)
	}
	var said, differs string
	does(tab, t, chromedp.Click("#change"), chromedp.WaitVisible("main > .note[role=alert]"), chromedp.Text("main > .note[role=alert]", &said), chromedp.Value("textarea", &now),
		chromedp.Click("#change"), chromedp.WaitVisible("#vote .note"), chromedp.Text("#changes dl", &differs))
	if !strings.Contains(said, "is not what you were shown") || now != "Your refund arrives today.\nBye." {
		t.Errorf("%q, with %q", said, now)
	}
	if edited := b.Get(i).Edits; len(edited) != 2 || edited[1].Person != "ann" || !strings.Contains(differs, "arrives today") || !strings.Contains(differs, "on its way") {
		t.Errorf("%q %+v", differs, edited)
	}
}

// A change is judged as what it changes: who saw a version that this Desk has not read
// is not let through by the one before.
func TestEditIsJudgedAsItIsMade(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Comment("One."))
	mia := b.enters("acme", "mia")
	b.Store = reading{b.Store, func(i *ledger.Intent) { i.Digest = "sha256:before" }}
	b.serve(b.desk())
	p := mia.do("POST", "/intents/"+i.ID+"/edit", url.Values{"form": {mia.form()}, "digest": {i.Digest}, "set.body": {"Two."}})
	b.Store = b.Store.(reading).Store
	if now := b.Get(i); p.status != http.StatusConflict || now.Version != i.Version {
		t.Errorf("%d %s, version %d", p.status, p.body, now.Version)
	}
}
