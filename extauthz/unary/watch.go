package unary

import (
	"sync/atomic"
	"time"
)

// slow is how long a handler may run before others of its connection are read and
// answered beside it: many times what a check takes. At most twice as long passes.
const slow = time.Millisecond

// maxSlow is how many slow handlers a connection has; behind more of them calls wait.
const maxSlow = 64

// watch sees a handler that is slow. What is not slow costs two changes of a number:
// to hand every call to a goroutine of its own would cost more than a call does.
type watch struct {
	turn    atomic.Uint64 // of handlers; odd while one runs
	looking atomic.Bool   // the timer runs
	timer   *time.Timer
	looked  uint64 // the turn that the timer saw last
}

func (w *watch) begin() (turn uint64) {
	turn = w.turn.Add(1)
	if !w.looking.Load() && w.looking.CompareAndSwap(false, true) {
		w.timer.Reset(slow)
	}
	return turn
}

// end is false when the handler was left behind.
func (w *watch) end(turn uint64) bool { return w.turn.CompareAndSwap(turn, turn+1) }

// look leaves a handler behind that has run since the last look. It looks again for as
// long as there are calls.
func (c *connection) look() {
	w := &c.watch
	turn := w.turn.Load()
	runs := turn%2 == 1
	switch {
	case turn != w.looked:
	case runs:
		c.leave(turn)
	default:
		w.looking.Store(false)
		if w.turn.Load() == turn || !w.looking.CompareAndSwap(false, true) {
			return // whoever begins from here on starts the timer
		}
	}
	w.looked = turn
	w.timer.Reset(slow)
}

// leave lets another reader take over from one whose handler is slow. That one keeps
// what it reads and writes in, and sends its answer when it has it.
func (c *connection) leave(turn uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.slow >= maxSlow || !c.watch.end(turn) {
		return
	}
	c.slow++
	s := c.ready
	s.begun = time.Now().Add(-slow)
	c.streams[s.id] = s
	c.server.running.Add(1) // the reader that is left behind still counts: it waits for c.mu
	go newReader(c).run()
}
