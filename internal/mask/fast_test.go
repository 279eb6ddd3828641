package mask

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
)

// A word that is passed over has no byte that could be part of a finding, or end
// its string, in any place.
func TestPlainWordsAreNotSuspicious(t *testing.T) {
	for c := range 256 {
		for place := range 8 {
			x := uint64('a')*ones&^(0xff<<(8*place)) | uint64(c)<<(8*place)
			end := 8
			if traits[c]&ends != 0 {
				end = place
			}
			if got := firstEnd(x); got != end {
				t.Errorf("the byte %#x in place %d: %d bytes stand before the end, want %d", c, place, got, end)
			}
			if pii.Suspicious(byte(c)) && c != '\\' && pii.PlainWord(x) {
				t.Errorf("a finding can have the byte %#x, which is passed over in place %d", c, place)
			}
		}
	}
}

// What eight bytes at a time tell is what each byte tells.
func TestStringsAreReadAsByteByByte(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const letters = "ab z\"\\n\x01\x1f 7-@:é张\xff"
	for range 50_000 {
		text := []byte{'"'}
		for range random.IntN(40) {
			text = append(text, letters[random.IntN(len(letters))])
		}
		fast, slow := lexer{src: text}, lexer{src: text}
		start, end, err := fast.str()
		wantStart, wantEnd, wantErr := slow.byBytes()
		if start != wantStart || end != wantEnd || (err == nil) != wantErr || fast.pos != slow.pos || fast.seen != slow.seen {
			t.Fatalf("%q: %d to %d, %v, at %d with %b; byte by byte %d to %d, %v, at %d with %b",
				text, start, end, err, fast.pos, fast.seen, wantStart, wantEnd, wantErr, slow.pos, slow.seen)
		}
	}
}

// byBytes is str in its simplest form.
func (l *lexer) byBytes() (start, end int, ok bool) {
	var seen trait
	for i := 1; i < len(l.src); i++ {
		switch c := l.src[i]; {
		case c == '"':
			l.pos, l.seen = i+1, seen
			return 1, i, true
		case c == '\\':
			n := escapeLen(l.src[i:])
			if n == 0 {
				l.pos = 1
				return 0, 0, false
			}
			seen |= escapes
			i += n - 1
		case c < ' ':
			l.pos = 1
			return 0, 0, false
		default:
			seen |= traits[c]
		}
	}
	l.pos = 1
	return 0, 0, false
}

// Nothing is ever found in what passes as a time.
func TestTimestampsHoldNoFinding(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	digits := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(byte('0' + random.IntN(10)))
		}
		return b.String()
	}
	var finder pii.Finder
	for range 100_000 {
		text := fmt.Sprintf("%s-%s-%sT%s:%s:%s", digits(4), digits(2), digits(2), digits(2), digits(2), digits(2))
		if n := random.IntN(10); n > 0 {
			text += "." + digits(n)
		}
		text += [...]string{"Z", "+00:00"}[random.IntN(2)]
		if !isTimestamp([]byte(text)) {
			t.Fatalf("%s is a time", text)
		}
		if found := finder.Find(nil, []byte(text), pii.All); len(found) > 0 {
			t.Fatalf("%s: %v", text, found)
		}
	}
	for _, text := range []string{"", "2026-01-15", "2026-01-15T10:00:00", "2026-01-15T10:00:00.1234567890Z", "2026-01-15T10:00:00Z ", "2026-01-15T10:00:00Z4155550132", "x026-01-15T10:00:00Z", "2026-01-15T10:00:00.Z5"} {
		if isTimestamp([]byte(text)) {
			t.Errorf("%q is no time", text)
		}
	}
}
