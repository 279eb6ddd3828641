package token

import (
	"sync"
	"sync/atomic"
)

// maxSeen is how many tokens of one tenant are remembered.
const maxSeen = 2048

// cache remembers verified tokens by the hash of all their bytes, for each
// tenant as many as maxSeen: one that makes tokens without end forgets its own
// and nobody else's. Only tokens with a good signature get in, so strangers
// cannot push others out. Expiry, revocation and keys are not its business.
type cache struct {
	mu      sync.RWMutex
	all     map[[32]byte]*seen
	tenants map[string]*turn
}

// seen is one token, and whether what verified it is still there.
type seen struct {
	id    Identity
	good  func() bool
	asked atomic.Bool // since the hand passed by
}

// turn is one tenant's tokens and the hand that looks for one to forget.
type turn struct {
	keys [][32]byte
	hand int
}

func newCache() *cache { return &cache{all: map[[32]byte]*seen{}, tenants: map[string]*turn{}} }

func (c *cache) get(key [32]byte) (*seen, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	s, ok := c.all[key]
	if ok && !s.asked.Load() {
		s.asked.Store(true)
	}
	return s, ok
}

// put remembers a token in place of one that nobody asked for lately.
func (c *cache) put(key [32]byte, s *seen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, known := c.all[key]
	c.all[key] = s
	if known {
		return
	}
	t := c.tenants[s.id.Tenant]
	if t == nil {
		t = &turn{}
		c.tenants[s.id.Tenant] = t
	}
	if len(t.keys) < maxSeen {
		t.keys = append(t.keys, key)
		return
	}
	for {
		at := t.hand
		t.hand = (t.hand + 1) % maxSeen
		old := c.all[t.keys[at]]
		if old != nil && old.asked.Swap(false) {
			continue
		}
		delete(c.all, t.keys[at])
		t.keys[at] = key
		return
	}
}
