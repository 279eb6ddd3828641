package testkit

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// Metric is what a counter or a gauge says, summed over its labels; one that is
// not there fails the test.
func Metric(tb testing.TB, gatherer prometheus.Gatherer, name string) float64 {
	tb.Helper()
	families, err := gatherer.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		var sum float64
		for _, m := range family.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
		return sum
	}
	tb.Fatalf("there is no metric %s", name)
	return 0
}
