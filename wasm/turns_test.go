package main

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/surrogate"
)

// turns are what the tool's streams send, by their names.
var turns = func() map[string]chan string {
	out := map[string]chan string{}
	for _, name := range append(holders(), "a", "b", "c", "d", "whole", "struck", "after") {
		out[name] = make(chan string)
	}
	return out
}()

// turn is one stream of events as its agent reads it.
type turn struct {
	name string
	body *bufio.Reader
	end  func() error
}

// begin opens a stream of a session at a listener; a scope of "" is of none.
func begin(t *testing.T, at, name, scope, about string) *turn {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", at+"/default/turns?of="+name+"&about="+about, nil)
	if err != nil {
		t.Fatal(err)
	}
	if scope != "" {
		req.Header.Set(scopeHeader, scope)
	}
	go func() { turns[name] <- ": hello\n\n" }()
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	out := &turn{name: name, body: bufio.NewReader(res.Body), end: res.Body.Close}
	t.Cleanup(func() { _ = out.end() })
	if got := out.event(t); got != ": hello\n" {
		t.Fatalf("%s begins with %q", name, got)
	}
	return out
}

func (u *turn) send(piece string) { turns[u.name] <- piece }

// event is the next event, of one line.
func (u *turn) event(t *testing.T) string {
	t.Helper()
	line, err := u.body.ReadString('\n')
	if err != nil {
		t.Fatalf("%s: %q, %v", u.name, line, err)
	}
	if _, err := u.body.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return line
}

// sealed opens all that an event holds with the scope's session, and with no other.
func sealed(t *testing.T, event string, of surrogate.Scope, others ...surrogate.Scope) (texts []string) {
	t.Helper()
	s, err := surrogate.NewSession(of.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range surrogate.Find(nil, []byte(event)) {
		text, about, err := s.Open(token)
		if err != nil || about != of.Subject {
			t.Errorf("%s: %v, about %v, want %v", event, err, about, of.Subject)
		}
		texts = append(texts, string(text))
		for _, other := range others {
			if s, err := surrogate.NewSession(other.Key); err == nil && other.Key != of.Key {
				if _, _, err := s.Open(token); err == nil {
					t.Errorf("%s opens in another session", event)
				}
			}
		}
	}
	return texts
}

// testTurns proves that streams of several sessions, whose pieces come by turns on one
// worker, are sealed each by its own, whatever ended before.
func testTurns(t *testing.T, p *proxy) {
	scope := func(n byte) surrogate.Scope {
		return surrogate.Scope{Key: surrogate.Key{Version: n, Bytes: [32]byte{n}}, Subject: surrogate.Subject{n}, Tool: "zendesk"}
	}
	acme, globex, hooli := scope(1), scope(2), scope(3)
	colleague := acme
	colleague.Subject = surrogate.Subject{7}
	is := func(event string, of surrogate.Scope, want ...string) {
		t.Helper()
		if got := sealed(t, event, of, acme, globex, hooli); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s holds %q, want %q", event, got, want)
		}
	}
	const card = `"note":"4242 4242 4242 4242"`

	a, b := begin(t, p.urls["mask"], "a", acme.Header(), ""), begin(t, p.urls["mask"], "b", globex.Header(), "")
	a.send(`data: {"email":"ann.lee@exa`)
	b.send(`data: {"email":"bob@exa`)
	a.send("mple.com\"," + card + "}\n\ndata: {\"email\":\"ann")
	is(a.event(t), acme, "ann.lee@example.com", "4242 4242 4242 4242")
	b.send("mple.com\"," + card + "}\n\n")
	is(b.event(t), globex, "bob@example.com", "4242 4242 4242 4242")

	// Of the same session, about somebody else.
	c := begin(t, p.urls["mask"], "c", surrogate.Scope{Key: acme.Key, Tool: "zendesk"}.Header(), colleague.Subject.Header())
	c.send("data: {\"email\":\"ann.lee@example.com\"," + card + "}\n\n")
	is(c.event(t), colleague, "ann.lee@example.com", "4242 4242 4242 4242")
	a.send("@example.com\"," + card + "}\n\n")
	is(a.event(t), acme, "ann@example.com", "4242 4242 4242 4242")

	// What ended leaves nothing to what begins.
	close(turns["a"])
	if rest, err := io.ReadAll(a.body); len(rest) > 0 || err != nil {
		t.Errorf("then came %q, %v", rest, err)
	}
	d := begin(t, p.urls["mask"], "d", "", "")
	d.send("data: {\"email\":\"ann.lee@example.com\"}\n\n")
	if got := d.event(t); got != "data: {\"email\":\"[email]\"}\n" {
		t.Errorf("without a session: %s", got)
	}
	whole, _ := read(t, "GET", p.urls["mask"]+"/default/missing", http.Header{scopeHeader: {hooli.Header()}})
	is(whole.Body, hooli, "ann.lee@example.com")
	b.send("data: {\"email\":\"ann.lee@example.com\"}\n\n")
	is(b.event(t), globex, "ann.lee@example.com")
	_ = c.end()
	b.send("data: {\"email\":\"ann.lee@example.com\"," + card + "}\n\n")
	is(b.event(t), globex, "ann.lee@example.com", "4242 4242 4242 4242")
	for _, name := range []string{"b", "c", "d"} {
		close(turns[name])
	}
}
