package execute

import "sync"

// Waiters counts the agents that are connected to an intent, so that an outcome
// is known to have been handed to one.
type Waiters struct {
	mu    sync.Mutex
	count map[string]int
}

// NewWaiters returns an empty Waiters.
func NewWaiters() *Waiters { return &Waiters{count: map[string]int{}} }

// Join counts one waiter until the returned function is called the first time.
func (w *Waiters) Join(intent string) (leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count[intent]++
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.count[intent]--; w.count[intent] <= 0 {
			delete(w.count, intent)
		}
	})
}

// Any says whether somebody waits.
func (w *Waiters) Any(intent string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count[intent] > 0
}
