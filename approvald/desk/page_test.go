package desk_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// Every answer keeps other pages out, refusals included.
func TestSecurityHeaders(t *testing.T) {
	b := start(t)
	for _, w := range []*browser{{b: b}, b.enters("acme", "ann")} {
		for _, path := range []string{"/", "/enter/x", "/intents/int_absent", "/assets/desk.css", "/assets/desk.js", "/api/v1/intents", "/absent"} {
			p := w.do("GET", path, nil)
			for name, want := range map[string]string{
				"content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
				"x-content-type-options":  "nosniff", "referrer-policy": "same-origin", "cache-control": "no-store",
			} {
				if got := p.header.Get(name); got != want {
					t.Errorf("%s: %s is %q", path, name, got)
				}
			}
			if strings.Contains(p.body, "<script>") || strings.Contains(p.body, "style=") || strings.Contains(p.body, "onclick") {
				t.Errorf("%s has something that its own policy forbids", path)
			}
		}
	}
}

func TestMethodsAndPaths(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	w := b.enters("acme", "ann")
	for request, want := range map[string]int{
		"GET /absent":                                404,
		"GET /assets/":                               404,
		"GET /assets/intent.html":                    404,
		"GET /assets/..%2fdesk.go":                   404,
		"POST /":                                     405,
		"DELETE /intents/" + i.ID:                    405,
		"PUT /intents/" + i.ID + "/approve":          405,
		"GET /intents/" + i.ID + "/approve":          405,
		"GET /leave":                                 405,
		"PUT /enter/x":                               405,
		"GET /api/v1/intents/" + i.ID + "/approve":   405,
		"DELETE /api/v1/intents/" + i.ID:             405,
		"GET /api/v2/intents":                        404,
		"GET /intents/int_absent":                    404,
		"GET /intents/" + url.PathEscape("' OR 1=1"): 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		if p := w.do(method, path, nil); p.status != want {
			t.Errorf("%s: %d, want %d", request, p.status, want)
		}
	}
	b.stands(i, ledger.Waiting, 0)
}

// An agent writes what a person reads: it is text, whatever it looks like.
func TestPagesEscapeWhatAgentsWrite(t *testing.T) {
	b := start(t)
	evil := `<script>alert(1)</script><img src=x onerror=alert(2)>'\" javascript:alert(3)` + "We will \u202eton\u202c refund\u200b you.\u009b[2J\u3000陈伟"
	i := b.waiting(executetest.Comment(evil))
	w := b.enters("acme", "ann")
	if p := w.vote(i, "deny", "<b>no</b>"); p.status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.status, p.body)
	}
	for _, path := range []string{"/", "/intents/" + i.ID} {
		p := w.do("GET", path, nil)
		for _, raw := range []string{"<script>alert", "<img", "<b>no"} {
			if strings.Contains(p.body, raw) {
				t.Errorf("%s has %s", path, raw)
			}
		}
	}
	p := w.do("GET", "/intents/"+i.ID, nil)
	if !strings.Contains(p.body, `We will \u202eton\u202c refund\u200b you.\u009b[2J`+"\u3000陈伟") {
		t.Errorf("a page acts on what it should show: %s", p.body)
	}
	if !strings.Contains(p.body, "own words. The gateway has not checked it.") || !strings.Contains(p.body, "<bdi>Asked by &lt;i&gt;mail&lt;/i&gt;.</bdi>") {
		t.Errorf("the agent's reason is not shown as its own: %s", p.body)
	}
	if !strings.Contains(p.body, "&lt;script&gt;alert(1)") || !strings.Contains(p.body, "&lt;b&gt;no") {
		t.Errorf("the person does not see what was asked: %s", p.body)
	}
}

// A page shows what the catalog names, nothing else that the tool said, and no
// secret but the session's own form.
func TestPagesHoldNoPersonalDataAndNoSecret(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_4999", "4000")) // its description names an e-mail address
	w := b.enters("acme", "ann")
	pages := []page{w.do("GET", "/", nil), w.do("GET", "/intents/"+i.ID, nil), b.api("Bearer "+deskToken, "GET", "/api/v1/intents/"+i.ID, "")}
	for n, p := range pages {
		if p.status != 200 || !strings.Contains(p.body, "ch_ada_4999") {
			t.Fatalf("page %d: %d", n, p.status)
		}
		for _, secret := range []string{
			"ada.lovelace", "Lovelace", "415 555", executetest.Credential("acme", "stripe"), deskToken, w.cookie, string(b.key()), "tok_1",
		} {
			if strings.Contains(p.body, secret) {
				t.Errorf("page %d shows %q", n, secret)
			}
		}
	}
	for _, secret := range []string{w.cookie, deskToken} {
		if strings.Contains(b.Log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
}

// An auditor reads everything and has no button.
func TestButtonsAreForWhoMayVote(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	for person, may := range map[string]bool{"ann": true, "ole": false, "billing-bot": false} {
		p := b.enters("acme", person).do("GET", "/intents/"+i.ID, nil)
		if p.status != 200 || strings.Contains(p.body, `id="approve"`) != may || !strings.Contains(p.body, "Refund 100.00 USD") {
			t.Errorf("%s: %d %s", person, p.status, p.body)
		}
	}
}

// What was done since does not push out what waits.
func TestListKeepsWhatWaits(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	for n := range 101 {
		_, done := b.Opened("one", executetest.Refund("ch_ada_large", fmt.Sprint(100+n)), nil)
		if _, err := b.Store.Advance(context.Background(), ledger.Step{
			Tenant: "acme", ID: done.ID, Version: done.Version, To: ledger.Failed, Actor: "gateway",
		}); err != nil {
			t.Fatal(err)
		}
	}
	if p := b.enters("acme", "ann").do("GET", "/", nil); !strings.Contains(p.body, i.ID) {
		t.Error("what waits is not on the page")
	}
	items := read[[]desk.Item](t, b.api("Bearer "+deskToken, "GET", "/api/v1/intents", ""))
	if len(items) != 1 || items[0].ID != i.ID {
		t.Errorf("the API lists %d", len(items))
	}
}

// endless is a body that never ends by itself.
type endless struct{ read atomic.Int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	if e.read.Add(int64(len(p))) > 16<<20 {
		return 0, io.EOF
	}
	return len(p), nil
}

// Nobody makes the Desk read more than a form has.
func TestBodiesAreBounded(t *testing.T) {
	b := start(t)
	i := b.waiting(executetest.Refund("ch_ada_1000", "10000"))
	w := b.enters("acme", "ann")
	word := w.form()
	for name, c := range map[string]struct{ path, mediaType, head, authorization string }{
		"a form":       {"/intents/" + i.ID + "/approve", "application/x-www-form-urlencoded", "form=" + word + "&digest=" + i.Digest + "&reason=", ""},
		"many parts":   {"/intents/" + i.ID + "/approve", "multipart/form-data; boundary=x", "--x\r\ncontent-disposition: form-data; name=\"form\"\r\n\r\n", ""},
		"the API":      {"/api/v1/intents/" + i.ID + "/approve", "application/json", `{"digest":"` + i.Digest + `","reason":"`, "Bearer " + deskToken},
		"leaving":      {"/leave", "application/x-www-form-urlencoded", "form=" + word + "&more=", ""},
		"another page": {b.link("acme", "ann") + "x", "text/plain", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			body := &endless{}
			request, err := http.NewRequestWithContext(context.Background(), "POST", b.url+c.path, io.MultiReader(strings.NewReader(c.head), body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("content-type", c.mediaType)
			request.Header.Set("authorization", c.authorization)
			request.AddCookie(&http.Cookie{Name: "sallyport_desk", Value: w.cookie})
			response, err := http.DefaultTransport.RoundTrip(request)
			if err == nil {
				_ = response.Body.Close()
				if response.StatusCode < 400 {
					t.Errorf("%d", response.StatusCode)
				}
			} // else the Desk hung up
			if taken := body.read.Load(); taken > 8<<20 {
				t.Errorf("%d bytes were taken", taken)
			}
		})
	}
	b.stands(i, ledger.Waiting, 0)
}
