package door

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

// endpoint gives tokens of one minute, or fails.
type endpoint struct {
	clock *clockwork.FakeClock
	calls atomic.Int64
	fail  atomic.Bool
	gate  chan struct{} // each request waits for one
}

func (e *endpoint) fetch(context.Context) (Token, error) {
	<-e.gate
	n := e.calls.Add(1)
	if e.fail.Load() {
		return Token{}, errors.New("down")
	}
	return Token{Raw: strconv.FormatInt(n, 10), From: e.clock.Now(), Expires: e.clock.Now().Add(time.Minute)}, nil
}

func newSource() (*Source, *endpoint) {
	e := &endpoint{clock: clockwork.NewFakeClock(), gate: make(chan struct{}, 100)}
	return NewSource(e.fetch, e.clock), e
}

func (e *endpoint) open(n int) {
	for range n {
		e.gate <- struct{}{}
	}
}

func want(t *testing.T, s *Source, raw string) {
	t.Helper()
	if got, err := s.Token(t.Context()); got != raw || err != nil {
		t.Errorf("got %q %v, want %q", got, err, raw)
	}
}

// settled waits until no request is on its way.
func settled(t *testing.T, s *Source) {
	t.Helper()
	s.mu.Lock()
	running := s.running
	s.mu.Unlock()
	if running == nil {
		return
	}
	select {
	case <-running:
	case <-time.After(30 * time.Second):
		t.Fatal("a request hangs")
	}
}

// Many calls that find no token make one request.
func TestOneRequestAtATime(t *testing.T) {
	s, e := newSource()
	var group sync.WaitGroup
	for range 50 {
		group.Add(1)
		go func() {
			defer group.Done()
			want(t, s, "1")
		}()
	}
	e.open(50)
	group.Wait()
	if n := e.calls.Load(); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// A token is renewed before it ends, and no call waits for that.
func TestRenewedBeforeTheEnd(t *testing.T) {
	s, e := newSource()
	e.open(1)
	want(t, s, "1")
	e.clock.Advance(39 * time.Second)
	want(t, s, "1")
	if s.running != nil {
		t.Error("it is renewed early")
	}
	e.clock.Advance(time.Second)
	want(t, s, "1") // the gate is closed: nobody waits
	want(t, s, "1")
	e.open(2)
	settled(t, s)
	want(t, s, "2")
	if n := e.calls.Load(); n != 2 {
		t.Errorf("%d requests", n)
	}
}

// A renewal that fails is tried again, once a second, while the token is good;
// then calls are told.
func TestRenewalFails(t *testing.T) {
	s, e := newSource()
	e.open(100)
	want(t, s, "1")
	e.fail.Store(true)
	e.clock.Advance(45 * time.Second)
	for range 3 {
		want(t, s, "1")
		settled(t, s)
	}
	if n := e.calls.Load(); n != 2 {
		t.Errorf("%d requests within a second", n)
	}
	e.clock.Advance(time.Second)
	want(t, s, "1")
	settled(t, s)
	if n := e.calls.Load(); n != 3 {
		t.Errorf("%d requests after a second", n)
	}
	e.clock.Advance(time.Minute)
	if raw, err := s.Token(t.Context()); err == nil || err.Error() != "down" || raw != "" {
		t.Errorf("past the end: %q %v", raw, err)
	}
	e.fail.Store(false)
	want(t, s, strconv.FormatInt(e.calls.Load()+1, 10))
}

func TestDrop(t *testing.T) {
	s, e := newSource()
	e.open(10)
	want(t, s, "1")
	s.Drop("another")
	want(t, s, "1")
	s.Drop("1")
	want(t, s, "2")
}

func TestWhoeverLeavesDoesNotWait(t *testing.T) {
	s, e := newSource()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Token(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	e.open(1)
	settled(t, s)
	want(t, s, "1")
}
