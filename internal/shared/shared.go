// Package shared keeps once what several tenants of a process have in common. Tenants
// are often made from one template, and what is equal in a thousand of them takes the
// memory, and the place in a processor's caches, of one.
package shared

import (
	"runtime"
	"sync"
	"weak"
)

// Things are kept once for each key, and forgotten when nobody uses them any more. A key
// has in it all that its thing is made of, and what is shared must never change. The zero
// Things has none; it is safe for concurrent use.
type Things[K comparable, T any] struct {
	mu   sync.Mutex
	live map[K]weak.Pointer[T]
}

// Get returns the thing of a key; who asks for one that is not there makes it. One that
// could not be made is nobody's: the next who asks tries again. Nothing is locked while
// build works, which for a large policy takes seconds.
func (s *Things[K, T]) Get(key K, build func() (*T, error)) (*T, error) {
	if found := s.find(key); found != nil {
		return found, nil
	}
	made, err := build()
	if err != nil {
		return nil, err
	}
	return s.keep(key, made), nil
}

func (s *Things[K, T]) find(key K) *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live[key].Value()
}

// keep keeps a thing, unless somebody else was first: then theirs is the one.
func (s *Things[K, T]) keep(key K, made *T) *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.live[key].Value(); found != nil {
		return found
	}
	if s.live == nil {
		s.live = map[K]weak.Pointer[T]{}
	}
	s.live[key] = weak.Make(made)
	runtime.AddCleanup(made, s.forget, key)
	return made
}

// forget lets a key go, unless somebody has made its thing anew since.
func (s *Things[K, T]) forget(key K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live[key].Value() == nil {
		delete(s.live, key)
	}
}
