package grant

import (
	"sync"
	"time"
)

// Nonces remembers which orders were used until they expire by themselves.
type Nonces struct {
	mu    sync.Mutex
	max   int
	until map[string]time.Time
	swept time.Time
}

// sweepEvery is how often expired nonces are forgotten.
const sweepEvery = time.Second

// NewNonces returns a Nonces that remembers at most max at once.
func NewNonces(max int) *Nonces { return &Nonces{max: max, until: map[string]time.Time{}} }

// Use is true the first time a nonce comes, before its time is over. When too
// many are remembered, no new one is taken.
func (n *Nonces) Use(nonce string, until, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.Sub(n.swept) >= sweepEvery {
		n.sweep(now)
	}
	if _, used := n.until[nonce]; used || nonce == "" || !now.Before(until) || len(n.until) >= n.max {
		return false
	}
	n.until[nonce] = until
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
