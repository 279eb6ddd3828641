package bench

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/wire"
)

// maskAtOnce are the connections of the suite "mask", and maskBytes what is
// masked in one round when only the speed is measured.
const (
	maskAtOnce = 8
	maskBytes  = 16 << 20
	maskWithin = time.Minute // ends a hang
)

// BenchmarkMask is the suite "mask": what the filter costs in the real Envoy next
// to none and to one that does nothing, how fast it masks, and what it leaves of
// the rate of the whole chain.
func BenchmarkMask(b *testing.B) {
	tool := maskTool(b)
	proxy := startMaskProxy(b, tool)
	var figures []Figure
	b.Run("speed", func(b *testing.B) { figures = append(figures, maskSpeed(b, proxy)...) })
	b.Run("filter", func(b *testing.B) { figures = append(figures, filterCost(b, proxy)...) })
	b.Run("chain", func(b *testing.B) { figures = append(figures, maskedChain(b, tool)...) })
	if err := table(os.Stdout, figures); err != nil {
		b.Fatal(err)
	}
	if err := write(filepath.Join(rig.Root(b), "out", "bench.jsonl"), figures); err != nil {
		b.Fatal(err)
	}
}

// inSession is what Envoy takes for the check's word: values become surrogates, and no
// marks, and the tool's credential is looked for.
var inSession = map[string]string{"x-scope": wire.MaskSecrets(
	surrogate.Scope{Key: surrogate.Key{Version: 1, Bytes: [32]byte{1}}, Tool: "zendesk"}.Header(), "Bearer 0123456789abcdef0123456789abcdef01234567")}

// filtered are the subjects of filterCost.
var filtered = []string{unfiltered, noop, copying, sallyport}

// filterCost measures Envoy's CPU a request and its p50 with and without filters.
func filterCost(b *testing.B, p *maskProxy) []Figure {
	b.Helper()
	var figures []Figure
	for _, name := range sortedKeys(bodies()) {
		n := requests / 2
		if strings.HasPrefix(name, "100KiB") {
			n /= 5
		}
		used, took := map[string][]float64{}, map[string][]float64{}
		var over []float64
		for round := range rounds + 1 {
			last := map[string]float64{}
			for _, subject := range filtered {
				var s sample
				var err error
				cpu := p.cpu(b, func() {
					s, err = load(b.Context(), target{subject: subject, url: p.urls[subject] + "?body=" + name, headers: inSession}, maskAtOnce, n)
				})
				if err != nil {
					b.Fatal(err)
				}
				last[subject] = float64(cpu.Nanoseconds()) / 1000 / float64(n)
				if round > 0 { // the first one warms up
					used[subject] = append(used[subject], last[subject])
					took[subject] = append(took[subject], float64(s.p50.Microseconds()))
				}
			}
			if round > 0 {
				over = append(over, last[sallyport]-last[noop])
			}
		}
		var found []Figure
		for _, subject := range filtered {
			found = append(found,
				Figure{Suite: "mask", Subject: subject, Workload: name, Metric: "envoy_cpu_us", Value: median(used[subject]), Unit: "us"},
				Figure{Suite: "mask", Subject: subject, Workload: name, Metric: "p50", Value: median(took[subject]), Unit: "us"})
		}
		compare(found, noop)
		figures = append(figures, append(found, Figure{
			Suite: "mask", Subject: sallyport, Workload: name, Metric: "envoy_cpu_us_over_noop", Value: median(over), Unit: "us", Ratio: 1, RatioTo: sallyport,
		})...)
	}
	return figures
}

// maskSpeed measures how fast bodies are masked, natively and in Envoy's V8.
func maskSpeed(b *testing.B, p *maskProxy) []Figure {
	b.Helper()
	var figures []Figure
	for _, name := range sortedKeys(masked()) {
		body := masked()[name]
		times := maskBytes / len(body)
		var native, inside []float64
		for round := range rounds + 1 {
			speed := func(took time.Duration) float64 { return float64(times*len(body)) / 1e6 / took.Seconds() }
			n := speed(threadCPU(b, func() { maskNatively(b, body, times) }))
			v := speed(p.cpu(b, func() {
				if err := once(b.Context(), &http.Client{Timeout: maskWithin}, target{subject: loop, url: fmt.Sprintf("%s?body=%s&times=%d", p.urls[loop], name, times)}); err != nil {
					b.Fatal(err)
				}
			}))
			if round > 0 {
				native, inside = append(native, n), append(inside, v)
			}
		}
		figures = append(figures,
			Figure{Suite: "mask", Subject: sallyport, Workload: name, Metric: "native_mb_s", Value: median(native), Unit: "MB/s"},
			Figure{Suite: "mask", Subject: sallyport, Workload: name, Metric: "v8_mb_s", Value: median(inside), Unit: "MB/s"})
	}
	compare(figures, sallyport)
	return figures
}

func maskNatively(b *testing.B, body []byte, times int) {
	b.Helper()
	m, policy := mask.New(surrogate.Mark{}), mask.Default()
	var out []byte
	for range times {
		var err error
		if out, _, err = m.Body(out[:0], body, "application/json", policy); err != nil {
			b.Fatal(err)
		}
	}
}

// maskedChain measures the gateway's whole chain next to the same chain without
// the mask.
func maskedChain(b *testing.B, tool string) []Figure {
	b.Helper()
	r := rig.Start(b, rig.Options{
		Prepare: func(tenants string) { unlimited(b, tenants) }, Origin: tool, Change: unlogged,
	})
	const path = "/stripe/v1/charges?customer=cus_ada"
	headers := map[string]string{"authorization": "Bearer " + r.Token(rig.Billing("acme", "cus_ada"))}
	figures := measure(b, "mask", chainBody, "rps", []target{
		{subject: unmasked, url: startUnmasked(b, r.Data) + path, headers: headers},
		{subject: sallyport, url: "http://" + r.Addresses().Agent + path, headers: headers},
	}, envoyConnections)
	compare(figures, unmasked)
	return slices.DeleteFunc(figures, func(f Figure) bool { return f.Metric != "rps" })
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
