package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// checkFor bounds one check.
const checkFor = 2 * time.Second

// Check is nil when a part of the process does its work. It must return when
// its context ends, and its error must hold no secret.
type Check func(context.Context) error

// Health answers GET requests with what the named checks say, as JSON: 200 and
// {"healthy":true,"checks":{"ledger":"ok"}}, or 503 with "healthy":false and the
// error in place of "ok". It is an http.Handler and safe for concurrent use.
type Health struct {
	mu     sync.Mutex
	checks map[string]Check
}

// NewHealth returns a Health without checks: it is healthy.
func NewHealth() *Health { return &Health{checks: map[string]Check{}} }

// Add names a check; a name that is taken gets the new one.
func (h *Health) Add(name string, check Check) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checks[name] = check
}

type healthReport struct {
	Healthy bool              `json:"healthy"`
	Checks  map[string]string `json:"checks"`
}

// ServeHTTP runs all checks at once, at most two seconds.
func (h *Health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("allow", "GET, HEAD")
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	report := h.run(r.Context())
	w.Header().Set("content-type", "application/json")
	w.Header().Set("cache-control", "no-store")
	if !report.Healthy {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(report)
}

func (h *Health) run(ctx context.Context) healthReport {
	ctx, cancel := context.WithTimeout(ctx, checkFor)
	defer cancel()
	type result struct {
		name string
		err  error
	}
	h.mu.Lock()
	results := make(chan result, len(h.checks))
	for name, check := range h.checks {
		go func() { results <- result{name, guarded(ctx, check)} }()
	}
	count := len(h.checks)
	h.mu.Unlock()
	report := healthReport{Healthy: true, Checks: map[string]string{}}
	for range count {
		got := <-results
		report.Checks[got.name] = "ok"
		if got.err != nil {
			report.Healthy, report.Checks[got.name] = false, got.err.Error()
		}
	}
	return report
}

// guarded turns a panic into an error: asking for health must not end it.
func guarded(ctx context.Context, check Check) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the check panicked: %v", p)
		}
	}()
	return check(ctx)
}
