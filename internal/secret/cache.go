package secret

import (
	"maps"
	"sync/atomic"
)

// Cache holds secrets in memory. Lookup never blocks.
type Cache struct {
	all atomic.Pointer[map[Name]Value]
}

// NewCache returns an empty Cache.
func NewCache() *Cache {
	c := &Cache{}
	c.all.Store(&map[Name]Value{})
	return c
}

// Lookup returns a tenant's secret.
func (c *Cache) Lookup(tenant, name string) (Value, bool) {
	v, ok := (*c.all.Load())[Name{tenant, name}]
	return v, ok
}

// Swap replaces everything at once.
func (c *Cache) Swap(all map[Name]Value) {
	next := maps.Clone(all)
	c.all.Store(&next)
}
