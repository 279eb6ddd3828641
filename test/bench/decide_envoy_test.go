package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/token"
)

// envoyConnections keep Envoy busy; with one, everybody waits for wake-ups.
const envoyConnections = 16

// BenchmarkDecideEnvoy is the part of the suite "decide" that goes through the
// real Envoy: reads of a tenant with 1,000 rules through the whole chain, next to
// the same Envoy with an ext_authz that allows everything.
func BenchmarkDecideEnvoy(b *testing.B) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("content-type", "application/json")
		_, _ = w.Write([]byte(charge))
	}))
	defer upstream.Close()
	address := strings.TrimPrefix(upstream.URL, "http://")
	w := workload{rules: 1000, tenants: 1}
	r := rig.Start(b, rig.Options{Origin: address, Prepare: func(tenants string) {
		prepare(b, w, filepath.Dir(tenants), tenants, address)
	}})
	c := w.allowedRead(b)
	headers := map[string]string{"authorization": "Bearer " + r.Token(token.Identity{
		Tenant: tenantName(0), Agent: agentName(c.role), Session: token.Session{Ticket: "1001", Customer: "cus_ada"},
	})}
	targets := []target{
		{subject: "floor", url: startFloor(b, r.Data, os.Getenv("ENVOY"), address) + c.target(), headers: headers},
		{subject: "sallyport", url: "http://" + r.Addresses().Agent + c.target(), headers: headers},
	}
	figures := throughEnvoy(b, fmt.Sprintf("envoy,rules=%d", w.rules), targets)
	if err := table(os.Stdout, figures); err != nil {
		b.Fatal(err)
	}
	if err := write(filepath.Join(rig.Root(b), "out", "bench.jsonl"), figures); err != nil {
		b.Fatal(err)
	}
}

// allowedRead is the first recorded read that is allowed.
func (w workload) allowedRead(tb testing.TB) call {
	tb.Helper()
	for _, c := range w.calls(decideCalls) {
		if c.allowed && !c.write {
			return c
		}
	}
	tb.Fatal("no read is allowed")
	return call{}
}

// throughEnvoy takes turns; an answer that is not 200 fails.
func throughEnvoy(b *testing.B, workload string, targets []target) []Figure {
	b.Helper()
	seen := map[string][]sample{}
	for round := range rounds + 1 {
		for _, t := range targets {
			s, err := load(b.Context(), t, envoyConnections, requests)
			if err != nil {
				b.Fatal(err)
			}
			if round > 0 { // the first one warms up
				seen[t.subject] = append(seen[t.subject], s)
			}
		}
	}
	var figures []Figure
	for _, t := range targets {
		add := func(metric, unit string, of func(sample) float64) {
			var values []float64
			for _, s := range seen[t.subject] {
				values = append(values, of(s))
			}
			figures = append(figures, Figure{Suite: "decide", Subject: t.subject, Workload: workload, Metric: metric, Value: median(values), Unit: unit})
		}
		add("rps", "requests/s", func(s sample) float64 { return s.perSecond })
		add("p50", "us", func(s sample) float64 { return float64(s.p50.Microseconds()) })
		add("p99", "us", func(s sample) float64 { return float64(s.p99.Microseconds()) })
	}
	compare(figures, "floor")
	return figures
}
