// Package shared keeps once what several tenants of a process have in common. Tenants
// are often made from one template, and what is equal in a thousand of them takes the
// memory, and the place in a processor's caches, of one.
package shared

import (
	"runtime"
	"sync"
	"weak"
)

// Things are made once for each key, and forgotten when nobody uses them any more. What
// is shared must never change. The zero Things has none; it is safe for concurrent use.
type Things[K comparable, T any] struct {
	mu   sync.Mutex
	live map[K]weak.Pointer[T]
}

// Get returns the thing of a key; the first who asks makes it. One that could not be
// made is nobody's: the next who asks tries again.
func (s *Things[K, T]) Get(key K, build func() (*T, error)) (*T, error) {
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
		s.live = map[K]weak.Pointer[T]{}
	}
	s.live[key] = weak.Make(made)
	runtime.AddCleanup(made, s.forget, key)
	return made, nil
}

// Known reports whether somebody uses the thing of a key, or did a moment ago.
func (s *Things[K, T]) Known(key K) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.live[key]
	return ok
}

// forget lets a key go, unless somebody has made its thing anew since.
func (s *Things[K, T]) forget(key K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live[key].Value() == nil {
		delete(s.live, key)
	}
}
