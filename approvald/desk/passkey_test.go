package desk_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/test/chromium"
)

// invite is an invitation that the command line made.
func (b *bench) invite(t *testing.T, person, more string) page {
	t.Helper()
	return b.api("Bearer "+deskToken, "POST", "/api/v1/invites", `{"tenant":"acme","person":"`+person+`"`+more+`}`)
}

func (b *bench) forgets(person string) {
	b.TB.Helper()
	if p := b.api("Bearer "+deskToken, "POST", "/api/v1/forget", `{"tenant":"acme","person":"`+person+`"}`); p.status != 200 {
		b.TB.Fatalf("%d %s", p.status, p.body)
	}
}

// passkey is the one that acme's people have, and its file.
func (b *bench) passkey(t *testing.T) (file string, data []byte) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(b.keys, "acme", "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	if data, err = os.ReadFile(files[0]); err != nil {
		t.Fatal(err)
	}
	return files[0], data
}

// device gives a browser an authenticator that knows its person.
func device(tab context.Context, t *testing.T) {
	t.Helper()
	does(tab, t, webauthn.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := webauthn.AddVirtualAuthenticator(&webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}).Do(ctx)
		return err
	}))
}

// A person registers a passkey with an invitation, and logs in with it from then
// on: at the page that a link led to, and again when an amount needs it.
func TestPasskey(t *testing.T) {
	b := start(t)
	b.Load("acme", func(files map[string]string) {
		files["approvals.yaml"] += "\nfresh_login: {above: 90 USD, within: 5m}\n"
		files["people.yaml"] += "  - {id: mia, name: Mia Roth, groups: [billing_leads]}\n"
	})
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	invitation := read[desk.LinkAnswer](t, b.invite(t, "mia", ""))
	tab := chromium.Tab(t)
	device(tab, t)
	var text string
	does(tab, t, chromedp.Navigate(invitation.Link), chromedp.Text("main", &text), chromedp.Click("#passkey:enabled"), chromedp.WaitVisible("[data-passkey=get]"))
	if !strings.Contains(text, "invited as Mia Roth") {
		t.Errorf("the invitation says %q", text)
	}
	if p := (&browser{b: b}).do("GET", strings.TrimPrefix(invitation.Link, home(b)), nil); p.status != 403 {
		t.Errorf("the invitation opens again: %d", p.status)
	}

	does(tab, t, chromedp.Navigate(home(b)+"/intents/"+i.ID+"?tenant=acme"), chromedp.Click("a.button"),
		chromedp.Click("#passkey:enabled"), chromedp.WaitVisible("#approve"))
	b.Clock.Advance(5 * time.Minute)
	does(tab, t, chromedp.Click("#approve"), chromedp.WaitVisible("#again"))
	b.stands(i, ledger.Waiting, 0)
	does(tab, t, chromedp.Click("#again"), chromedp.Click("#passkey:enabled"),
		chromedp.WaitVisible("#approve"), chromedp.Click("#approve"), chromedp.WaitVisible(".state.approved"))
	b.stands(i, ledger.Approved, 1)

	if p := b.api("Bearer "+deskToken, "POST", "/api/v1/links", `{"tenant":"acme","person":"mia"}`); p.status != 403 {
		t.Errorf("a link for who has a passkey: %d %s", p.status, p.body)
	}
	if p := b.invite(t, "mia", ""); p.status != 409 {
		t.Errorf("a second passkey, not asked for: %d", p.status)
	}
	if got := read[desk.ForgetAnswer](t, b.api("Bearer "+deskToken, "POST", "/api/v1/forget", `{"tenant":"acme","person":"mia"}`)); got.Forgotten != 1 {
		t.Errorf("forgotten: %+v", got)
	}
	does(tab, t, chromedp.Navigate(home(b)+"/login/acme"), chromedp.Click("#passkey:enabled"), chromedp.WaitVisible("#said:not(:empty)"), chromedp.Text("#said", &text))
	if !strings.Contains(text, "opens nothing here") {
		t.Errorf("a forgotten passkey: %q", text)
	}
}

// An invitation that nobody used ends with what is forgotten, and another one opens.
func TestForgottenInvitation(t *testing.T) {
	b := start(t)
	opens := func(invitation desk.LinkAnswer) int {
		t.Helper()
		_, path, ok := strings.Cut(invitation.Link, "/invite/")
		if !ok {
			t.Fatalf("the link is %s", invitation.Link)
		}
		return b.api("", "GET", "/invite/"+path, "").status
	}
	first := read[desk.LinkAnswer](t, b.invite(t, "ole", ""))
	if got := opens(first); got != 200 {
		t.Errorf("at first: %d", got)
	}
	b.forgets("ole")
	b.Clock.Advance(time.Millisecond)
	if got := opens(first); got == 200 {
		t.Error("the invitation still opens")
	}
	if got := opens(read[desk.LinkAnswer](t, b.invite(t, "ole", ""))); got != 200 {
		t.Errorf("another one: %d", got)
	}
}

// A passkey of one tenant's person is worth nothing at another tenant, nor once
// its person has left.
func TestPasskeyIsOfOneTenant(t *testing.T) {
	b := start(t)
	invitation := read[desk.LinkAnswer](t, b.invite(t, "ole", ""))
	tab := chromium.Tab(t)
	device(tab, t)
	does(tab, t, chromedp.Navigate(invitation.Link), chromedp.Click("#passkey:enabled"), chromedp.WaitVisible("[data-passkey=get]"))
	refused := func(path string) {
		t.Helper()
		var text string
		does(tab, t, chromedp.Navigate(home(b)+path), chromedp.Click("#passkey:enabled"), chromedp.WaitVisible("#said:not(:empty)"), chromedp.Text("#said", &text))
		if !strings.Contains(text, "opens nothing here") {
			t.Errorf("%s says %q", path, text)
		}
	}
	refused("/login/globex")
	b.Load("acme", executetest.Replace(t, "people.yaml", "id: ole", "id: ola"))
	refused("/login/acme")
	// A key under another tenant's name is not that tenant's.
	file, data := b.passkey(t)
	if err := os.MkdirAll(filepath.Join(b.keys, "globex"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.keys, "globex", filepath.Base(file)), data, 0o600); err != nil {
		t.Fatal(err)
	}
	refused("/login/globex")
}

// What a device answered once lets nobody in a second time, though nothing but the
// Desk's own memory tells: many devices do not count.
func TestPasskeyAnswerIsGoodOnce(t *testing.T) {
	b := start(t)
	invitation := read[desk.LinkAnswer](t, b.invite(t, "mia", ""))
	tab := chromium.Tab(t)
	device(tab, t)
	does(tab, t, chromedp.Navigate(invitation.Link), chromedp.Click("#passkey:enabled"), chromedp.WaitVisible("[data-passkey=get]"))
	file, key := b.passkey(t)
	var path, body string
	var ok bool
	does(tab, t, chromedp.Navigate(home(b)+"/login/acme"), chromedp.Evaluate(`window.fetch = (send => (path, o) => path.endsWith("/ask") ? send(path, o) : (Object.assign(document.body.dataset, { path, kept: o.body }), Promise.reject(new Error("kept"))))(window.fetch); 0`, nil),
		chromedp.Click("#passkey:enabled"), chromedp.WaitVisible("body[data-kept]"), chromedp.AttributeValue("body", "data-path", &path, &ok), chromedp.AttributeValue("body", "data-kept", &body, &ok))
	w := &browser{b: b}
	if p := w.send(path, body); p.status != 200 || p.header.Get("set-cookie") == "" {
		t.Fatalf("the answer of the device: %d %s", p.status, p.body)
	}
	if err := os.WriteFile(file, key, 0o600); err != nil { // as of a device that does not count
		t.Fatal(err)
	}
	if p := w.send(path, body); p.status != 403 || p.header.Get("set-cookie") != "" {
		t.Errorf("the same answer once more: %d %s", p.status, p.body)
	}
}

// Requests that no page of the Desk makes.
func TestPasskeyRequests(t *testing.T) {
	b := start(t)
	link := strings.TrimPrefix(read[desk.LinkAnswer](t, b.invite(t, "mia", "")).Link, home(b))
	w := &browser{b: b}
	post := func(path, body string, headers ...string) page {
		t.Helper()
		return w.send(path, body, headers...)
	}
	if p := post(link+"/ask", "{}"); p.status != 200 || !strings.Contains(p.body, `"userVerification":"required"`) || strings.Contains(p.body, "mia@") {
		t.Errorf("%d %s", p.status, p.body)
	}
	for name, p := range map[string]page{
		"from another site":  post(link+"/ask", "{}", "origin", "http://evil.example"),
		"as a form":          post(link+"/ask", "{}", "content-type", "text/plain"),
		"a link's":           post("/invite/"+strings.TrimPrefix(b.link("acme", "mia"), "/enter/")+"/ask", "{}"),
		"without a ceremony": post(link, "{}"),
		"with a session":     post(link, `{"ceremony":"`+b.enters("acme", "mia").cookie+`"}`),
		"a login without":    post("/login/acme/passkey", `{"ceremony":"x"}`),
	} {
		if p.status != 403 || p.header.Get("set-cookie") != "" {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	// A login's ceremony registers nothing.
	asked := read[struct{ Ceremony string }](t, post("/login/acme/passkey/ask", "{}"))
	if p := post(link, `{"ceremony":"`+asked.Ceremony+`","credential":{}}`); p.status != 403 {
		t.Errorf("another ceremony: %d", p.status)
	}
	b.Clock.Advance(24 * time.Hour)
	if p := post(link+"/ask", "{}"); p.status != 403 {
		t.Errorf("a day later: %d", p.status)
	}
}

func home(b *bench) string { return strings.Replace(b.url, "127.0.0.1", "localhost", 1) }
