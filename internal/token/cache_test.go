package token

import (
	"encoding/binary"
	"testing"
)

func TestCacheIsBoundedATenantAndKeepsWhatIsAsked(t *testing.T) {
	c, key := newCache(), func(i int) (k [32]byte) {
		binary.BigEndian.PutUint64(k[:], uint64(i))
		return k
	}
	c.put(key(0), &seen{id: Identity{Tenant: "acme", Agent: "asked"}})
	c.put(key(1), &seen{id: Identity{Tenant: "globex"}}) // which is never asked for
	for i := 2; i <= 5*maxSeen; i++ {
		c.put(key(i), &seen{id: Identity{Tenant: "acme"}})
		if s, ok := c.get(key(0)); !ok || s.id.Agent != "asked" {
			t.Fatalf("after %d others it was forgotten", i)
		}
	}
	if n := len(c.all); n != maxSeen+1 {
		t.Errorf("%d are remembered", n)
	}
	if _, ok := c.get(key(2)); ok {
		t.Error("what nobody asks for is kept for ever")
	}
	if _, ok := c.get(key(1)); !ok {
		t.Error("one tenant's tokens pushed out another's")
	}
}
