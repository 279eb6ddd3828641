package shared

import (
	"errors"
	"runtime"
	"strconv"
	"sync"
	"testing"
)

type thing struct{ text string }

// known says that somebody uses the thing of a key, or did a moment ago.
func (s *Things[K, T]) known(key K) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.live[key]
	return ok
}

func TestEqualThingsAreOne(t *testing.T) {
	var things Things[string, thing]
	made := 0
	get := func(key string) *thing {
		found, err := things.Get(key, func() (*thing, error) { made++; return &thing{key}, nil })
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	a, b, c := get("a"), get("a"), get("c")
	if a != b || a == c || made != 2 || a.text != "a" || c.text != "c" {
		t.Errorf("%v %v %v, %d were made", a, b, c, made)
	}
	runtime.KeepAlive(a)
	runtime.KeepAlive(c)
}

func TestWhatNobodyUsesIsForgotten(t *testing.T) {
	var things Things[string, thing]
	build := func() (*thing, error) { return &thing{"a"}, nil }
	a, _ := things.Get("a", build)
	if !things.known("a") {
		t.Error("it is not known")
	}
	runtime.KeepAlive(a)
	for range 1000 {
		if runtime.GC(); !things.known("a") {
			return
		}
	}
	t.Error("what nobody uses is kept")
}

// A thing made anew before the end of the first one was heard of stays.
func TestForgetsOnlyWhatIsGone(t *testing.T) {
	var things Things[string, thing]
	a, _ := things.Get("a", func() (*thing, error) { return &thing{"a"}, nil })
	if things.forget("a"); !things.known("a") {
		t.Error("it is forgotten, and is in use")
	}
	runtime.KeepAlive(a)
}

func TestFailureIsNobodys(t *testing.T) {
	var things Things[string, thing]
	broken := errors.New("broken")
	if found, err := things.Get("a", func() (*thing, error) { return nil, broken }); found != nil || !errors.Is(err, broken) || things.known("a") {
		t.Errorf("got %v, %v", found, err)
	}
	if found, err := things.Get("a", func() (*thing, error) { return &thing{"a"}, nil }); found == nil || err != nil {
		t.Errorf("got %v, %v", found, err)
	}
}

// What is made takes its time and may need other things: nobody waits for it.
func TestNobodyWaitsWhileOneIsMade(t *testing.T) {
	var things Things[string, thing]
	a, err := things.Get("a", func() (*thing, error) {
		if !things.mu.TryLock() {
			return nil, errors.New("it is locked")
		}
		things.mu.Unlock()
		return things.Get("b", func() (*thing, error) { return &thing{"b"}, nil })
	})
	if err != nil || a.text != "b" {
		t.Errorf("got %v, %v", a, err)
	}
}

// Of two that make the same at once both get one.
func TestTwoAtOnceGetOne(t *testing.T) {
	var things Things[string, thing]
	var other *thing
	a, err := things.Get("a", func() (*thing, error) {
		other, _ = things.Get("a", func() (*thing, error) { return &thing{"first"}, nil })
		return &thing{"second"}, nil
	})
	if err != nil || a != other || a.text != "first" {
		t.Errorf("got %v and %v, %v", a, other, err)
	}
}

// Each gets what belongs to its key, however many ask while things come and go.
func TestManyAtOnce(t *testing.T) {
	var things Things[string, thing]
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 2000 {
				key := strconv.Itoa(i % 7)
				got, err := things.Get(key, func() (*thing, error) { return &thing{key}, nil })
				again, _ := things.Get(key, func() (*thing, error) { return &thing{"another"}, nil })
				if err != nil || got.text != key || again != got {
					t.Errorf("%s: %v and %v, %v", key, got, again, err)
				}
				if i%200 == 0 {
					runtime.GC()
				}
			}
		})
	}
	all.Wait()
}
