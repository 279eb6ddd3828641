package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/rig"
)

// TestMain is also the process of a small subject.
func TestMain(m *testing.M) {
	if name := os.Getenv(envSubject); name != "" {
		fmt.Fprintln(os.Stderr, serveSubject(name))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// Sizes of the suite "decide": bounded, so that a run ends by itself.
const (
	decideRounds = 5
	decideChecks = 6000 // of one subject in one round, divided by its share
	decideCalls  = 4000 // recorded
	decideAtOnce = 8

	idleFor = 4 * time.Second // several ticks of whatever a server does on its own
)

// BenchmarkDecide is the suite "decide": Sallyport's whole check next to a
// server that allows everything, stock Casbin and opa-envoy-plugin. The peers
// take part up to 100 tenants: beyond that they only get larger.
func BenchmarkDecide(b *testing.B) {
	var figures []Figure
	for _, rules := range []int{50, 1000} {
		for _, tenants := range []int{1, 100, 1000} {
			w := workload{rules, tenants}
			if w.memory() > available(b) {
				b.Logf("%v is left out: it takes %d MiB of memory", w, w.memory())
				continue
			}
			b.Run(w.String(), func(b *testing.B) {
				found := decide(b, w, decideRounds, decideChecks)
				figures = append(figures, found...)
				report(b, found)
			})
		}
	}
	if err := table(os.Stdout, figures); err != nil {
		b.Fatal(err)
	}
	if err := write(filepath.Join(rig.Root(b), "out", "bench.jsonl"), figures); err != nil {
		b.Fatal(err)
	}
}

// decide measures one workload: the subjects take turns.
func decide(tb testing.TB, w workload, rounds, checks int) []Figure {
	tb.Helper()
	sallyport, token := startSallyport(tb, w)
	subjects := []*subject{again(tb, "floor", w, 1), sallyport}
	if w.tenants <= 100 {
		subjects = append(subjects, again(tb, "casbin", w, 1+w.rules/200))
		if opa := startOPA(tb, w); opa != nil {
			subjects = append(subjects, opa)
		}
	}
	calls := w.calls(decideCalls)
	spelled := map[spelling][]recorded{rawHeaders: record(calls, rawHeaders, token), headerMap: record(calls, headerMap, token)}
	seen := map[string][]measured{}
	for round := range rounds + 1 {
		for _, s := range subjects {
			n, all := checks/s.share, spelled[s.spelling]
			if round == 0 {
				n = len(all) // every recorded call once, which warms up too
			}
			m, err := s.measure(tb, all, round*n, n)
			if err != nil {
				tb.Fatalf("%s: %v\n%s", s.name, err, s.output)
			}
			if m.wrong > 0 && s.name != "floor" {
				tb.Errorf("%s answered %d of %d calls wrong (%v)", s.name, m.wrong, n, m.fault)
			}
			seen[s.name] = append(seen[s.name], m)
		}
	}
	return append(summarize(w.String(), subjects, seen), idle(tb, w.String(), subjects)...)
}

// idle is what the subjects use while nobody asks them, which is part of every
// other figure.
func idle(tb testing.TB, workload string, subjects []*subject) []Figure {
	tb.Helper()
	used := func(s *subject) float64 {
		seconds, err := s.cpu()
		if err != nil {
			tb.Fatal(err)
		}
		return seconds
	}
	before := map[string]float64{}
	for _, s := range subjects {
		before[s.name] = used(s)
	}
	<-time.After(idleFor)
	var figures []Figure
	for _, s := range subjects {
		figures = append(figures, Figure{
			Suite: "decide", Subject: s.name, Workload: workload, Metric: "idle_cpu",
			Value: (used(s) - before[s.name]) / idleFor.Seconds() * 1000, Unit: "ms/s",
		})
	}
	return figures
}

// measured is one round of one subject.
type measured struct {
	checkSample
	cpu, resident float64
	n             int
}

func (s *subject) measure(tb testing.TB, all []recorded, from, n int) (measured, error) {
	before, err := s.cpu()
	if err != nil {
		return measured{}, err
	}
	m := measured{checkSample: check(tb.Context(), s.client, all, decideAtOnce, from, n), n: n}
	after, err := s.cpu()
	if err != nil {
		return measured{}, err
	}
	m.cpu = (after - before) * 100_000 / float64(n)
	m.resident, err = s.resident()
	return m, err
}

// summarize takes medians of all rounds but the first, and counts wrong answers
// in all of them.
func summarize(workload string, subjects []*subject, seen map[string][]measured) []Figure {
	var figures, wrongs []Figure
	for _, s := range subjects {
		wrong := 0
		for _, m := range seen[s.name] {
			wrong += m.wrong
		}
		rounds := seen[s.name][1:]
		add := func(metric, unit string, of func(measured) float64) {
			var values []float64
			for _, m := range rounds {
				values = append(values, of(m))
			}
			figures = append(figures, Figure{Suite: "decide", Subject: s.name, Workload: workload, Metric: metric, Value: median(values), Unit: unit})
		}
		add("cpu_s_per_100k", "s", func(m measured) float64 { return m.cpu })
		add("p50", "us", func(m measured) float64 { return float64(m.p50.Microseconds()) })
		add("p99", "us", func(m measured) float64 { return float64(m.p99.Microseconds()) })
		add("rps", "checks/s", func(m measured) float64 { return m.perSecond })
		add("rss", "MiB", func(m measured) float64 { return m.resident })
		wrongs = append(wrongs, Figure{Suite: "decide", Subject: s.name, Workload: workload, Metric: "wrong", Value: float64(wrong), Unit: "answers"})
	}
	compare(figures, "floor")
	for _, peer := range []string{"casbin", "opa-envoy"} {
		figures = append(figures, against(figures, "sallyport", peer, "cpu_s_per_100k")...)
	}
	return slices.Concat(figures, wrongs)
}

// against is one more line of a subject, with the ratio to another one.
func against(figures []Figure, subject, to, metric string) []Figure {
	var own, base *Figure
	for i := range figures {
		switch f := &figures[i]; {
		case f.Metric != metric || f.RatioTo == to:
		case f.Subject == subject:
			own = f
		case f.Subject == to:
			base = f
		}
	}
	if own == nil || base == nil || base.Value == 0 {
		return nil
	}
	line := *own
	line.RatioTo, line.Ratio = to, own.Value/base.Value
	return []Figure{line}
}

func report(b *testing.B, figures []Figure) {
	b.Helper()
	for _, f := range figures {
		if f.Subject == "sallyport" && f.Metric == "cpu_s_per_100k" {
			b.ReportMetric(f.Ratio, strings.ReplaceAll("cpu_to_"+f.RatioTo, "-", "_"))
		}
	}
}

// Every subject that is measured knows the right answers.
func TestSubjectsAnswerRight(t *testing.T) {
	for _, f := range decide(t, workload{rules: 50, tenants: 2}, 1, 400) {
		if f.Metric != "wrong" {
			continue
		}
		if wrong := f.Value > 0; wrong != (f.Subject == "floor") {
			t.Errorf("%s gave %.0f wrong answers", f.Subject, f.Value)
		}
	}
}

// A figure has one line for each subject it is compared with.
func TestOneLineForEachRatio(t *testing.T) {
	figure := func(subject string, value float64) Figure {
		return Figure{Subject: subject, Workload: "w", Metric: "m", Value: value}
	}
	figures := []Figure{figure("floor", 2), figure("sallyport", 3), figure("casbin", 12)}
	compare(figures, "floor")
	for name, c := range map[string]struct {
		to   string
		want []Figure
	}{
		"a peer that was measured": {"casbin", []Figure{{Subject: "sallyport", Workload: "w", Metric: "m", Value: 3, Ratio: 0.25, RatioTo: "casbin"}}},
		"a peer that was left out": {"opa-envoy", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, against(figures, "sallyport", c.to, "m")); diff != "" {
				t.Error(diff)
			}
		})
	}
	if figures[1].Ratio != 1.5 || figures[1].RatioTo != "floor" {
		t.Errorf("got %+v", figures[1])
	}
}
