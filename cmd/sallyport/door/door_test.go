package door

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/daemon"
)

// opened is a door to a gateway that a test writes.
func opened(t *testing.T, gateway http.HandlerFunc) (*Door, *atomic.Int64) {
	t.Helper()
	server := httptest.NewServer(gateway)
	t.Cleanup(server.Close)
	to, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var fetched atomic.Int64
	source := NewSource(func(context.Context) (Token, error) {
		return Token{Raw: fmt.Sprintf("spgw_fresh%d", fetched.Add(1)), From: time.Now(), Expires: time.Now().Add(time.Hour)}, nil
	}, clockwork.NewRealClock())
	d := New(Options{Gateway: to, Source: source, Listener: listener})
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- daemon.ServeHTTP(ctx, listener, d) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return d, &fetched
}

func do(t *testing.T, d *Door, change func(*http.Request)) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL()+"/stripe/v1/refunds?a=%2F", strings.NewReader("charge=ch_1"))
	if err != nil {
		t.Fatal(err)
	}
	change(request)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// The key may stand wherever an SDK puts it; what arrives is the call with a
// fresh token, and without the key.
func TestKeyBecomesAToken(t *testing.T) {
	d, _ := opened(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s %s %q %q %q", r.Method, r.RequestURI, body, r.Header.Values("authorization"), r.Header.Values("x-api-key"), r.Header.Values("x-forwarded-for"))
	})
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	for name, tt := range map[string]struct {
		header, value string
		status        int
	}{
		"bearer":           {"Authorization", "Bearer " + d.Key(), 200},
		"alone":            {"Authorization", d.Key(), 200},
		"basic user":       {"Authorization", basic(d.Key() + ":"), 200},
		"basic password":   {"Authorization", basic("ann@acme.example/token:" + d.Key()), 200},
		"api key":          {"X-Api-Key", d.Key(), 200},
		"nothing":          {"X-Other", "a", 401},
		"another header":   {"Cookie", d.Key(), 401},
		"another run's":    {"Authorization", "Bearer spgw_run_" + strings.Repeat("0", 64), 401},
		"a part of it":     {"Authorization", "Bearer " + d.Key()[:40], 401},
		"somebody's token": {"Authorization", "Bearer spgw_eyJ.e.e", 401},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := do(t, d, func(r *http.Request) { r.Header.Set(tt.header, tt.value) })
			want := `POST /stripe/v1/refunds?a=%2F charge=ch_1 ["Bearer spgw_fresh1"] [] []`
			if status != tt.status || status == 200 && body != want {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	if status, _ := do(t, d, func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+d.Key())
		r.Header.Set("X-Api-Key", "spgw_eyJ.e.e")
	}); status != 401 {
		t.Errorf("two keys: %d", status)
	}
}

// The door leads to its gateway alone, whatever a call says.
func TestOtherHosts(t *testing.T) {
	var reached atomic.Int64
	d, _ := opened(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	_, port, _ := net.SplitHostPort(d.Listener.Addr().String())
	for host, want := range map[string]int{"localhost:" + port: 200, "127.0.0.1:" + port: 200, "api.stripe.com": 421, "evil.example:" + port: 421, "127.0.0.1": 421} {
		status, body := do(t, d, func(r *http.Request) { r.Host = host; r.Header.Set("Authorization", "Bearer "+d.Key()) })
		if status != want {
			t.Errorf("%s: %d %s", host, status, body)
		}
	}
	for _, line := range []string{"CONNECT api.stripe.com:443", "GET http://api.stripe.com/v1/charges", "GET http://127.0.0.1:" + port + "/v1"} {
		conn, err := net.Dial("tcp", d.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n", line, port, d.Key())
		answer, err := bufio.NewReader(conn).ReadString('\n')
		_ = conn.Close()
		if err != nil || !strings.Contains(answer, " 421 ") {
			t.Errorf("%s: %q %v", line, answer, err)
		}
	}
	if n := reached.Load(); n != 2 {
		t.Errorf("%d calls reached the gateway", n)
	}
}

// An event is there when it was sent, not when the stream ends.
func TestStreamsPassAsTheyCome(t *testing.T) {
	next := make(chan struct{})
	d, _ := opened(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("content-type", "text/event-stream")
		for i := range 3 {
			_, _ = fmt.Fprintf(w, "data: %d\n\n", i)
			_ = http.NewResponseController(w).Flush()
			<-next
		}
	})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL()+"/mcp", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("authorization", "Bearer "+d.Key())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	lines := bufio.NewReader(response.Body)
	for i := range 3 {
		got, err := lines.ReadString('\n')
		if want := fmt.Sprintf("data: %d\n", i); got != want || err != nil {
			t.Fatalf("got %q %v, want %q", got, err, want)
		}
		_, _ = lines.ReadString('\n')
		next <- struct{}{}
	}
}

// A token that the gateway does not take is replaced for the next call, unless
// somebody revoked it.
func TestRefusedTokens(t *testing.T) {
	title := "Gateway token refused"
	d, fetched := opened(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("www-authenticate", `Bearer realm="sallyport", error="invalid_token", error_description="`+title+`"`)
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte("as the gateway says it"))
	})
	for _, want := range []int64{1, 2} {
		if status, body := do(t, d, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+d.Key()) }); status != 401 || body != "as the gateway says it" || fetched.Load() != want {
			t.Errorf("%d %s after %d tokens", status, body, fetched.Load())
		}
	}
	title = "Gateway token revoked"
	for range 2 {
		if _, _ = do(t, d, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+d.Key()) }); fetched.Load() != 3 {
			t.Errorf("a revoked token was replaced: %d", fetched.Load())
		}
	}
}

// Slack's clients read a refusal with 200, and a tool's own 401 says nothing of the token.
func TestWhoseRefusalItIs(t *testing.T) {
	const ours = `Bearer realm="sallyport", resource_metadata="http://x", error="invalid_token", error_description="Gateway token expired"`
	for name, tt := range map[string]struct {
		status    int
		challenge string
		tokens    int64 // after two calls
	}{
		"the gateway's":            {401, ours, 2},
		"the gateway's, for Slack": {200, ours, 2},
		"a tool's":                 {401, "", 1},
		"a tool's, with a realm":   {401, `Basic realm="tool"`, 1},
		"a tool's, of its token":   {401, `Bearer realm="tool", error="invalid_token"`, 1},
		"none":                     {200, "", 1},
	} {
		d, fetched := opened(t, func(w http.ResponseWriter, _ *http.Request) {
			if tt.challenge != "" {
				w.Header().Set("www-authenticate", tt.challenge)
			}
			w.WriteHeader(tt.status)
		})
		for range 2 {
			if status, _ := do(t, d, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+d.Key()) }); status != tt.status {
				t.Errorf("%s: %d", name, status)
			}
		}
		if fetched.Load() != tt.tokens {
			t.Errorf("%s: %d tokens, want %d", name, fetched.Load(), tt.tokens)
		}
	}
}

func TestGatewayIsGone(t *testing.T) {
	d, _ := opened(t, func(http.ResponseWriter, *http.Request) {})
	d.Gateway.Host = "127.0.0.1:1"
	status, body := do(t, d, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+d.Key()) })
	if status != 502 || !strings.Contains(body, "gateway_unavailable") || strings.Contains(body, "fresh") {
		t.Errorf("%d %s", status, body)
	}
}
