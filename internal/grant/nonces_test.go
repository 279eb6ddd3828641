package grant

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestNoncesAreUsedOnce(t *testing.T) {
	n := NewNonces(1000)
	var taken atomic.Int64
	var group sync.WaitGroup
	for range 16 {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range 100 {
				if n.Use(strconv.Itoa(i), now.Add(time.Second), now) {
					taken.Add(1)
				}
			}
		}()
	}
	group.Wait()
	if taken.Load() != 100 {
		t.Errorf("%d uses of 100 nonces", taken.Load())
	}
}

func TestNoncesOverTime(t *testing.T) {
	n := NewNonces(2)
	at := func(seconds int) time.Time { return now.Add(time.Duration(seconds) * time.Second) }
	for _, step := range []struct {
		name       string
		nonce      string
		until, now int
		want       bool
	}{
		{"the first", "a", 10, 0, true},
		{"again", "a", 10, 1, false},
		{"an order that is over", "b", 1, 1, false},
		{"no nonce", "", 10, 1, false},
		{"the second", "c", 10, 1, true},
		{"full", "d", 20, 2, false},
		{"full still, though the orders are over", "d", 30, 20, false},
		{"the clock was set back", "a", 10, 5, false},
		{"forgotten", "d", 90, 75, true},
	} {
		if got := n.Use(step.nonce, at(step.until), at(step.now)); got != step.want {
			t.Errorf("%s: got %v", step.name, got)
		}
	}
}
