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
	"github.com/sallyport/sallyport/internal/testkit"
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
	hunted := startChaos(t)
	policies := map[string]string{
		"/default": string(streams().AppendJSON(nil)),
		"/email":   emailRules(),
		"/roles":   wire.MaskRules(string(mask.Default().AppendJSON(nil)), true),
		"/cut":     `{"types":[`,
		// The gateway has no routes like these: they do not say their digest.
		"/bare-email": emailRules(),
		"/bare-all":   string(mask.Default().AppendJSON(nil)),
	}
	for route, policy := range huntRules() {
		policies[route] = string(policy.AppendJSON(nil))
	}
	p := startProxy(t, upstream.Listener.Addr(), hunted.Addr(), policies)
	t.Run("memory", func(t *testing.T) { testMemory(t, p) })
	t.Run("answers", func(t *testing.T) { testAnswers(t, p) })
	t.Run("refusals", func(t *testing.T) { testRefusals(t, p) })
	t.Run("answer headers", func(t *testing.T) { testAnswerHeaders(t, p) })
	t.Run("length", func(t *testing.T) { testLength(t, p) })
	t.Run("trailers", func(t *testing.T) { testTrailers(t, p) })
	t.Run("between", func(t *testing.T) { testBetween(t, p, lines) })
	t.Run("stream", func(t *testing.T) { testStream(t, p, lines) })
	t.Run("turns", func(t *testing.T) { testTurns(t, p) })
	t.Run("held", func(t *testing.T) { testHeld(t, p) })
	t.Run("report", func(t *testing.T) { testReport(t, p) })
	t.Run("roles", func(t *testing.T) { testRoles(t, p) })
	t.Run("digests", func(t *testing.T) { testDigests(t, p) })
	t.Run("surrogates", func(t *testing.T) { testSurrogates(t, p) })
	t.Run("credential", func(t *testing.T) { testCredential(t, p) })
	t.Run("own headers", func(t *testing.T) { testOwnHeaders(t, p) })
	t.Run("broken off", func(t *testing.T) { testBrokenOff(t, p) })
	t.Run("cut", func(t *testing.T) { testCut(t, p) })
	t.Run("stream broken off", func(t *testing.T) { testStreamBrokenOff(t, p) })
	t.Run("hunt", func(t *testing.T) { testHunt(t, p, hunted) })
	t.Run("work", func(t *testing.T) { testWork(t, p) })
	t.Run("panic", func(t *testing.T) { testPanic(t, p) })
	t.Run("crash", func(t *testing.T) { testCrash(t, p) })
}

// streams is the default, by which events of any tool pass.
func streams() mask.Policy {
	p := mask.Default()
	p.Media = append(p.Media, "text/event-stream")
	return p
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
	for _, name := range []string{"gzip", "encoded", "encoded-twice", "binary", "charset", "untyped", "two-types", "part", "broken", "cut-character"} {
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
	if got, _ := read(t, "GET", p.urls["mask"]+"/email/events-at-once", nil); got.Status != 502 || strings.Contains(got.Body, "ann.lee") {
		t.Errorf("events that nobody expects: %+v", got)
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
	_, odd := read(t, "GET", p.urls["mask"]+"/default/odd-headers", nil)
	got := map[string][]string{"Location": res.Header["Location"], "Link": res.Header["Link"], "Content-Type": odd.Header["Content-Type"], "Date": odd.Header["Date"]}
	want := map[string][]string{
		"Location": {"/find?email=[email]&name=[name]"}, "Link": {"a", "for [email]"},
		"Content-Type": {`text/plain; name="[email]"`}, "Date": {"[email]"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// testLength: a masked answer says its own length if the tool said one.
func testLength(t *testing.T, p *proxy) {
	got, res := read(t, "GET", p.urls["mask"]+"/default/ticket", nil)
	if res.ContentLength != int64(len(got.Body)) || len(res.TransferEncoding) > 0 {
		t.Errorf("%d bytes have length %d, %v", len(got.Body), res.ContentLength, res.TransferEncoding)
	}
	if _, res = read(t, "GET", p.urls["mask"]+"/default/pieces", nil); res.ContentLength >= 0 {
		t.Errorf("pieces have length %d", res.ContentLength)
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

// testBetween proves that an answer which waits for its body keeps what it is, while
// others come and go on the same worker.
func testBetween(t *testing.T, p *proxy, lines chan string) {
	before, late := p.received(t), make(chan answer)
	go func() {
		got, _ := read(t, "GET", p.urls["mask"]+"/default/late", nil)
		late <- got
	}()
	testkit.Eventually(t, "its headers have come", func() bool { return p.received(t) != before })
	if got, _ := read(t, "GET", p.urls["mask"]+"/default/ticket", nil); got.Body != maskedTicket {
		t.Errorf("%+v", got)
	}
	lines <- "example.com"
	if diff := cmp.Diff(answer{200, "text/plain", "Mail [email]"}, <-late); diff != "" {
		t.Error(diff)
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
	if got, want := p.logged(t, "/default/events"), `/default/events 200 {"email":1,"name":1,"withheld":1}`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func testReport(t *testing.T, p *proxy) {
	for path, want := range map[string]string{
		"/default/ticket?report": `/default/ticket?report 200 {"email":3,"card":2,"ssn":1,"phone":3,"name":3,"resident_id":1}`,
		"/default/asked?report":  `/default/asked?report 200 {}`,
		"/default/gzip?report":   `/default/gzip?report 502 {"withheld":1}`,
		"/default/broken?report": `/default/broken?report 502 {"withheld":1}`,
		"/default/none?report":   `/default/none?report 204 {}`,
	} {
		read(t, "GET", p.urls["mask"]+path, nil)
		if got := p.logged(t, path); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// testRoles proves that a role's own rules count where the route says that there are
// some, and those of all for a role without.
func testRoles(t *testing.T, p *proxy) {
	for _, c := range []struct{ path, role, want string }{
		{"/roles/missing", "support", `{"error":"no ann.lee@example.com"}`},
		{"/roles/missing", "sales", `{"error":"no [email]"}`},
		{"/roles/missing", "", `{"error":"no [email]"}`},
		{"/default/missing", "support", `{"error":"no [email]"}`},
	} {
		if got, _ := read(t, "GET", p.urls["mask"]+c.path, http.Header{"X-Role": {c.role}}); got.Body != c.want {
			t.Errorf("%s for %q: %+v", c.path, c.role, got)
		}
	}
}

// testDigests proves that an answer is masked by its own route's rules, whichever were
// seen before and whatever a tool says, and that no agent reads their digest.
func testDigests(t *testing.T, p *proxy) {
	const all, email = `["[email] [card]"]`, `["[email] 4242 4242 4242 4242"]`
	for _, by := range []string{"nginx", wire.RulesDigest(emailRules()), wire.RulesDigest("never seen")} {
		for _, c := range []struct{ path, want string }{{"/default", all}, {"/email", email}, {"/default", all}, {"/roles", all}, {"/cut", all}} {
			got, res := read(t, "GET", p.urls["mask"]+c.path+"/served-by?by="+by, nil)
			if got.Body != c.want || res.Header.Get(wire.RulesHeader) != "envoy" {
				t.Errorf("%s by %s: %+v by %q", c.path, by, got, res.Header.Get(wire.RulesHeader))
			}
		}
	}
	for _, c := range []struct{ path, want string }{{"/bare-email", email}, {"/bare-all", all}, {"", all}} {
		if got, _ := read(t, "GET", p.urls["mask"]+c.path+"/served-by?by=nginx", nil); got.Body != c.want {
			t.Errorf("%s, which does not say its digest: %+v", c.path, got)
		}
	}
}

// testCredential proves that what a tool was sent does not come back, and that of
// answers to others nothing is taken away.
func testCredential(t *testing.T, p *proxy) {
	for _, c := range []struct{ sent, body, location, event string }{
		{"Bearer tulipmeadowriver", `["no [secret]"]`, "/[secret]", "data: [secret]\n\n"},
		{"Bearer anothermeadow", `["no tulipmeadowriver"]`, "/tulipmeadowriver", "data: tulipmeadowriver\n\n"},
		{"Bearer tulipmeadowriver", `["no [secret]"]`, "/[secret]", "data: [secret]\n\n"},
		{"", `["no tulipmeadowriver"]`, "/tulipmeadowriver", "data: tulipmeadowriver\n\n"},
	} {
		header := http.Header{}
		if c.sent != "" {
			header.Set(scopeHeader, wire.MaskSecrets("", c.sent))
		}
		got, res := read(t, "GET", p.urls["mask"]+"/default/said-back", header)
		events, _ := read(t, "GET", p.urls["mask"]+"/default/said-back-in-events", header)
		if got.Body != c.body || res.Header.Get("Location") != c.location || events.Body != c.event {
			t.Errorf("after %q: %q at %q, %q", c.sent, got.Body, res.Header.Get("Location"), events.Body)
		}
	}
}

// emailRules mask e-mail addresses alone.
func emailRules() string {
	p := mask.Default()
	p.Types = pii.Set(0).With(pii.Email)
	return string(p.AppendJSON(nil))
}

// scopeHeader is what the rig's Envoy takes for the check's word: wire.MaskSecrets, or a
// scope alone.
const scopeHeader = "X-Scope"

// testSurrogates proves that the scope reaches the mask, and that its session alone
// opens what the mask made.
func testSurrogates(t *testing.T, p *proxy) {
	scope := surrogate.Scope{Key: surrogate.Key{Version: 1, Bytes: [32]byte{1, 2, 3}}, Subject: surrogate.Subject{9}, Tool: "zendesk"}
	header := http.Header{scopeHeader: {scope.Header()}}
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
	header[scopeHeader] = []string{surrogate.Scope{Key: scope.Key, Tool: "zendesk"}.Header()}
	about, res := read(t, "GET", p.urls["mask"]+"/default/about", header)
	if _, subject, err := s.Open(surrogate.Find(nil, []byte(about.Body))[0]); err != nil || subject != scope.Subject || res.Header.Get(wire.HeaderSubject) != "" {
		t.Errorf("about %v, %v, %v", subject, err, res.Header)
	}
	if got, _ := read(t, "GET", p.urls["mask"]+"/default/ticket", http.Header{scopeHeader: {"broken"}}); got.Body != maskedTicket {
		t.Errorf("a broken scope: %s", got.Body)
	}
}
