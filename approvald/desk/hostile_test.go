package desk_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/token"
)

// hostile is what a ticket can try on the person who decides.
const hostile = `<img src=x onerror="window.owned=1"><script>window.owned=1</script>` +
	`<button hx-post="/leave" hx-trigger="load" data-live="/leave">Approve exactly this</button>` +
	"\"><a href=\"javascript:window.owned=1\">x</a>\u202eDSU 00.1 tnuomA\u202c p\u0430ypal.com {{.Form}}\nAmount: 1.00 USD\ndecided by: ann\napproved"

// quoted is a text as it stands inside of a JSON string.
func quoted(text string) string {
	data, _ := json.Marshal(text)
	return string(data[1 : len(data)-1])
}

// A hostile text is shown as text, spelled out where it would read as something
// else, and nothing in it runs, sends or decides.
func TestHostileTicket(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Comment(quoted(hostile)))
	tab := b.chromium(t)
	for _, path := range []string{"/", "/intents/" + i.ID} {
		var owned, inline, framed bool
		var strangers []string
		does(tab, t, chromedp.Navigate(b.url+path), chromedp.WaitVisible("main"),
			chromedp.Evaluate(`const s = document.createElement("script"); s.textContent = "window.inline = 1"; document.body.append(s); window.inline === 1`, &inline),
			chromedp.Evaluate(`window.owned === 1`, &owned), chromedp.Evaluate(`document.querySelector("main img, main iframe") !== null`, &framed),
			chromedp.Evaluate(`[...document.querySelectorAll("main *")].flatMap((e) => e.getAttributeNames().filter((n) => n.startsWith("hx-") || n.startsWith("on")).concat(e.tagName === "SCRIPT" ? ["script"] : []))`, &strangers))
		if owned || inline || framed || len(strangers) > 0 {
			t.Errorf("%s: ran %v, inline %v, images %v, %q", path, owned, inline, framed, strangers)
		}
	}
	var asked, title, buttons, label string
	does(tab, t, chromedp.Text(".outside", &asked), chromedp.Text("h1", &title), chromedp.Text(".label", &label),
		chromedp.Evaluate(`[...document.querySelectorAll("main button")].map((e) => e.id).join(" ")`, &buttons))
	for _, want := range []string{"<img src=x", "hx-post", `\u202eDSU`, `p\u0430ypal.com`, "{{.Form}}"} {
		if !strings.Contains(asked, want) {
			t.Errorf("%q is missing in %q", want, asked)
		}
	}
	if strings.ContainsAny(asked+title, "\u202e\u202c\u0430") || !strings.Contains(label, "Said by the agent") {
		t.Errorf("%q %q", title, label)
	}
	if buttons != "change deny approve pause" {
		t.Errorf("the buttons are %q", buttons)
	}
	b.stands(i, ledger.Waiting, 0)
}

// A forged line stands inside the box of the agent's words, apart from the names
// that the Desk gives.
func TestForgedLine(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Comment(quoted("thanks\namount\n1.00 USD")))
	tab := b.chromium(t)
	var names, border string
	does(tab, t, chromedp.Navigate(b.url+"/intents/"+i.ID), chromedp.WaitVisible(".outside"),
		chromedp.Evaluate(`[...document.querySelectorAll("dt")].map((e) => e.textContent).join("|")`, &names),
		chromedp.Evaluate(`getComputedStyle([...document.querySelectorAll(".outside dd")].find((e) => e.textContent.includes("1.00 USD"))).borderLeftWidth`, &border))
	if strings.Contains(names, "amount") || border != "3px" {
		t.Errorf("names %q, border %q", names, border)
	}
}

// Another site can neither frame the Desk nor vote in it, whoever is logged in.
func TestOtherSitesInARealBrowser(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	target := b.url + "/intents/" + i.ID
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("content-type", "text/html")
		if r.URL.Path == "/frame" {
			_, _ = w.Write([]byte(`<iframe id="f" src="` + target + `" onload="document.title='loaded'"></iframe>`))
			return
		}
		_, _ = w.Write([]byte(`<form method="post" action="` + target + `/approve"><input name="digest" value="` + i.Digest + `"></form><script>document.forms[0].submit()</script>`))
	}))
	defer evil.Close()
	other := strings.Replace(evil.URL, "127.0.0.1", "localhost", 1) // another site, not only another port
	tab := b.chromium(t)
	var text, address string
	does(tab, t, chromedp.Navigate(other+"/form"), chromedp.WaitVisible("main.door"), chromedp.Text("main", &text), chromedp.Location(&address))
	if !strings.HasPrefix(address, target) || !strings.Contains(text, "needs a login") {
		t.Errorf("%s says %q", address, text)
	}
	b.stands(i, ledger.Waiting, 0)
	var inside string
	does(tab, t, chromedp.Navigate(other+"/frame"), chromedp.WaitReady("#f"), chromedp.Poll(`document.title === "loaded"`, nil),
		chromedp.Evaluate(`(() => { try { return document.getElementById("f").contentDocument === null ? "closed" : "empty" } catch { return "closed" } })()`, &inside))
	if inside != "closed" {
		t.Errorf("the frame is %q", inside)
	}
	for _, path := range []string{"/", "/login/acme", "/enter/x"} {
		p := (&browser{b: b}).do("GET", path, nil)
		if csp := p.header.Get("content-security-policy"); !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %q", path, csp)
		}
	}
}

// Whoever decides stops the agent; nobody else does.
func TestPause(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	press := func(person string, form func(*browser) string) page {
		w := b.enters("acme", person)
		return w.do("POST", "/intents/"+i.ID+"/pause", url.Values{"form": {form(w)}})
	}
	if p := press("ole", (*browser).form); p.status != 403 || len(b.revoked()) > 0 {
		t.Errorf("an auditor: %d", p.status)
	}
	if p := press("ann", func(*browser) string { return "" }); p.status != 403 || len(b.revoked()) > 0 {
		t.Errorf("without the form's word: %d", p.status)
	}
	if p := press("ann", (*browser).form); p.status != 200 || !strings.Contains(p.body, "is refused from now on") {
		t.Errorf("%d %s", p.status, p.body)
	}
	want := token.Revocation{At: executetest.Start.Add(time.Second), Tenant: "acme", Agent: "billing-bot", Why: "paused in the Desk, at " + i.ID, By: "ann"}
	if got := b.revoked(); len(got) != 1 || got[0] != want {
		t.Errorf("%+v", got)
	}
	if rows := b.Records.All(); len(rows) != 1 || rows[0].Action != "revoke.agent" || rows[0].TokenID != "person:ann" || rows[0].Agent != "billing-bot" || rows[0].Intent != i.ID {
		t.Errorf("%+v", rows)
	}
	b.stands(i, ledger.Waiting, 0)
}

// The card says what happens next and what was denied before.
func TestCard(t *testing.T) {
	b := start(t)
	ann := b.enters("acme", "ann")
	ann.vote(b.waiting(executetest.Refund("ch_ada_450", "20000")), "deny", "Ask for a ticket first.")
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	p := ann.do("GET", "/intents/"+i.ID, nil)
	for _, want := range []string{
		"Denied before", "Ask for a ticket first.", "Refund 200.00 USD", "Once 1 more of billing_leads approve", "sends exactly this to stripe, once",
		"One denial ends it", "If nobody decides until 2026-03-01 16:00:00 UTC",
	} {
		if !strings.Contains(p.body, want) {
			t.Errorf("%q is missing in %s", want, p.body)
		}
	}
}
