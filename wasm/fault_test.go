package main

import (
	"io"
	"net/http"
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

// testCrash proves what a fault of the module costs: this answer, not the next.
func testCrash(t *testing.T, p *proxy) {
	testkit.Eventually(t, "the module is there", func() bool {
		got, _ := read(t, "GET", p.urls["crash"]+"/default/ticket", nil)
		return got.Status == 200
	})
	for _, fault := range []string{"crash", "grow"} {
		got, _ := read(t, "GET", p.urls["crash"]+"/default/"+fault, nil)
		if got.Status < 500 || strings.Contains(got.Body, "ann.lee") {
			t.Errorf("%s: %+v", fault, got)
		}
		testkit.Eventually(t, "the module is loaded again", func() bool {
			got, _ := read(t, "GET", p.urls["crash"]+"/default/ticket", nil)
			if got.Status != 200 && strings.Contains(got.Body, "Ann") || got.Status == 200 && got.Body != maskedTicket {
				t.Fatalf("%s: %+v", fault, got)
			}
			return got.Status == 200
		})
		if got, _ := read(t, "GET", p.urls["mask"]+"/default/ticket", nil); got.Body != maskedTicket {
			t.Errorf("next to the %s: %+v", fault, got)
		}
	}
}
