package token

import "sync"

// maxSeen bounds each half of the cache.
const maxSeen = 4096

// cache remembers verified tokens by their hash, in two generations: when the
// young one is full it becomes the old one, and what nobody asked for is
// forgotten. Only tokens with a good signature get in, so strangers cannot push
// others out. Expiry and revocation are not its business.
type cache struct {
	mu         sync.RWMutex
	young, old map[[32]byte]Identity
}

func newCache() *cache { return &cache{young: map[[32]byte]Identity{}} }

func (c *cache) get(key [32]byte) (Identity, bool) {
	c.mu.RLock()
	id, ok := c.young[key]
	if ok {
		c.mu.RUnlock()
		return id, true
	}
	id, ok = c.old[key]
	c.mu.RUnlock()
	if ok {
		c.put(key, id)
	}
	return id, ok
}

func (c *cache) put(key [32]byte, id Identity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.young) >= maxSeen {
		c.old, c.young = c.young, make(map[[32]byte]Identity, maxSeen)
	}
	c.young[key] = id
}
