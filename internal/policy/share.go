package policy

import (
	"runtime"
	"sync"
	"weak"
)

// shared makes equal things once for all tenants of the process, and forgets
// them when no policy uses them any more.
type shared[T any] struct {
	mu   sync.Mutex
	live map[string]weak.Pointer[T]
}

// get returns the thing of a key; the first who asks builds it.
func (s *shared[T]) get(key string, build func() (*T, error)) (*T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.live[key].Value(); found != nil {
		return found, nil
	}
	made, err := build()
	if err != nil {
		return nil, err
	}
	if s.live == nil {
		s.live = map[string]weak.Pointer[T]{}
	}
	s.live[key] = weak.Make(made)
	runtime.AddCleanup(made, s.forget, key)
	return made, nil
}

// forget lets a key go, unless somebody has made its thing anew since.
func (s *shared[T]) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live[key].Value() == nil {
		delete(s.live, key)
	}
}
