package mask_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// grows is how many times longer four times as much takes, the best of a few.
func grows(run func(size int)) float64 {
	best := [2]time.Duration{time.Hour, time.Hour}
	for range 3 {
		for i, size := range [2]int{128 << 10, 512 << 10} {
			from := time.Now()
			run(size)
			best[i] = min(best[i], time.Since(from))
		}
	}
	return float64(best[1]) / float64(best[0])
}

// Four times as much takes about four times as long, not sixteen times.
const tolerable = 9

func TestWorkIsLinearInKeysThatArePassed(t *testing.T) {
	p := mask.Default()
	p.Types &^= pii.Set(1 << pii.Secret)
	m := mask.New(surrogate.Mark{})
	if got := grows(func(size int) {
		const begin = "-----BEGIN PRIVATE KEY-----"
		if _, _, err := m.Body(nil, bytes.Repeat([]byte(begin), size/len(begin)), "text/plain", p); err != nil {
			t.Fatal(err)
		}
	}); got > tolerable {
		t.Errorf("four times as much takes %.1f times as long", got)
	}
}

func TestWorkIsLinearInAStreamOfSmallChunks(t *testing.T) {
	if got := grows(func(size int) {
		s := mask.NewStream(mask.Default(), surrogate.Mark{})
		for range size {
			if _, err := s.Write(nil, []byte("a")); err != nil {
				t.Fatal(err)
			}
		}
	}); got > tolerable {
		t.Errorf("four times as much takes %.1f times as long", got)
	}
}
