package tenant

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/token/access"
)

// Set holds the live tenants of a process. Reading is one atomic load.
type Set struct {
	writers sync.Mutex
	live    atomic.Pointer[map[string]*Tenant]
	issuers atomic.Pointer[map[registration]*Tenant]
}

// NewSet returns an empty Set.
func NewSet() *Set {
	s := &Set{}
	s.live.Store(&map[string]*Tenant{})
	s.issuers.Store(&map[registration]*Tenant{})
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
	issuers := map[registration]*Tenant{}
	for _, t := range next {
		for reg := range t.registrations() {
			owner := t
			if _, twice := issuers[reg]; twice {
				owner = nil // no Follower lets this be; whose it is must not be a guess
			}
			issuers[reg] = owner
		}
	}
	s.live.Store(&next)
	s.issuers.Store(&issuers)
}

// Issuer returns the tenant that registered another issuer with an audience, and
// the registration.
func (s *Set) Issuer(issuer, audience string) (tenant string, i *access.Issuer, ok bool) {
	t := (*s.issuers.Load())[registration{issuer, audience}]
	if t == nil {
		return "", nil, false
	}
	for i := range t.Access.Issuers {
		if one := &t.Access.Issuers[i]; one.Issuer == issuer && one.Audience == audience {
			return t.Name, one, true
		}
	}
	return "", nil, false
}

// Issuers are all registrations.
func (s *Set) Issuers() []*access.Issuer {
	var out []*access.Issuer
	for r := range *s.issuers.Load() {
		if _, i, ok := s.Issuer(r.issuer, r.audience); ok {
			out = append(out, i)
		}
	}
	return out
}

func isEffect(a *action.Action) bool { return a.Effect }
