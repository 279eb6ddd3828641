package surrogate

import (
	"encoding/binary"
	"math/bits"

	"github.com/sallyport/sallyport/internal/pii"
)

// alphabet is base32 as RFC 4648 has it, in lower case: no two of its characters
// are read for one another, and models copy it whole.
const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

// Token is the spelling of a surrogate: [type:Vbody] or [type:Vbody:visible],
// where V says under which version of the key it was sealed. Case does not count.
type Token struct {
	Start, End int // in the text it was found in
	Type       pii.Type
	version    byte   // as alphabet has it
	body       []byte // base32
	visible    []byte // may be empty
}

// Visible is what is shown beside the seal. Anybody could have written it.
func (t Token) Visible() string { return string(t.visible) }

// Bounds of a token, in bytes.
const (
	longestName    = 16
	longestVisible = 64
	shortestBody   = (overhead*8 + 4) / 5
	longestBody    = ((overhead+placeBytes+MaxValue)*8 + 4) / 5
)

// Find appends the tokens of a text to dst, in order. What it finds only looks
// like a surrogate: whether it opens, a Session knows.
func Find(dst []Token, text []byte) []Token {
	for i := 0; i < len(text); i++ {
		if text[i] != '[' {
			continue
		}
		if t, ok := parse(text[i:]); ok {
			t.Start, t.End = i, i+t.End
			dst = append(dst, t)
			i = t.End - 1
		}
	}
	return dst
}

// parse reads the token that text begins with.
func parse(text []byte) (t Token, ok bool) {
	at := 1
	for at < len(text) && at <= longestName && (lower(text[at])-'a' < 26 || text[at] == '_') {
		at++
	}
	if len(text) <= at+1+shortestBody || text[at] != ':' {
		return t, false
	}
	if t.Type, ok = pii.ParseType(string(lowered(text[1:at]))); !ok {
		return t, false
	}
	at++
	t.version = lower(text[at])
	start := at + 1
	for at < len(text) && value(text[at]) < 32 && at-start < longestBody {
		at++
	}
	if at-start < shortestBody {
		return t, false
	}
	t.body = text[start:at]
	if at < len(text) && text[at] == ':' {
		end := at + 1
		for end < len(text) && end-at <= longestVisible && text[end] != ']' && text[end] != '[' && text[end] != '\\' {
			end++
		}
		t.visible, at = text[at+1:end], end
	}
	if at == len(text) || text[at] != ']' {
		return t, false
	}
	t.End = at + 1
	return t, true
}

func lower(c byte) byte {
	if c-'A' < 26 {
		c += 'a' - 'A'
	}
	return c
}

func lowered(text []byte) []byte {
	out := make([]byte, len(text))
	for i, c := range text {
		out[i] = lower(c)
	}
	return out
}

// value is a character's place in the alphabet, 32 or more for any other.
func value(c byte) byte {
	switch c = lower(c); {
	case c-'a' < 26:
		return c - 'a'
	case c-'2' < 6:
		return c - '2' + 26
	default:
		return 0xff
	}
}

// putBase32 spells data in the alphabet and returns how many characters that takes.
// It reads up to slack bytes behind data, of which the first five are zeros, and
// writes up to spilled characters too many.
func putBase32(dst, data []byte, size int) int {
	for from, to := 0, 0; from < size; from, to = from+10, to+16 { // two words a turn: turns are dear in WebAssembly
		in, out := (*[13]byte)(data[from:]), (*[16]byte)(dst[to:])
		binary.LittleEndian.PutUint64(out[:8], letters(bits.ReverseBytes64(binary.LittleEndian.Uint64(in[:8]))))
		binary.LittleEndian.PutUint64(out[8:], letters(bits.ReverseBytes64(binary.LittleEndian.Uint64(in[5:]))))
	}
	return inBase32(size)
}

// inBase32 is how many characters spell size bytes.
func inBase32(size int) int { return (size*8 + 4) / 5 }

const (
	slack   = 13
	spilled = 15
)

// letters are the eight characters that spell the upper 40 bits of x, the first one
// lowest. It is inlined: a call is dear in WebAssembly too.
func letters(x uint64) uint64 {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	// Halves change places until there are five bits in each byte.
	x = x>>44 | x>>24&0xfffff<<32
	x = x>>10&0x000003ff000003ff | x&0x000003ff000003ff<<16
	x = x>>5&0x001f001f001f001f | x&0x001f001f001f001f<<8
	digits := (x + (0x80-26)*ones) & highs >> 7 // a one in each byte that is 26 or more
	return x + 'a'*ones - digits*('a'+26-'2')
}

// fromBase32 appends the bytes that text spells; false when the bits left over
// are not zero or too many, for then there is another spelling of the same bytes.
func fromBase32(dst, text []byte) ([]byte, bool) {
	var bits, held uint
	for _, c := range text {
		held, bits = held<<5|uint(value(c)), bits+5
		if bits >= 8 {
			bits -= 8
			dst = append(dst, byte(held>>bits))
		}
	}
	return dst, bits < 5 && held&(1<<bits-1) == 0
}
