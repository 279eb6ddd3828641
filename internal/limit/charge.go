package limit

import "time"

// Charge is one counter a call must pay before it is let through.
type Charge struct {
	Tenant string // whose share of the counters it takes
	Limit  string // the limit's name in limits.yaml, for the answer
	Key    string // the counter: tenant, limit and the values it is counted per
	Cost   int64
	Max    int64
	Window Window
}

// Exceeded names the charge that did not fit.
type Exceeded struct {
	Charge  Charge
	RetryAt time.Time // the start of the next window
}
