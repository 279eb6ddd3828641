package token

import (
	"encoding/binary"
	"testing"
)

func TestCacheIsBoundedAndKeepsWhatIsAsked(t *testing.T) {
	c, key := newCache(), func(i int) (k [32]byte) {
		binary.BigEndian.PutUint64(k[:], uint64(i))
		return k
	}
	c.put(key(0), Identity{Tenant: "asked"})
	for i := 1; i <= 5*maxSeen; i++ {
		c.put(key(i), Identity{})
		if id, ok := c.get(key(0)); !ok || id.Tenant != "asked" {
			t.Fatalf("after %d others it was forgotten", i)
		}
	}
	if n := len(c.young) + len(c.old); n > 2*maxSeen {
		t.Errorf("%d are remembered", n)
	}
	if _, ok := c.get(key(1)); ok {
		t.Error("what nobody asks for is kept for ever")
	}
}
