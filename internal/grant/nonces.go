package grant

import (
	"sync"
	"time"
)

// Nonces remembers which orders were used. It lives in memory: what guards an
// order of a process that was restarted within the order's seconds is the
// attempt's idempotency key at the provider.
type Nonces struct {
	mu    sync.Mutex
	max   int
	until map[string]time.Time
	swept time.Time
}

const (
	sweepEvery = 5 * time.Second // how often old nonces are forgotten
	// keepFor is how long a nonce is remembered past its order's end: a clock
	// that is set back by less must not bring an order to life again.
	keepFor = time.Minute
)

// NewNonces returns a Nonces that remembers at most max at once.
func NewNonces(max int) *Nonces { return &Nonces{max: max, until: map[string]time.Time{}} }

// Use is true the first time a nonce comes, before its order's end. When too
// many are remembered, no new one is taken. It is safe for concurrent use.
func (n *Nonces) Use(nonce string, until, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.Sub(n.swept) >= sweepEvery {
		n.sweep(now)
	}
	if _, used := n.until[nonce]; used || nonce == "" || !now.Before(until) || len(n.until) >= n.max {
		return false
	}
	n.until[nonce] = until.Add(keepFor)
	return true
}

func (n *Nonces) sweep(now time.Time) {
	n.swept = now
	for nonce, until := range n.until {
		if !now.Before(until) {
			delete(n.until, nonce)
		}
	}
}
