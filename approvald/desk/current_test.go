package desk_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// What is asked anew is read anew: the button of what was displayed before is gone,
// and none comes into its place by itself.
func TestButtonsOfWhatChanged(t *testing.T) {
	b := start(t)
	b.people("  - {id: mia, name: Mia Roth, groups: [billing_leads]}\n  - {id: eva, name: Eva Lind, groups: [billing_leads]}\n")
	i := b.waiting(executetest.Comment("Your refund is on its way."))
	tab := b.chromium(t)
	does(tab, t, chromedp.Navigate(b.url+"/intents/"+i.ID), chromedp.WaitVisible("#approve"))
	b.enters("acme", "mia").change(i, "Your refund is late.")
	var shown, said string
	var buttons int
	does(tab, t, chromedp.WaitVisible("#reread"), chromedp.Text("#seen", &shown), chromedp.Text("#vote", &said),
		chromedp.Evaluate("document.querySelectorAll('#vote button').length", &buttons))
	if buttons != 0 || !strings.Contains(shown, "Your refund is late.") || !strings.Contains(said, "has just changed") {
		t.Errorf("%d buttons, %q beside %q", buttons, said, shown)
	}
	does(tab, t, chromedp.Click("#reread"), chromedp.WaitVisible("#approve"), chromedp.Click("#approve"), chromedp.WaitVisible(".state.approved"))
	b.stands(i, ledger.Approved, 1)
}

// A page that cannot be kept current says so, and why.
func TestPageSaysThatItIsOld(t *testing.T) {
	b := start(t)
	tab := b.chromium(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	var hidden bool
	does(tab, t, chromedp.Navigate(b.url+"/intents/"+i.ID), chromedp.WaitVisible("#deny"),
		chromedp.Evaluate(`document.querySelectorAll(".news:not([hidden])").length === 0`, &hidden),
		chromedp.Evaluate(`window.known = window.fetch; window.fetch = () => Promise.reject(); lost = 2`, nil), chromedp.WaitVisible("#away"),
		chromedp.Evaluate(`window.fetch = window.known`, nil), chromedp.WaitNotVisible("#away"))
	if !hidden {
		t.Error("it says so from the beginning")
	}
	var left int
	var again string
	does(tab, t, chromedp.Evaluate(`fetch("/leave", {method: "POST", body: new URLSearchParams({form: document.querySelector("[name=form]").value})}).then((r) => r.status)`, &left, awaited),
		chromedp.WaitVisible("#over"), chromedp.Click("#over a"), chromedp.WaitVisible("#passkey"), chromedp.Location(&again))
	if left != 200 || again != b.url+"/login/acme?next="+url.QueryEscape("/intents/"+i.ID) {
		t.Errorf("left with %d, led to %s", left, again)
	}
}

// Who votes after the session has ended logs in and is back at that card; what is no
// card leads to the first page.
func TestLoginLeadsBackToTheCard(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	for path, next := range map[string]string{"/intents/" + i.ID + "/approve": "/intents/" + i.ID, "/intents/" + i.ID + "/edit": "/intents/" + i.ID, "/intents/int_%22%3E/deny": "/", "/leave": "/"} {
		p := (&browser{b: b}).do("POST", path, url.Values{"digest": {i.Digest}})
		if p.status != 401 || !strings.Contains(p.body, `name="next" value="`+next+`"`) {
			t.Errorf("%s: %d %s", path, p.status, p.body)
		}
	}
	b.stands(i, ledger.Waiting, 0)
}

// Whoever has no mouse decides too: it is seen where they are, that place is not
// lost when the page turns, and the Enter key in the field of words never approves.
func TestKeyboard(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	tab := b.chromium(t)
	var outline, held, now string
	does(tab, t, chromedp.Navigate(b.url), chromedp.WaitVisible("#all table"), chromedp.Evaluate(`document.querySelector("#all a").focus()`, nil), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\t"),
		chromedp.Evaluate(`getComputedStyle(document.activeElement).outlineWidth`, &outline), chromedp.Evaluate(`document.querySelector("#all a").focus(); document.activeElement.getAttribute("href")`, &held))
	next := b.waiting(executetest.Refund("ch_ada_450", "20000"))
	does(tab, t, chromedp.WaitVisible(`a[href="/intents/`+next.ID+`"]`), chromedp.Evaluate(`document.activeElement.getAttribute("href")`, &now))
	if outline != "3px" || held != "/intents/"+i.ID || now != held {
		t.Errorf("the outline is %q; at %q, then at %q", outline, held, now)
	}
	does(tab, t, chromedp.Navigate(b.url+"/intents/"+i.ID), chromedp.SendKeys("[name=reason]", "Ask for a ticket.\r"), chromedp.WaitVisible(".state.denied"))
	b.stands(i, ledger.Denied, 1)
	does(tab, t, chromedp.Navigate(b.url+"/intents/"+next.ID), chromedp.Focus("[name=reason]"), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\r"), chromedp.WaitVisible(".state.approved"))
	b.stands(next, ledger.Approved, 1)
}

// The list begins with what its reader can decide, the most urgent first, and with
// what nobody but people can find out.
func TestListIsInOrder(t *testing.T) {
	b := start(t)
	lost := b.unknown()
	first := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	b.Clock.Advance(time.Second)
	second := b.waiting(executetest.Refund("ch_ada_450", "20000"))
	places := func(person string) (out []int, body string) {
		body = b.enters("acme", person).do("GET", "/", nil).body
		for _, mark := range []string{"<h1>Waiting for you", lost.ID, first.ID, second.ID, "Waiting for others"} {
			out = append(out, strings.Index(body, mark))
		}
		return out, body
	}
	at, body := places("ann")
	if at[0] < 0 || at[1] < at[0] || at[2] < at[1] || at[3] < at[2] || at[4] >= 0 || !strings.Contains(body, `<span class="count">3</span>`) || !strings.Contains(body, "0/1 billing_leads") || !strings.Contains(body, "4 h 0 min left") {
		t.Errorf("Ann: %v %s", at, body)
	}
	if at, body := places("ole"); at[4] < 0 || at[2] < at[4] || at[3] < at[4] || !strings.Contains(body, "Nothing waits for you.") {
		t.Errorf("Ole: %v %s", at, body)
	}
	b.enters("acme", "ann").vote(first, "deny", "No.")
	if at, _ := places("ann"); at[3] < 0 || at[2] < at[3] {
		t.Errorf("after a vote: %v", at)
	}
}
