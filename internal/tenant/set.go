package tenant

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/sallyport/sallyport/internal/action"
)

// Set holds the live tenants of a process. Reading is one atomic load.
type Set struct {
	writers sync.Mutex
	live    atomic.Pointer[map[string]*Tenant]
}

// NewSet returns an empty Set.
func NewSet() *Set {
	s := &Set{}
	s.live.Store(&map[string]*Tenant{})
	return s
}

// Get returns a live tenant. What it returns stays valid and unchanged.
func (s *Set) Get(name string) (*Tenant, bool) {
	t, ok := (*s.live.Load())[name]
	return t, ok
}

// All returns the live tenants by name. The map must not be changed.
func (s *Set) All() map[string]*Tenant { return *s.live.Load() }

// Update puts tenants live and takes away those named in gone, at once.
func (s *Set) Update(live []*Tenant, gone []string) {
	s.writers.Lock()
	defer s.writers.Unlock()
	next := maps.Clone(*s.live.Load())
	for _, t := range live {
		next[t.Name] = t
	}
	for _, name := range gone {
		delete(next, name)
	}
	s.live.Store(&next)
}

func isEffect(a *action.Action) bool { return a.Effect }
