package ads_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"google.golang.org/genproto/googleapis/rpc/status"

	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/wire"
)

func TestForgedHeaders(t *testing.T) {
	one := newTool(t, func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range []string{wire.HeaderNotSent, wire.HeaderTenant, wire.HeaderReplayed, wire.HeaderDecision, wire.HeaderIntent} {
			w.Header().Set(name, "forged")
		}
	})
	g := bootWorld(t, map[string]string{"acme": one.URL})
	var asked *authv3.CheckRequest
	g.answer(func(in *authv3.CheckRequest) *authv3.CheckResponse {
		asked = in
		return allow("acme", "stripe", wire.LaneDirect)(in)
	})
	forged := []string{
		wire.HeaderTenant, wire.HeaderTool, wire.HeaderLane, wire.HeaderAdmission, wire.HeaderOrder, "x-sallyport-anything",
		"x-envoy-upstream-rq-timeout-ms", "x-envoy-retry-on", "x-envoy-original-path", "x-original-url", "x-forwarded-for", "x-forwarded-host",
		"forwarded", "x-http-method-override", "x-rewrite-url", "traceparent", "tracestate", "baggage", wire.RequestID,
	}
	var headers []string
	for _, name := range forged {
		headers = append(headers, name, "forged")
	}
	got := g.call(t, "/stripe/v1/charges?a=b", headers...)
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for _, h := range asked.GetAttributes().GetRequest().GetHttp().GetHeaderMap().GetHeaders() {
		if strings.Contains(string(h.GetRawValue()), "forged") {
			t.Errorf("the check saw %s", h.GetKey())
		}
	}
	seen := one.requests()[0]
	if seen.URL.String() != "/v1/charges?a=b" || seen.Host != strings.TrimPrefix(one.URL, "http://") || seen.Header.Get("authorization") != "Bearer real" {
		t.Errorf("the tool got %s at %s with %v", seen.URL, seen.Host, seen.Header)
	}
	for name, values := range seen.Header {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, wire.Prefix) || strings.HasPrefix(lower, "x-envoy-") || strings.HasPrefix(lower, "x-forwarded-") || strings.Contains(values[0], "forged") {
			t.Errorf("the tool got %s: %v", name, values)
		}
	}
	id := wire.DecisionID(requestID(asked))
	if values := got.header.Values(wire.HeaderDecision); len(values) != 1 || values[0] != id {
		t.Errorf("the decision reads %v, want %s", values, id)
	}
	for _, name := range []string{wire.HeaderNotSent, wire.HeaderTenant, wire.HeaderReplayed, wire.HeaderEdited, wire.HeaderIntent} {
		if got.header.Get(name) != "" {
			t.Errorf("the agent got the tool's %s", name)
		}
	}
	logged(t, g, requestID(asked))
}

// logged waits for the access log's entry of a request.
func logged(t *testing.T, g *gateway, id string) {
	t.Helper()
	testkit.Eventually(t, "the entry of the request "+id, func() bool {
		data, err := os.ReadFile(filepath.Join(g.dir, "access.log"))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "a=b") {
			t.Fatalf("the access log keeps a query: %s", data)
		}
		for line := range strings.Lines(string(data)) {
			if f := strings.Split(line, "\t"); len(f) == len(wire.AccessLogFields)+1 && f[0] == wire.ListenerAgent && f[2] == id && f[3] == wire.DecisionID(id) && f[5] == "200" {
				return true
			}
		}
		return false
	})
}

// TestWorkersShareConnections: an agent's connections, made at once, are every
// worker's alike.
func TestWorkersShareConnections(t *testing.T) {
	g := bootWorld(t, nil)
	g.stop()
	g.workers = "2"
	g.startEnvoy(t)
	const each = 8
	for range 2 * each {
		connection, err := net.Dial("tcp", g.agent)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = connection.Close() })
	}
	var stats string
	testkit.Eventually(t, "Envoy has them", func() bool {
		stats = g.admin("/stats?filter=listener.127.*downstream_cx_active")
		return strings.Contains(stats, fmt.Sprintf("%s.downstream_cx_active: %d\n", strings.ReplaceAll(g.agent, ":", "_"), 2*each))
	})
	for _, worker := range []string{"worker_0", "worker_1"} {
		if !strings.Contains(stats, fmt.Sprintf("%s.downstream_cx_active: %d\n", worker, each)) {
			t.Errorf("%s has not %d of them:\n%s", worker, each, stats)
		}
	}
}

// The seal stops whatever was not decided, in both listeners.
func TestSeal(t *testing.T) {
	one := newTool(t, says("one"))
	g := bootWorld(t, map[string]string{"acme": one.URL})
	good := allow("acme", "stripe", wire.LaneDirect)
	without := func(key string) checkFunc {
		return func(in *authv3.CheckRequest) *authv3.CheckResponse {
			r := good(in)
			delete(r.DynamicMetadata.Fields, key)
			return r
		}
	}
	bearer := func(value string) checkFunc {
		return allow("acme", "stripe", wire.LaneDirect, "authorization", value)
	}
	for name, c := range map[string]struct {
		check   checkFunc
		path    string
		headers []string
		passes  bool
	}{
		"a decided call":  {check: good, passes: true},
		"an empty answer": {check: func(*authv3.CheckRequest) *authv3.CheckResponse { return &authv3.CheckResponse{} }},
		"a refusal with status 0": {check: func(*authv3.CheckRequest) *authv3.CheckResponse {
			return &authv3.CheckResponse{Status: &status.Status{}, HttpResponse: &authv3.CheckResponse_DeniedResponse{DeniedResponse: &authv3.DeniedHttpResponse{}}}
		}},
		"no verdict":                  {check: without(wire.MetaVerdict)},
		"no decision":                 {check: without(wire.MetaDecision)},
		"no slot":                     {check: without(wire.MetaSlot)},
		"a second credential":         {check: good, headers: []string{"x-api-key", "k"}},
		"a cookie":                    {check: good, headers: []string{"cookie", "a=b"}},
		"the token in its slot":       {check: bearer("Bearer " + wire.TokenPrefix + "x")},
		"the token in base64":         {check: bearer("Basic c3Bnd19hYmM6")},
		"the token in the path":       {check: good, path: "/stripe/v1/" + wire.TokenPrefix + "x"},
		"the token in the query":      {check: good, path: "/stripe/v1?key=" + wire.TokenPrefix + "x"},
		"the token escaped":           {check: good, path: "/stripe/v1?key=spgw%5Fx"},
		"the token in capitals":       {check: good, path: "/stripe/v1?key=SPGW_x"},
		"the token in base64 in path": {check: good, path: "/stripe/v1?key=c3Bnd19hYmM6"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(one.requests())
			g.answer(c.check)
			if c.path == "" {
				c.path = "/stripe/v1"
			}
			for listener, got := range map[string]received{"agent": g.call(t, c.path, c.headers...), "execute": g.execute(t, c.path, c.headers...)} {
				if (got.status == http.StatusOK) != c.passes || (!c.passes && got.status != http.StatusForbidden) {
					t.Errorf("%s: %d %s", listener, got.status, got.body)
				}
				if mark := got.header.Get(wire.HeaderNotSent); (mark == "1") != (listener == "execute" && !c.passes) {
					t.Errorf("%s: the mark reads %q", listener, mark)
				}
			}
			if reached := len(one.requests()) - before; (reached == 2) != c.passes || (reached == 0) == c.passes {
				t.Errorf("%d requests reached the tool", reached)
			}
		})
	}
}

// The mark is on what proves that no byte left, and on nothing else.
func TestNotSentMark(t *testing.T) {
	liar := newTool(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set(wire.HeaderNotSent, "1")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	late := newTool(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	breaks := breaking(t)
	g := bootWorld(t, map[string]string{"liar": liar.URL, "down": "http://" + testkit.FreeAddress(t), "late": late.URL, "breaks": breaks, "inside": "public " + liar.URL})
	for name, c := range map[string]struct {
		tenant, path string
		status       int
		marked       bool
	}{
		"the tool sets it itself":      {"liar", "/stripe/v1", 503, false},
		"the tool is down":             {"down", "/stripe/v1", 503, true},
		"the tool is inside":           {"inside", "/stripe/v1", 403, true},
		"the tool is late":             {"late", "/stripe/v1", 504, false},
		"the tool hangs up":            {"breaks", "/stripe/v1", 503, false},
		"another tool than authorised": {"liar", "/zendesk/v1", 403, true},
		"a tenant without routes":      {"nobody", "/stripe/v1", 404, true},
	} {
		t.Run(name, func(t *testing.T) {
			g.answer(allow(c.tenant, "stripe", wire.LaneDirect))
			got := g.execute(t, c.path)
			if mark := got.header.Get(wire.HeaderNotSent); got.status != c.status || (mark != "") != c.marked {
				t.Errorf("status %d, mark %q, body %s", got.status, mark, got.body)
			}
		})
	}
}

// breaking is an upstream that reads a request and hangs up.
func breaking(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadAtLeast(conn, make([]byte, 4096), 1)
			_ = conn.Close()
		}
	}()
	return "http://" + listener.Addr().String()
}
