package limit

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/quick"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
)

var noon = time.Date(2026, 3, 4, 12, 0, 30, 0, time.UTC)

func window(t *testing.T, text string) Window {
	t.Helper()
	w, err := ParseWindow(text)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWindow(t *testing.T) {
	for _, tt := range []struct{ text, at, start, end string }{
		{"1m", "2026-03-04T12:00:30Z", "2026-03-04T12:00:00Z", "2026-03-04T12:01:00Z"},
		{"1h", "2026-03-04T23:59:59Z", "2026-03-04T23:00:00Z", "2026-03-05T00:00:00Z"},
		{"day", "2026-03-05T01:00:00+02:00", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"},
		{"24h", "2026-12-31T23:59:59.999Z", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"},
	} {
		at, _ := time.Parse(time.RFC3339Nano, tt.at)
		w := window(t, tt.text)
		if s, e := w.Start(at).Format(time.RFC3339), w.End(at).Format(time.RFC3339); s != tt.start || e != tt.end {
			t.Errorf("%s at %s: %s to %s", tt.text, tt.at, s, e)
		}
	}
	for _, text := range []string{"", "0s", "7m", "25h", "500ms", "-1m", "week"} {
		if _, err := ParseWindow(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

const yaml = `
limits:
  - {name: calls, actions: ["*"], per: [agent], max: 3, window: 1m}
  - {name: refunds, actions: [stripe.refund.*], per: [args.charge], max: 1, window: day}
sums:
  charge_24h: {actions: [stripe.refund.create], by: [args.charge], window: 24h}
`

func parse(t *testing.T) *Limits {
	t.Helper()
	l, problems := Parse("limits.yaml", []byte(yaml))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return l
}

func subject(agent, action, charge string) Subject {
	return Subject{Tenant: "acme", Agent: agent, Action: action, Arg: func(string) (string, bool) { return charge, charge != "" }}
}

func TestTakeIsAllOrNothing(t *testing.T) {
	l, m := parse(t), NewMeter(MeterOptions{MaxKeys: 100})
	if _, ok := m.Take(l.Charges(subject("a", "stripe.refund.create", "ch_1")), noon); !ok {
		t.Fatal("the first refund")
	}
	exceeded, ok := m.Take(l.Charges(subject("a", "stripe.refund.create", "ch_1")), noon)
	if ok || exceeded.Charge.Limit != "refunds" || !exceeded.RetryAt.Equal(time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the second refund of one charge: %+v %v", exceeded, ok)
	}
	for range 2 { // the refused one has not paid for calls
		if _, ok := m.Take(l.Charges(subject("a", "stripe.charge.get", "")), noon); !ok {
			t.Fatal("reads")
		}
	}
	if exceeded, ok := m.Take(l.Charges(subject("a", "stripe.charge.get", "")), noon); ok || exceeded.Charge.Limit != "calls" {
		t.Errorf("the fourth call: %+v %v", exceeded, ok)
	}
	if _, ok := m.Take(l.Charges(subject("b", "stripe.charge.get", "")), noon); !ok {
		t.Error("another agent has its own counter")
	}
	if _, ok := m.Take(l.Charges(subject("a", "stripe.charge.get", "")), noon.Add(30*time.Second)); !ok {
		t.Error("the next minute is free")
	}
}

// However charges come, no window ever has more than its maximum.
func TestNeverMoreThanTheMaximum(t *testing.T) {
	law := func(costs []uint8) bool {
		m, w, total := NewMeter(MeterOptions{MaxKeys: 10}), Window{length: time.Minute}, int64(0)
		for _, c := range costs {
			pair := []Charge{{Key: "a", Cost: int64(c), Max: 1000, Window: w}, {Key: "b", Cost: 1, Max: 40, Window: w}}
			if _, ok := m.Take(pair, noon); ok {
				total += int64(c)
			}
		}
		return total == m.counters["a"].Used && total <= 1000 && m.counters["b"].Used <= 40
	}
	if err := quick.Check(law, nil); err != nil {
		t.Error(err)
	}
}

// A clock that was ahead holds nobody up until then: what it counted counts in the
// window of now.
func TestClockGoesBack(t *testing.T) {
	hour := Window{length: time.Hour}
	charge := func(limit int64) []Charge { return []Charge{{Key: "k", Cost: 1, Max: limit, Window: hour}} }
	m := NewMeter(MeterOptions{MaxKeys: 10})
	ahead := noon.Add(365 * day)
	for range 2 {
		if _, ok := m.Take(charge(2), ahead); !ok {
			t.Fatal("ahead")
		}
	}
	if exceeded, ok := m.Take(charge(2), noon); ok || !exceeded.RetryAt.Equal(hour.End(noon)) {
		t.Errorf("in the window of now it counts nothing: %v until %s", ok, exceeded.RetryAt)
	}
	if _, ok := m.Take(charge(3), noon); !ok {
		t.Error("what is left cannot be taken")
	}
	if _, ok := m.Take(charge(2), hour.End(noon)); !ok {
		t.Error("it still counts after the time that was said")
	}
	full := NewMeter(MeterOptions{MaxKeys: 1})
	full.Take(charge(2), ahead)
	for _, now := range []time.Time{noon, noon.Add(day)} { // nobody asks for that counter again
		_, ok := full.Take([]Charge{{Key: "other", Cost: 1, Max: 1, Window: hour}}, now)
		if ok != now.After(noon) {
			t.Errorf("at %s there is room: %v", now, ok)
		}
	}
}

func TestTakeTogether(t *testing.T) {
	m, w := NewMeter(MeterOptions{MaxKeys: 10}), Window{length: time.Hour}
	var taken atomic.Int64
	var group sync.WaitGroup
	for range 50 {
		group.Add(1)
		go func() {
			defer group.Done()
			for range 10 {
				if _, ok := m.Take([]Charge{{Key: "k", Cost: 1, Max: 123, Window: w}}, noon); ok {
					taken.Add(1)
				}
			}
		}()
	}
	group.Wait()
	if taken.Load() != 123 {
		t.Errorf("%d of 123", taken.Load())
	}
}

func TestFullMeterRefusesNewKeys(t *testing.T) {
	m, w := NewMeter(MeterOptions{MaxKeys: 1}), Window{length: time.Minute}
	charge := func(key string) []Charge { return []Charge{{Key: key, Cost: 1, Max: 9, Window: w}} }
	m.Take(charge("a"), noon)
	if _, ok := m.Take(charge("b"), noon); ok {
		t.Error("a counter that cannot be kept must refuse")
	}
	if _, ok := m.Take(charge("b"), noon.Add(time.Minute)); !ok {
		t.Error("counters that are over must make room")
	}
}

// One tenant's many counters leave room for another's, and refused calls leave
// none behind.
func TestATenantHasAShare(t *testing.T) {
	m, w := NewMeter(MeterOptions{MaxKeys: 10, MaxPerTenant: 2}), Window{length: time.Minute}
	charge := func(tenant, key string, limit int64) Charge {
		return Charge{Tenant: tenant, Key: tenant + key, Cost: 1, Max: limit, Window: w}
	}
	for i, tt := range []struct {
		charges []Charge
		want    bool
	}{
		{[]Charge{charge("acme", "1", 9), charge("acme", "2", 0)}, false},
		{[]Charge{charge("acme", "3", 9), charge("acme", "4", 9)}, true},
		{[]Charge{charge("acme", "5", 9)}, false},
		{[]Charge{charge("acme", "3", 9)}, true},
		{[]Charge{charge("globex", "1", 9)}, true},
	} {
		if _, ok := m.Take(tt.charges, noon); ok != tt.want {
			t.Errorf("%d: %v", i, ok)
		}
	}
	if _, ok := m.Take([]Charge{charge("acme", "5", 9)}, noon.Add(time.Minute)); !ok {
		t.Error("what is over does not count")
	}
	if diff := cmp.Diff(map[string]int{"acme": 1}, m.held); diff != "" {
		t.Error(diff)
	}
}

func TestDamagedFileIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "null": "null", "cut": `{"a":{"used":1`, "negative": `{"a":{"used":-5,"end":"2026-03-05T00:00:00Z"}}`, "no end": `{"a":{"used":1}}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "limits.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := NewMeter(MeterOptions{MaxKeys: 1}).Load(path, noon); err == nil {
				t.Error("taken")
			}
		})
	}
}

// A save that failed is made good by the next, without another call.
func TestKeepTriesAgain(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "late")
	path := filepath.Join(folder, "limits.json")
	m := NewMeter(MeterOptions{MaxKeys: 10})
	m.Take([]Charge{{Key: "k", Cost: 1, Max: 1, Window: Window{length: day}}}, noon)
	if err := m.save(path); err == nil {
		t.Fatal("saved into a folder that is not there")
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := m.save(path); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 || files[0].Name() != "limits.json" {
		t.Errorf("%v %v", files, err)
	}
}

func TestRestartKeepsTheDay(t *testing.T) {
	path, clock := filepath.Join(t.TempDir(), "limits.json"), clockwork.NewFakeClockAt(noon)
	first := NewMeter(MeterOptions{MaxKeys: 10})
	charge := []Charge{{Key: "k", Cost: 1, Max: 1, Window: Window{length: day}}}
	first.Take(charge, noon)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := first.Keep(ctx, path, clock); err != nil {
		t.Fatal(err)
	}
	second := NewMeter(MeterOptions{MaxKeys: 10})
	if err := second.Load(path, noon); err != nil {
		t.Fatal(err)
	}
	if _, ok := second.Take(charge, noon); ok {
		t.Error("the day began anew")
	}
}

func TestParseListsEveryMistake(t *testing.T) {
	_, problems := Parse("limits.yaml", []byte(`
limits:
  - {name: Calls, actions: [], per: [colour], max: 0, window: 7m}
sums:
  s: {actions: ["Stripe.*"], by: [charge], window: 5s}
`))
	want := []string{
		"limits.yaml: limits[0].name: must be a-z, 0-9 and '_', beginning with a letter (got Calls)",
		`limits.yaml: limits[0].actions: must name at least one action, or "*"`,
		"limits.yaml: limits[0].per[0]: must be agent, session, tool, action or args.NAME (got colour)",
		"limits.yaml: limits[0].max: must be at least 1 (got 0)",
		"limits.yaml: limits[0].window: must be a length that divides a day, like 1m, 1h or day (got 7m)",
		`limits.yaml: sums.s.actions[0]: must be an action, a pattern like stripe.*, or "*" (got Stripe.*)`,
		"limits.yaml: sums.s.by[0]: must be agent, session, customer, tool, action, args.NAME or facts.FACT.FIELD (got charge)",
		"limits.yaml: sums.s.window: must be hour, day or month of the calendar, or a rolling length from 1m to 744h (got 5s)",
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSumKeys(t *testing.T) {
	s := parse(t).Sums()[0]
	value := func(text string) func(string) (string, bool) {
		return func(string) (string, bool) { return text, text != "" }
	}
	a, err := s.Key("acme", value("ch_1"))
	b, err2 := s.Key("acm", value("ech_1"))
	if err != nil || err2 != nil || a == b {
		t.Errorf("%q %q %v %v", a, b, err, err2)
	}
	if _, err := s.Key("acme", value("")); err == nil {
		t.Error("a call that cannot be counted must be an error")
	}
	if !s.Applies("stripe.refund.create") || s.Applies("stripe.refund.get") {
		t.Error("Applies")
	}
}

func BenchmarkTake(b *testing.B) {
	m, w := NewMeter(MeterOptions{MaxKeys: 1 << 20}), Window{length: time.Minute}
	charges := []Charge{{Key: "4:acme5:calls", Cost: 1, Max: 1 << 60, Window: w}}
	for b.Loop() {
		m.Take(charges, noon)
	}
}
