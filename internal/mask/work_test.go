package mask_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// grows is how many times as much work four times as much is, the best of a few.
// Work is the processor's time of this thread: what else the machine does is none.
func grows(t *testing.T, run func(size int)) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	best := [2]time.Duration{time.Hour, time.Hour}
	for range 5 {
		for i, size := range [2]int{256 << 10, 1 << 20} {
			from := worked(t)
			run(size)
			best[i] = min(best[i], worked(t)-from)
		}
	}
	return float64(best[1]) / float64(best[0])
}

// worked is the processor's time of this thread so far.
func worked(t *testing.T) time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return time.Duration(now.Nano())
}

// Four times as much is about four times the work, not sixteen times.
const tolerable = 9

func TestWorkIsLinearInKeysThatArePassed(t *testing.T) {
	p := mask.Default()
	p.Types &^= pii.Set(1 << pii.Secret)
	m := mask.New(surrogate.Mark{})
	if got := grows(t, func(size int) {
		const begin = "-----BEGIN PRIVATE KEY-----"
		if _, _, err := m.Body(nil, bytes.Repeat([]byte(begin), size/len(begin)), "text/plain", p); err != nil {
			t.Fatal(err)
		}
	}); got > tolerable {
		t.Errorf("four times as much is %.1f times the work", got)
	}
}

func TestWorkIsLinearInAStreamOfSmallChunks(t *testing.T) {
	if got := grows(t, func(size int) {
		s := mask.NewStream(mask.Default(), surrogate.Mark{})
		for range size {
			if _, err := s.Write(nil, []byte("a")); err != nil {
				t.Fatal(err)
			}
		}
	}); got > tolerable {
		t.Errorf("four times as much is %.1f times the work", got)
	}
}

// A name without an end, in a text that goes on like it at every word.
func TestWorkIsLinearInALongName(t *testing.T) {
	m := mask.New(surrogate.Mark{})
	if got := grows(t, func(size int) {
		long := bytes.Repeat([]byte("Ann "), size/8)
		if _, _, err := m.Body(nil, fmt.Appendf(nil, `{"name":"%sLee","note":"%s%s"}`, long, long, long), "application/json", mask.Default()); err != nil {
			t.Fatal(err)
		}
	}); got > tolerable {
		t.Errorf("four times as much is %.1f times the work", got)
	}
}

// Names that begin alike, in a text that is full of their beginnings.
func TestWorkIsLinearInNamesThatAreSought(t *testing.T) {
	m := mask.New(surrogate.Mark{})
	if got := grows(t, func(size int) {
		body := []byte(`{"x":[`)
		for n := 0; len(body) < size/2; n++ {
			body = fmt.Appendf(body, `{"name":"Annabel Lee %07d"},`, n)
		}
		body = append(append(append(body, `{}],"note":"`...), bytes.Repeat([]byte("Annabel Lee 000 "), size/2/17)...), `"}`...)
		if _, _, err := m.Body(nil, body, "application/json", mask.Default()); err != nil {
			t.Fatal(err)
		}
	}); got > tolerable {
		t.Errorf("four times as much is %.1f times the work", got)
	}
}
