package execute

import (
	"slices"
	"sync"
)

// Waiters are the agents that are connected to an intent, so that an outcome is
// known to have been handed to one, and one of them hears how it comes about.
type Waiters struct {
	mu  sync.Mutex
	all map[string][]*waiter
}

type waiter struct{ listener Listener }

// NewWaiters returns an empty Waiters.
func NewWaiters() *Waiters { return &Waiters{all: map[string][]*waiter{}} }

// Join counts one waiter until the returned function is called the first time.
// The listener may be nil.
func (w *Waiters) Join(intent string, l Listener) (leave func()) {
	one := &waiter{l}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all[intent] = append(w.all[intent], one)
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		left := slices.DeleteFunc(w.all[intent], func(o *waiter) bool { return o == one })
		if w.all[intent] = left; len(left) == 0 {
			delete(w.all, intent)
		}
	})
}

// Any says whether somebody waits.
func (w *Waiters) Any(intent string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.all[intent]) > 0
}

// Listener is whoever of them came last and listens; nil for none.
func (w *Waiters) Listener(intent string) Listener {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range slices.Backward(w.all[intent]) {
		if one.listener != nil {
			return one.listener
		}
	}
	return nil
}
