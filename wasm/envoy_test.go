package main

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/wire"
)

const (
	jsonUTF8     = "application/json; charset=utf-8"
	problemMedia = "application/problem+json"
)

// TestMaskInEnvoy runs the module in a real Envoy, one for all cases.
func TestMaskInEnvoy(t *testing.T) {
	lines := make(chan string)
	upstream := httptest.NewServer(tool(lines))
	t.Cleanup(upstream.Close)
	emailOnly := mask.Default()
	emailOnly.Types = pii.Set(0).With(pii.Email)
	p := startProxy(t, upstream, map[string]string{
		"/default": string(mask.Default().AppendJSON(nil)),
		"/email":   string(emailOnly.AppendJSON(nil)),
		"/cut":     `{"types":[`,
	})
	t.Run("answers", func(t *testing.T) { testAnswers(t, p) })
	t.Run("refusals", func(t *testing.T) { testRefusals(t, p) })
	t.Run("answer headers", func(t *testing.T) { testAnswerHeaders(t, p) })
	t.Run("trailers", func(t *testing.T) { testTrailers(t, p) })
	t.Run("stream", func(t *testing.T) { testStream(t, p, lines) })
	t.Run("report", func(t *testing.T) { testReport(t, p) })
	t.Run("surrogates", func(t *testing.T) { testSurrogates(t, p) })
	t.Run("own headers", func(t *testing.T) { testOwnHeaders(t, p) })
	t.Run("broken off", func(t *testing.T) { testBrokenOff(t, p) })
	t.Run("work", func(t *testing.T) { testWork(t, p) })
	t.Run("crash", func(t *testing.T) { testCrash(t, p) })
}

func testAnswers(t *testing.T, p *proxy) {
	onlyEmail := strings.NewReplacer("ann.lee@example.com", "[email]", "chen.wei@example.cn", "[email]").Replace(ticket)
	for name, c := range map[string]struct {
		method, path string
		want         answer
	}{
		"a ticket":               {"GET", "/default/ticket", answer{200, jsonUTF8, maskedTicket}},
		"in pieces":              {"GET", "/default/pieces", answer{200, jsonUTF8, maskedTicket}},
		"without a policy":       {"GET", "/ticket", answer{200, jsonUTF8, maskedTicket}},
		"an unreadable policy":   {"GET", "/cut/ticket", answer{200, jsonUTF8, maskedTicket}},
		"e-mail only":            {"GET", "/email/ticket", answer{200, jsonUTF8, onlyEmail}},
		"an error of the tool":   {"GET", "/default/missing", answer{404, jsonUTF8, `{"error":"no [email]"}`}},
		"an answer of Envoy":     {"GET", "/local", answer{403, "text/plain", "denied to [email]"}},
		"identity encoding":      {"GET", "/default/identity", answer{200, jsonUTF8, `["[email]"]`}},
		"HEAD":                   {"HEAD", "/default/ticket", answer{200, jsonUTF8, ""}},
		"HEAD of binary":         {"HEAD", "/default/binary", answer{200, "application/octet-stream", ""}},
		"no content":             {"GET", "/default/none", answer{204, "", ""}},
		"not modified":           {"GET", "/default/unchanged", answer{304, "", ""}},
		"empty, whatever medium": {"GET", "/default/empty", answer{200, "image/png", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := read(t, c.method, p.urls["mask"]+c.path, nil)
			if name == "not modified" {
				got.Media = ""
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func testRefusals(t *testing.T, p *proxy) {
	for _, name := range []string{"gzip", "binary", "charset", "untyped", "part", "broken", "cut-character"} {
		t.Run(name, func(t *testing.T) {
			got, res := read(t, "GET", p.urls["mask"]+"/default/"+name, nil)
			if got.Status != 502 || got.Media != problemMedia || !strings.Contains(got.Body, "withheld") || strings.Contains(got.Body, "secret") {
				t.Errorf("%+v", got)
			}
			if res.Header.Get("Etag") != "" || res.Header.Get("Content-Encoding") != "" {
				t.Errorf("%v", res.Header)
			}
		})
	}
	for _, name := range []string{"large", "five-mebibytes"} {
		t.Run(name, func(t *testing.T) {
			got, _ := read(t, "GET", p.urls["mask"]+"/default/"+name, nil)
			if got.Status < 500 || strings.Contains(got.Body, "secret") || strings.Contains(got.Body, "ann.lee") {
				t.Errorf("%d, %d bytes: %.100q", got.Status, len(got.Body), got.Body)
			}
		})
	}
}

func testAnswerHeaders(t *testing.T, p *proxy) {
	_, res := read(t, "GET", p.urls["mask"]+"/default/headers", nil)
	got := map[string][]string{"Location": res.Header["Location"], "Link": res.Header["Link"]}
	want := map[string][]string{"Location": {"/find?email=[email]"}, "Link": {"a", "for [email]"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func testTrailers(t *testing.T, p *proxy) {
	for name, want := range map[string]answer{
		"trailers":             {200, jsonUTF8, `["[email]"]`},
		"events-with-trailers": {200, "text/event-stream", "data: [email]"},
	} {
		got, res := read(t, "GET", p.urls["mask"]+"/default/"+name, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if v := res.Trailer.Get("X-Secret"); v != "" {
			t.Errorf("%s: trailer %q", name, v)
		}
	}
}

// testStream proves that an event arrives before the next one is sent, and that
// a stream which breaks off says so and goes silent.
func testStream(t *testing.T, p *proxy, lines chan string) {
	req, err := http.NewRequestWithContext(t.Context(), "GET", p.urls["mask"]+"/default/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	lines0 := func() { lines <- ": hello\n\n" }
	go lines0()
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body := bufio.NewReader(res.Body)
	expect := func(want string) {
		t.Helper()
		for line := range strings.Lines(want) {
			if got, err := body.ReadString('\n'); err != nil || got != line {
				t.Fatalf("%q, %v; want %q", got, err, line)
			}
		}
	}
	expect(": hello\n\n")
	lines <- "data: {\"name\":\"Ann\", \"x\":\"ann.l"
	lines <- "ee@example.com\"}\n\n"
	expect("data: {\"name\":\"[name]\", \"x\":\"[email]\"}\n\n")
	lines <- "data: {\"name\":\"secret\n\n"
	expect("event: error\n")
	if got, err := body.ReadString('\n'); err != nil || !strings.Contains(got, "withheld") {
		t.Fatalf("%q, %v", got, err)
	}
	expect("\n")
	lines <- "data: secret\n\n"
	close(lines)
	if rest, err := body.ReadString(0); rest != "" {
		t.Errorf("then came %q, %v", rest, err)
	}
	if got, want := p.logged(t, "/default/events"), `/default/events 200 {"email":1,"name":1}`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func testReport(t *testing.T, p *proxy) {
	for path, want := range map[string]string{
		"/default/ticket?report": `/default/ticket?report 200 {"email":3,"card":2,"ssn":1,"phone":3,"name":3,"resident_id":1}`,
		"/default/asked?report":  `/default/asked?report 200 {}`,
		"/default/gzip?report":   `/default/gzip?report 502 {}`,
		"/default/broken?report": `/default/broken?report 502 {}`,
		"/default/none?report":   `/default/none?report 204 {}`,
	} {
		read(t, "GET", p.urls["mask"]+path, nil)
		if got := p.logged(t, path); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// testSurrogates proves that the scope reaches the mask and nobody behind it, and
// that its session alone opens what the mask made.
func testSurrogates(t *testing.T, p *proxy) {
	scope := surrogate.Scope{Key: surrogate.Key{Version: 1, Bytes: [32]byte{1, 2, 3}}, Subject: surrogate.Subject{9}, Tool: "zendesk"}
	header := http.Header{http.CanonicalHeaderKey(wire.HeaderMask): {scope.Header()}}
	for _, path := range []string{"/default/echo", "/echo"} {
		if got, _ := read(t, "GET", p.urls["mask"]+path, header); got.Status != 200 || strings.Contains(strings.ToLower(got.Body), "sallyport") {
			t.Errorf("%s: the tool sees %s", path, got.Body)
		}
	}
	s, err := surrogate.NewSession(scope.Key)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := read(t, "GET", p.urls["mask"]+"/default/ticket", header)
	opened := map[string]int{}
	for _, token := range surrogate.Find(nil, []byte(got.Body)) {
		text, about, err := s.Open(token)
		if err != nil || about != scope.Subject {
			t.Errorf("%+v: %v, about %v", token, err, about)
		}
		opened[string(text)]++
	}
	want := map[string]int{
		"ann.lee@example.com": 2, "+1 (415) 555-0132": 1, "536-22-8745": 1, "4242 4242 4242 4242": 1, "4242&nbsp;4242&nbsp;4242&nbsp;4242": 1,
		"Ann Lee": 1, "4155550132": 1, "陈伟": 2, "１３８００１３８０００": 1, "chen.wei@example.cn": 1, "11010519491231002X": 1,
	}
	if diff := cmp.Diff(want, opened); diff != "" {
		t.Errorf("%s in %s", diff, got.Body)
	}
	header[http.CanonicalHeaderKey(wire.HeaderMask)] = []string{surrogate.Scope{Key: scope.Key, Tool: "zendesk"}.Header()}
	about, res := read(t, "GET", p.urls["mask"]+"/default/about", header)
	if _, subject, err := s.Open(surrogate.Find(nil, []byte(about.Body))[0]); err != nil || subject != scope.Subject || res.Header.Get(wire.HeaderSubject) != "" {
		t.Errorf("about %v, %v, %v", subject, err, res.Header)
	}
	if got, _ := read(t, "GET", p.urls["mask"]+"/default/ticket", http.Header{http.CanonicalHeaderKey(wire.HeaderMask): {"broken"}}); got.Body != maskedTicket {
		t.Errorf("a broken scope: %s", got.Body)
	}
	header["X-Crash"] = []string{"1"}
	if got, _ := read(t, "GET", p.urls["crash"]+"/default/echo", header); got.Status < 500 {
		t.Errorf("a crash before the scope was taken out: %+v", got)
	}
}
