package main

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/testkit"
)

// testOwnHeaders proves that an agent sees no header but those that are listed.
func testOwnHeaders(t *testing.T, p *proxy) {
	_, res := read(t, "GET", p.urls["mask"]+"/default/own-headers", nil)
	for _, own := range []string{"Date", "Server", "Content-Length"} {
		res.Header.Del(own)
	}
	want := http.Header{"Content-Type": {jsonUTF8}, "Stripe-Version": {"2026-01-01"}, "X-Rate-Limit-Remaining": {"7"}, "Retry-After": {"3"}}
	if diff := cmp.Diff(want, res.Header); diff != "" {
		t.Error(diff)
	}
}

// testBrokenOff proves that nothing goes out of an answer that its tool breaks
// off, and that the client is told.
func testBrokenOff(t *testing.T, p *proxy) {
	for _, name := range []string{"reset", "reset-chunked"} {
		got, _ := read(t, "GET", p.urls["mask"]+"/default/"+name, nil)
		if got.Status < 500 || strings.Contains(got.Body, "ann.lee") || strings.Contains(got.Body, "secret") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// testCut proves that of what ends with its connection, and so may have been cut, no piece
// of a value goes out.
func testCut(t *testing.T, p *proxy) {
	for name, c := range map[string]struct {
		media, body string
		begins      string // "" for withheld
	}{
		"text in a line":         {"text/plain", "Hi,\nmail ann.lee@exam", ""},
		"text to a line's end":   {"text/plain", "Mail ann.lee@example.com\n", "Mail [email]\n"},
		"lines of JSON":          {"application/x-ndjson", `{"name":"Ann"}` + "\n" + `{"address":"12 Elm St`, ""},
		"JSON":                   {"application/json", `["ann.lee@example.com"]`, `["[email]"]`},
		"JSON in a string":       {"application/json", `["ann.lee@exam`, ""},
		"events in an event":     {"text/event-stream", "data: a\n\ndata: ann.lee@exam", "data: a\n\nevent: error\n"},
		"events at an event end": {"text/event-stream", "data: ann.lee@example.com\r\n\r\n", "data: [email]\r\n\r\n"},
	} {
		got, _ := read(t, "GET", p.urls["mask"]+"/default/unframed?media="+url.QueryEscape(c.media)+"&body="+url.QueryEscape(c.body), nil)
		if (got.Status == 502) != (c.begins == "") || !strings.HasPrefix(got.Body, c.begins) || strings.Contains(got.Body, "ann.lee") || strings.Contains(got.Body, "Elm") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// testStreamBrokenOff proves that the event which a tool breaks off does not go out,
// nor anything in its place.
func testStreamBrokenOff(t *testing.T, p *proxy) {
	req, err := http.NewRequestWithContext(t.Context(), "GET", p.urls["mask"]+"/default/events-reset", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return // nothing came at all
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil || strings.Contains(string(body), "ann") || strings.Contains(string(body), `"x"`) {
		t.Errorf("%q, %v", body, err)
	}
}

// testWork proves that no body keeps a worker busy: what one call of the filter
// does is bounded by the body's size, whatever is in it.
func testWork(t *testing.T, p *proxy) {
	for name := range worst {
		got, _ := read(t, "GET", p.urls["mask"]+"/default/worst-"+name, nil)
		if got.Status != 200 && got.Status != 502 {
			t.Errorf("%s: %d %.100q", name, got.Status, got.Body)
		}
	}
}

// testPanic proves what a panic of the mask costs: the answer in which it is, told as
// any that is withheld, and no other that is on its way.
func testPanic(t *testing.T, p *proxy) {
	at := p.urls["crash"]
	whole, struck := begin(t, at, "whole", "", ""), begin(t, at, "struck", "", "")
	whole.send(`data: {"name":"Ann", "x":"ann.l`)
	for range 3 {
		if got, _ := read(t, "GET", at+"/default/crash", nil); got.Status != 502 || got.Media != problemMedia || !strings.Contains(got.Body, "withheld") || strings.Contains(got.Body, "ann.lee") {
			t.Errorf("the answer: %+v", got)
		}
		if got, _ := read(t, "GET", at+"/default/ticket", nil); got.Body != maskedTicket {
			t.Errorf("the next: %+v", got)
		}
	}
	if got, want := p.logged(t, "/default/crash"), `/default/crash 502 {"fault":1}`; got != want {
		t.Errorf("%q, want %q", got, want)
	}

	struck.send("data: crash now, ann.lee@example.com\n\n")
	if got := struck.event(t); got != "event: error\n" {
		t.Errorf("the stream ends with %q", got)
	}
	go func() {
		struck.send("data: secret\n\n")
		close(turns["struck"])
	}()
	if rest, err := io.ReadAll(struck.body); err != nil || strings.Contains(string(rest), "secret") || strings.Contains(string(rest), "ann.lee") {
		t.Errorf("then came %q, %v", rest, err)
	}

	if got, want := p.logged(t, "/default/turns?of=struck&about="), `/default/turns?of=struck&about= 200 {"fault":1}`; got != want {
		t.Errorf("%q, want %q", got, want)
	}

	whole.send("ee@example.com\"}\n\n")
	if got := whole.event(t); got != "data: {\"name\":\"[name]\", \"x\":\"[email]\"}\n" {
		t.Errorf("next to it: %q", got)
	}
	close(turns["whole"])
	testkit.Eventually(t, "the log says where", func() bool {
		return strings.Contains(p.log.String(), "answer withheld: the mask panicked: untold < main.plugin.Body:")
	})
	if strings.Contains(p.log.String(), "as asked") {
		t.Error("the log has what a panic says, which may be a piece of an answer")
	}
}

// testCrash proves what the end of the module costs: the answers in it, not the next.
func testCrash(t *testing.T, p *proxy) {
	testkit.Eventually(t, "the module is there", func() bool {
		got, _ := read(t, "GET", p.urls["crash"]+"/default/ticket", nil)
		return got.Status == 200
	})
	got, _ := read(t, "GET", p.urls["crash"]+"/default/grow", nil)
	if got.Status < 500 || strings.Contains(got.Body, "ann.lee") {
		t.Errorf("%+v", got)
	}
	testkit.Eventually(t, "the module is loaded again", func() bool {
		got, _ := read(t, "GET", p.urls["crash"]+"/default/ticket", nil)
		if got.Status != 200 && strings.Contains(got.Body, "Ann") || got.Status == 200 && got.Body != maskedTicket {
			t.Fatalf("%+v", got)
		}
		return got.Status == 200
	})
	if got, _ := read(t, "GET", p.urls["mask"]+"/default/ticket", nil); got.Body != maskedTicket {
		t.Errorf("next to it: %+v", got)
	}
}
