package pii

import (
	"encoding/binary"
	"strings"
	"testing"
)

// What eight bytes at a time tell is what each two bytes tell, in any place.
func TestBeginningsAreThoseOfEachByte(t *testing.T) {
	for this := range 256 {
		for next := range 256 {
			a, b := byte(this), byte(next)
			begins := a == '\n' || (a < 'A' || a >= 0x80) && (b >= 'A' && b <= 'Z' || b >= 'l' && b <= 'o')
			for place := range 8 {
				text := []byte("aaaaaaaaaa")
				text[place], text[place+1] = a, b
				w := beginnings(binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[1:]))
				if got := w>>(8*place+7)&1 != 0; got != begins {
					t.Fatalf("%q in place %d: %v", text, place, got)
				}
			}
		}
	}
}

// What is told from a phrase by a few letters is none.
func TestPhrasesAreLookedFor(t *testing.T) {
	for _, row := range phrases {
		for p := range strings.SplitSeq(row.list, ",") {
			for _, text := range []string{p + " Ada", strings.ToUpper(p) + " Ada"} {
				word := lettersAt([]byte(text), 0)
				if !mayBePhrase([]byte(text), 0) || !mayBeginPhrase([]byte(text), len(word)) {
					t.Errorf("%q is told from the phrase that it begins with", text)
				}
			}
		}
	}
}
