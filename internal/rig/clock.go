package rig

import (
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// pace is how often the clock catches up with real time.
const pace = 5 * time.Millisecond

// Clock runs as real time does, and can be moved forward. Timers and tickers of
// the gateway fire for both.
type Clock struct {
	*clockwork.FakeClock
	stop chan struct{}
	done sync.WaitGroup
}

// NewClock starts at the real time, in whole microseconds.
func NewClock() *Clock {
	c := &Clock{FakeClock: clockwork.NewFakeClockAt(time.Now().Truncate(time.Microsecond)), stop: make(chan struct{})}
	c.done.Add(1)
	go c.follow()
	return c
}

func (c *Clock) follow() {
	defer c.done.Done()
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-c.stop:
			return
		case now := <-ticker.C:
			c.Advance(now.Sub(last).Truncate(time.Microsecond))
			last = last.Add(now.Sub(last).Truncate(time.Microsecond))
		}
	}
}

// Close stops the clock.
func (c *Clock) Close() {
	close(c.stop)
	c.done.Wait()
}
