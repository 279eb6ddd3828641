package pii

import (
	"math/rand/v2"
	"testing"
)

// What eight bytes at a time tell is what each byte tells.
func TestPassStopsAsByteByByte(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for c := range 256 {
		for range 50 {
			text := make([]byte, random.IntN(30))
			for i := range text {
				text[i] = "ab Zz\"_~$A["[random.IntN(11)]
			}
			if len(text) > 0 {
				text[random.IntN(len(text))] = byte(c)
			}
			for _, stop := range []class{start | han | hiding, start | han, hiding} {
				want := 0
				for want < len(text) && !is(text[want], stop) {
					want++
				}
				if got := pass(text, 0, stop); got != want {
					t.Fatalf("pass(%q, 0, %b) = %d, want %d", text, stop, got, want)
				}
			}
		}
	}
}
