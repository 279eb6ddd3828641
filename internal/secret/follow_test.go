package secret

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/durable"
	"github.com/sallyport/sallyport/internal/follow"
	"github.com/sallyport/sallyport/internal/testkit"
)

// followed runs Follow on a fake clock.
type followed struct {
	t     *testing.T
	file  *File
	cache *Cache
	clock *clockwork.FakeClock
	done  chan error
	log   *testkit.Log
	stop  context.CancelFunc
}

func startFollowing(t *testing.T, f *File) *followed {
	ctx, cancel := context.WithCancel(t.Context())
	w := &followed{
		t: t, file: f, cache: NewCache(), clock: clockwork.NewFakeClock(),
		done: make(chan error, 1), log: &testkit.Log{}, stop: cancel,
	}
	go func() { w.done <- Follow(ctx, f, w.cache, w.clock, slog.New(slog.NewTextHandler(w.log, nil))) }()
	return w
}

// tick lets Follow look once more; a tick that falls together with another
// one's work is made up for by the next.
func (w *followed) tick() {
	w.t.Helper()
	if err := w.clock.BlockUntilContext(w.t.Context(), 1); err != nil {
		w.t.Fatal(err)
	}
	w.clock.Advance(follow.Every)
}

// until ticks until a secret has a value; "" means until it is gone.
func (w *followed) until(name, want string) {
	w.t.Helper()
	for range 100_000 {
		if v, _ := w.cache.Lookup("acme", name); v.Reveal() == want {
			return
		}
		w.tick()
	}
	w.t.Fatalf("%s never became %q", name, want)
}

func (w *followed) put(name, value string) {
	w.t.Helper()
	if err := w.file.Put("acme", name, value); err != nil {
		w.t.Fatal(err)
	}
}

func TestFollow(t *testing.T) {
	f := file(t)
	w := startFollowing(t, f)
	for _, value := range []string{"1", "2", "3", "4"} { // equally long, in one tick of the file system
		w.put("a", value)
		w.until("a", value)
	}
	whole, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := durable.Replace(f.path, whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	for range 100_000 {
		if strings.Count(w.log.String(), "damaged") > 0 {
			break
		}
		w.tick()
	}
	for range 10 {
		w.tick()
	}
	w.until("a", "4")
	if err := durable.Replace(f.path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	w.put("b", "5")
	w.until("b", "5")
	if err := os.Remove(f.path); err != nil {
		t.Fatal(err)
	}
	w.until("a", "")
	w.stop()
	if err := <-w.done; err != nil {
		t.Error(err)
	}
	if n := strings.Count(w.log.String(), "damaged"); n != 1 {
		t.Errorf("one mistake is logged %d times", n)
	}
}

func TestFollowReturnsTheFirstFailure(t *testing.T) {
	f := file(t)
	if err := os.WriteFile(f.path, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := startFollowing(t, f)
	if err := <-w.done; err == nil || !strings.Contains(err.Error(), f.path) {
		t.Errorf("got %v", err)
	}
}
