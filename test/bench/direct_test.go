package bench

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// Sizes of one round: bounded, so that a run ends by itself.
const (
	rounds   = 5
	requests = 4000
)

// charge is what the upstream answers: about 1 KiB, as Stripe's charges are.
var charge = `{"id":"ch_1","object":"charge","amount":2000,"currency":"usd","description":"` + strings.Repeat("Annual plan, team of ten. ", 30) + `"}`

// BenchmarkDirect is the suite "direct": the direct lane next to the same Envoy
// with an ext_authz that allows everything, in front of the same upstream.
func BenchmarkDirect(b *testing.B) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("content-type", "application/json")
		_, _ = w.Write([]byte(charge))
	}))
	defer upstream.Close()
	address := strings.TrimPrefix(upstream.URL, "http://")
	r := rig.Start(b, rig.Options{Prepare: func(tenants string) { unlimited(b, tenants) }, Origin: address})
	floor := startFloor(b, r.Data, os.Getenv("ENVOY"), address)
	token := r.Token(rig.Billing("acme", "cus_ada"))
	targets := []target{
		{subject: "allow-all", url: floor + "/v1/charges?customer=cus_ada", headers: map[string]string{"authorization": "Bearer " + token}},
		{subject: "sallyport", url: "http://" + r.Addresses().Agent + "/stripe/v1/charges?customer=cus_ada", headers: map[string]string{"authorization": "Bearer " + token}},
	}
	var figures []Figure
	for _, connections := range []int{1, 32} {
		figures = append(figures, measure(b, "direct", fmt.Sprintf("GET 1 KiB, %d connections", connections), "throughput", targets, connections)...)
	}
	compare(figures, "allow-all")
	if err := table(os.Stdout, figures); err != nil {
		b.Fatal(err)
	}
	if err := write(filepath.Join(rig.Root(b), "out", "bench.jsonl"), figures); err != nil {
		b.Fatal(err)
	}
	for _, f := range figures {
		if f.Subject == "sallyport" {
			b.ReportMetric(f.Ratio, strings.ReplaceAll(f.Workload+"_"+f.Metric, " ", "_")+"_ratio")
		}
	}
}

// measure takes turns, so that a disturbance meets every subject. The figures are
// of one suite and workload; rate is what the suite calls requests a second. An
// answer that is not 200 fails.
func measure(b *testing.B, suite, workload, rate string, targets []target, connections int) []Figure {
	b.Helper()
	seen := map[string][]sample{}
	for round := range rounds + 1 {
		for _, t := range targets {
			s, err := load(b.Context(), t, connections, cmp.Or(t.sends, requests))
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
			figures = append(figures, Figure{Suite: suite, Subject: t.subject, Workload: workload, Metric: metric, Value: median(values), Unit: unit})
		}
		add(rate, "requests/s", func(s sample) float64 { return s.perSecond })
		add("p50", "us", func(s sample) float64 { return float64(s.p50.Microseconds()) })
		add("p99", "us", func(s sample) float64 { return float64(s.p99.Microseconds()) })
	}
	return figures
}

// unlimited takes the call limit away: a benchmark is more than an agent does.
func unlimited(b *testing.B, tenants string) {
	b.Helper()
	file := filepath.Join(tenants, "acme", "limits.yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(data), "max: 600", "max: 100000000", 1)), 0o600); err != nil {
		b.Fatal(err)
	}
}
