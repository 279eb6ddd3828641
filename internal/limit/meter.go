package limit

import (
	"sync"
	"time"
)

// MeterOptions bound a Meter.
type MeterOptions struct {
	MaxKeys int // counters kept at once
	// MaxPerTenant is one tenant's share of them, so that nobody can use up the
	// counters of everybody; 0 means a sixteenth, and at least 64.
	MaxPerTenant int
}

// Meter counts in memory. It is safe for concurrent use.
type Meter struct {
	mu       sync.Mutex
	max      int
	share    int
	counters map[string]counter
	held     map[string]int // counters by tenant
	swept    time.Time
	changed  bool
}

// counter is one window of one key.
type counter struct {
	Tenant string    `json:"tenant"`
	Used   int64     `json:"used"`
	End    time.Time `json:"end"`
}

// sweepEvery is how often counters whose window is over are forgotten.
const sweepEvery = 10 * time.Second

// NewMeter returns an empty Meter.
func NewMeter(o MeterOptions) *Meter {
	share := o.MaxPerTenant
	if share == 0 {
		share = max(o.MaxKeys/16, 64)
	}
	return &Meter{max: o.MaxKeys, share: share, counters: map[string]counter{}, held: map[string]int{}}
}

// Take pays all charges, or none of them: then it returns the first that did
// not fit. Two charges of one key are paid together. When no more counters can
// be kept, a charge that needs a new one does not fit.
func (m *Meter) Take(charges []Charge, now time.Time) (Exceeded, bool) {
	if len(charges) == 0 {
		return Exceeded{}, true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if since := now.Sub(m.swept); since >= sweepEvery || since < 0 {
		m.sweep(now)
	}
	for i, c := range charges {
		current, known := m.current(c, now)
		if !m.fits(c, current, known, now) {
			m.giveBack(charges[:i])
			return Exceeded{Charge: c, RetryAt: c.Window.End(now)}, false
		}
		m.pay(c, current, known, now)
	}
	m.changed = true
	return Exceeded{}, true
}

// current is the counter of a charge. One that ends later than a window lasts is of a
// clock that was ahead: what it counted counts now.
func (m *Meter) current(c Charge, now time.Time) (counter, bool) {
	current, known := m.counters[c.Key]
	if current.End.Sub(now) > c.Window.length {
		current.End = c.Window.End(now)
		m.counters[c.Key], m.changed = current, true
	}
	return current, known
}

func (m *Meter) fits(c Charge, current counter, known bool, now time.Time) bool {
	if !known && (len(m.counters) >= m.max || m.held[c.Tenant] >= m.share) {
		return false
	}
	used := current.Used
	if !now.Before(current.End) {
		used = 0
	}
	return c.Cost >= 0 && used <= c.Max-c.Cost
}

func (m *Meter) pay(c Charge, current counter, known bool, now time.Time) {
	if !known {
		m.held[c.Tenant]++
	}
	if !now.Before(current.End) {
		current = counter{Tenant: c.Tenant, End: c.Window.End(now)}
	}
	current.Used += c.Cost
	m.counters[c.Key] = current
}

// giveBack undoes what this call paid a moment ago; a refused call leaves no
// counter behind that was not there.
func (m *Meter) giveBack(charges []Charge) {
	for _, c := range charges {
		current := m.counters[c.Key]
		current.Used -= c.Cost
		m.counters[c.Key] = current
		if current.Used == 0 {
			m.forget(c.Key, current)
		}
	}
}

func (m *Meter) sweep(now time.Time) {
	m.swept = now
	for key, c := range m.counters {
		switch latest := now.Add(day); {
		case !now.Before(c.End):
			m.forget(key, c)
		case c.End.After(latest): // no window is longer: its clock was ahead
			c.End = latest
			m.counters[key], m.changed = c, true
		}
	}
}

func (m *Meter) forget(key string, c counter) {
	if _, ok := m.counters[key]; !ok {
		return
	}
	delete(m.counters, key)
	if m.held[c.Tenant]--; m.held[c.Tenant] <= 0 {
		delete(m.held, c.Tenant)
	}
}
