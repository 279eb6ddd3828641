package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// A link lets in one person, once, within its time; looking at it does not use
// it up, because mail scanners look.
func TestLinkIsGoodOnce(t *testing.T) {
	b := start(t)
	link := b.link("acme", "ann")
	w := &browser{b: b}
	for range 2 {
		if p := w.do("GET", link, nil); p.status != 200 || !strings.Contains(p.body, "Enter as Ann Lee") || p.header.Get("set-cookie") != "" {
			t.Fatalf("the door: %d %s", p.status, p.body)
		}
	}
	if p := w.do("POST", link, nil); p.status != http.StatusSeeOther || p.header.Get("location") != "/" {
		t.Fatalf("the first time: %d", p.status)
	}
	refused := func(when string) {
		t.Helper()
		for _, method := range []string{"GET", "POST"} {
			if p := w.do(method, link, nil); p.status != http.StatusForbidden || p.header.Get("set-cookie") != "" {
				t.Errorf("%s %s: %d", method, when, p.status)
			}
		}
	}
	refused("the second time")
	b.url = b.open()
	refused("after a restart")
}

func TestTwoClicksAtOnceAreOne(t *testing.T) {
	b := start(t)
	link := b.link("acme", "ann")
	statuses := make(chan int, 8)
	for range cap(statuses) {
		go func() { statuses <- (&browser{b: b}).do("POST", link, nil).status }()
	}
	entered := 0
	for range cap(statuses) {
		if <-statuses == http.StatusSeeOther {
			entered++
		}
	}
	if entered != 1 {
		t.Errorf("%d entered with one link", entered)
	}
}

func TestLinksThatOpenNothing(t *testing.T) {
	b := start(t)
	good := b.link("acme", "ann")
	session := b.enters("acme", "ann").cookie
	other := []byte(strings.Repeat("k", 32))
	for name, link := range map[string]string{
		"expired":               desk.Link(b.key(), "acme", "ann", b.Clock.Now().Add(-15*time.Minute)),
		"of another gateway":    desk.Link(other, "acme", "ann", b.Clock.Now()),
		"of no tenant":          b.link("absent", "ann"),
		"of no person":          b.link("acme", "nobody"),
		"of another's person":   b.link("globex", "ann"),
		"a session for a link":  "/enter/" + session,
		"without its signature": good[:strings.Index(good, ".")],
		"with another payload":  "/enter/A" + strings.TrimPrefix(good, "/enter/"),
		"nothing like a link":   "/enter/x",
	} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{"GET", "POST"} {
				p := (&browser{b: b}).do(method, link, nil)
				if p.status != http.StatusForbidden || p.header.Get("set-cookie") != "" || strings.Contains(p.body, "Ann") {
					t.Errorf("%s: %d %s", method, p.status, p.body)
				}
			}
		})
	}
}

// Another site cannot make a browser enter.
func TestLinkIsNotUsedFromAnotherSite(t *testing.T) {
	b := start(t)
	link := b.link("acme", "mia")
	w := &browser{b: b}
	for _, origin := range []string{"http://evil.example", "null"} {
		if p := w.do("POST", link, nil, "origin", origin); p.status != http.StatusForbidden || p.header.Get("set-cookie") != "" {
			t.Errorf("from %s: %d", origin, p.status)
		}
	}
	if p := w.do("POST", link, nil, "origin", b.url); p.status != http.StatusSeeOther {
		t.Errorf("from the Desk itself: %d", p.status)
	}
}

func TestCookie(t *testing.T) {
	b := start(t)
	p := (&browser{b: b}).do("POST", b.link("acme", "ann"), nil)
	cookies := (&http.Response{Header: p.header}).Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	c := cookies[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 12*60*60 {
		t.Errorf("cookie %+v", c)
	}
}

// A session ends with its time, its person and its tenant, and is none when it
// was made of something else.
func TestSession(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench, *browser)
		status int
	}{
		"a person's":  {func(*bench, *browser) {}, 200},
		"almost over": {func(b *bench, _ *browser) { b.Clock.Advance(12*time.Hour - time.Second) }, 200},
		"over":        {func(b *bench, _ *browser) { b.Clock.Advance(12 * time.Hour) }, 401},
		"none":        {func(_ *bench, w *browser) { w.cookie = "" }, 401},
		"forged":      {func(_ *bench, w *browser) { w.cookie = "A" + w.cookie }, 401},
		"a link's":    {func(b *bench, w *browser) { w.cookie = strings.TrimPrefix(b.link("acme", "ann"), "/enter/") }, 401},
		"the person has left": {func(b *bench, _ *browser) {
			b.Load("acme", executetest.Replace(b.TB, "people.yaml", "id: ann", "id: anna"))
		}, 401},
		"the tenant is gone":   {func(b *bench, _ *browser) { b.Tenants.Update(nil, []string{"acme"}) }, 401},
		"forgotten":            {func(b *bench, _ *browser) { b.forgets("ann") }, 401},
		"another is forgotten": {func(b *bench, _ *browser) { b.forgets("ole") }, 200},
		"entered afterwards": {func(b *bench, w *browser) {
			b.forgets("ann")
			b.Clock.Advance(time.Millisecond)
			*w = *b.enters("acme", "ann")
		}, 200},
		"the other's the same": {func(b *bench, _ *browser) { b.Load("globex", nil) }, 200},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
			w := b.enters("acme", "ann")
			c.change(b, w)
			for _, path := range []string{"/", "/intents/" + i.ID} {
				p := w.do("GET", path, nil)
				if p.status != c.status || strings.Contains(p.body, "ch_ada_1000") != (c.status == 200) {
					t.Errorf("%s: %d %s", path, p.status, p.body)
				}
			}
		})
	}
}

// A form counts only from the Desk's own page of the same session.
func TestFormsOfOtherSites(t *testing.T) {
	for name, c := range map[string]struct {
		form    func(mine, others string) string
		origin  func(own string) string
		status  int
		counted bool
	}{
		"the Desk's own":    {func(mine, _ string) string { return mine }, func(own string) string { return own }, 303, true},
		"without an origin": {func(mine, _ string) string { return mine }, func(string) string { return "" }, 303, true},
		"another origin":    {func(mine, _ string) string { return mine }, func(string) string { return "http://evil.example" }, 403, false},
		"a hidden origin":   {func(mine, _ string) string { return mine }, func(string) string { return "null" }, 403, false},
		"an origin like it": {func(mine, _ string) string { return mine }, func(own string) string { return own + ".evil.example" }, 403, false},
		"no word":           {func(string, string) string { return "" }, func(own string) string { return own }, 403, false},
		"another's word":    {func(_, others string) string { return others }, func(own string) string { return own }, 403, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
			w := b.enters("acme", "ann")
			form := url.Values{"form": {c.form(w.form(), b.enters("acme", "mia").form())}, "digest": {i.Digest}}
			p := w.do("POST", "/intents/"+i.ID+"/approve", form, "origin", c.origin(b.url))
			if p.status != c.status {
				t.Errorf("%d %s", p.status, p.body)
			}
			state, votes := ledger.Waiting, 0
			if c.counted {
				state, votes = ledger.Approved, 1
			}
			b.stands(i, state, votes)
		})
	}
}

func TestLeave(t *testing.T) {
	b := start(t)
	w := b.enters("acme", "ann")
	if p := w.do("POST", "/leave", url.Values{}); p.status != http.StatusForbidden {
		t.Errorf("without the form's word: %d", p.status)
	}
	p := w.do("POST", "/leave", url.Values{"form": {w.form()}})
	cookies := (&http.Response{Header: p.header}).Cookies()
	if p.status != 200 || len(cookies) != 1 || cookies[0].MaxAge >= 0 || cookies[0].Value != "" {
		t.Errorf("%d %v", p.status, cookies)
	}
	if p := w.do("GET", "/", nil); p.status != http.StatusUnauthorized {
		t.Errorf("a copy of the cookie is good for %d", p.status)
	}
	if p := b.enters("acme", "ann").do("GET", "/", nil); p.status != http.StatusOK {
		t.Errorf("another session of the same person: %d", p.status)
	}
}

// Whoever came in through one tenant sees nothing of another.
func TestTenantsAreApart(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	globex, _ := b.Tenants.Get("globex")
	w := b.enters("globex", globex.People.All()[0].ID)
	if p := w.do("GET", "/", nil); p.status != 200 || strings.Contains(p.body, i.ID) {
		t.Errorf("the list: %d %s", p.status, p.body)
	}
	theirs, absent := w.do("GET", "/intents/"+i.ID, nil), w.do("GET", "/intents/int_absent", nil)
	if theirs.status != 404 || theirs.body != absent.body {
		t.Errorf("another's reads unlike an absent one: %d %s", theirs.status, theirs.body)
	}
	for _, word := range []string{"approve", "deny", "done", "undone", "undo", "pause", "unmask", "edit"} {
		theirs, absent := w.vote(i, word, "Why."), w.vote(ledger.Intent{ID: "int_absent", Digest: i.Digest}, word, "Why.")
		if theirs.status != 404 || theirs.body != absent.body {
			t.Errorf("%s: %d %s", word, theirs.status, theirs.body)
		}
	}
	b.stands(i, ledger.Waiting, 0)
}

// A link of another tenant's, as a mail has it, leads to a login there: a session says
// nothing of what is not its tenant's.
func TestLinkOfAnotherTenant(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	ann := b.enters("acme", "ann")
	for query, want := range map[string]int{"": 200, "?tenant=acme": 200, "?tenant=globex": 401, "?tenant=absent": 401, "?tenant=..%2Fx": 200} {
		p := ann.do("GET", "/intents/"+i.ID+query, nil)
		if p.status != want || strings.Contains(p.body, i.Digest) != (want == 200) {
			t.Errorf("%q: %d", query, p.status)
		}
		if name, ok := strings.CutPrefix(query, "?tenant="); ok && want == 401 && !strings.Contains(p.body, `href="/login/`+name+`?next=%2fintents%2f`+i.ID+`"`) {
			t.Errorf("%q leads to %s", query, p.body)
		}
	}
}
