package mask

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"github.com/sallyport/sallyport/internal/pii"
)

// ErrJSON is returned for a body that is not valid JSON.
var ErrJSON = errors.New("body is not valid JSON")

// lexer reads the words of JSON from src.
type lexer struct {
	src      []byte
	pos      int
	seen     trait // by str, in the string it read
	arranged bool  // that string has what arranges, for all str knows
}

// trait is something to know about the bytes of a string.
type trait uint8

const (
	ends    trait = 1 << iota // not plain: the quote, a backslash, a control character
	escapes                   // a backslash was seen
	suspect                   // it may hold a finding
)

// traits is filled once and never changes.
var traits = func() (t [256]trait) {
	for c := range t {
		if c < ' ' || c == '"' || c == '\\' {
			t[c] = ends
		}
		if pii.Suspicious(byte(c)) && t[c] == 0 {
			t[c] = suspect
		}
	}
	return t
}()

// space skips white space. Mostly there is none.
func (l *lexer) space() {
	if i := l.pos; uint(i) < uint(len(l.src)) && l.src[i] <= ' ' {
		l.spaces()
	}
}

func (l *lexer) spaces() {
	for l.pos < len(l.src) {
		switch l.src[l.pos] {
		case ' ', '\t', '\n', '\r':
			l.pos++
		default:
			return
		}
	}
}

// take reads c if it is next.
func (l *lexer) take(c byte) bool {
	if l.next(c) {
		l.pos++
		return true
	}
	return false
}

// next reports that c is next. No place is negative, which the compiler does not know:
// told so, it asks once whether there is such a place, and not twice.
func (l *lexer) next(c byte) bool {
	i := l.pos
	return uint(i) < uint(len(l.src)) && l.src[i] == c
}

// str reads a string and returns the place of what stands between its quotes.
func (l *lexer) str() (start, end int, err error) {
	if !l.take('"') {
		return 0, 0, ErrJSON
	}
	start = l.pos
	src, seen, order := l.src, trait(0), uint64(0)
	for i := start; i < len(src); {
		for len(src)-i >= 8 {
			x := binary.LittleEndian.Uint64(src[i:])
			end := endBits(x)
			if end == 0 && pii.PlainWord(x) && !hasByte(x, '[') { // most of a text, and no surrogate
				i += 8
				continue
			}
			n := bits.TrailingZeros64(end) / 8
			x &= lowest(n)
			if seen&suspect == 0 {
				seen |= traitsOf(x)
			}
			order |= arranges(x)
			if i += n; n < 8 {
				break
			}
		}
		if i == len(src) {
			break
		}
		t := traits[src[i]]
		seen |= t
		if t&ends == 0 { // the last bytes of a document
			order = 1
			i++
			continue
		}
		if src[i] == '"' {
			l.pos, l.seen, l.arranged = i+1, seen&^ends, order != 0 || seen&escapes != 0
			return start, i, nil
		}
		n := escapeLen(src[i:])
		if n == 0 {
			return 0, 0, ErrJSON
		}
		seen |= escapes
		i += n
	}
	return 0, 0, ErrJSON
}

// Bytes of a word of eight: one in each, and the high bit of each.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// firstEnd is how many of the next eight bytes of a string stand before the one
// that ends it, 8 for all. Byte by byte is several times slower, above all in
// WebAssembly, where each turn of a loop costs a jump through a table.
func firstEnd(x uint64) int { return bits.TrailingZeros64(endBits(x)) / 8 }

// endBits are the high bits of the bytes that end a string, and perhaps of some
// behind them: the lowest bit that is set is right, a borrow disturbs only those
// above it.
func endBits(x uint64) uint64 {
	quote, slash := x^'"'*ones, x^'\\'*ones
	return ((quote-ones)&^quote | (slash-ones)&^slash | (x-' '*ones)&^x) & highs
}

// hasByte reports eight bytes of which one is c.
func hasByte(x uint64, c byte) bool {
	x ^= uint64(c) * ones
	return (x-ones)&^x&highs != 0
}

// arranges is not zero for eight bytes, one of which every form, every table in HTML or
// every surrogate has: '=', '<', which is that but for its last bit, or '['.
func arranges(x uint64) uint64 {
	form, seal := (x|ones)^'='*ones, x^'['*ones
	return ((form-ones)&^form | (seal-ones)&^seal) & highs
}

// lowest is a mask of the first n bytes of a word of eight.
func lowest(n int) uint64 { return 1<<(8*uint(n)) - 1 }

// traitsOf is what is seen in a word, in which zeros stand for no byte.
func traitsOf(x uint64) trait {
	return (traits[byte(x)] | traits[byte(x>>8)] | traits[byte(x>>16)] | traits[byte(x>>24)] |
		traits[byte(x>>32)] | traits[byte(x>>40)] | traits[byte(x>>48)] | traits[byte(x>>56)]) &^ ends
}

// escapeLen is how many bytes the escape at b takes, 0 when it is none.
func escapeLen(b []byte) int {
	if len(b) < 2 || b[0] != '\\' {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) < 6 {
			return 0
		}
		for _, c := range b[2:6] {
			if pii.HexDigit(c) < 0 {
				return 0
			}
		}
		return 6
	}
	return 0
}

// skipNumber reads a number.
func (l *lexer) skipNumber() error {
	l.take('-')
	if !l.take('0') && !l.digits() {
		return ErrJSON
	}
	if l.take('.') && !l.digits() {
		return ErrJSON
	}
	if l.take('e') || l.take('E') {
		if !l.take('+') {
			l.take('-')
		}
		if !l.digits() {
			return ErrJSON
		}
	}
	return nil
}

func (l *lexer) digits() bool {
	from := l.pos
	for len(l.src)-l.pos >= 8 {
		n := firstNonDigit(binary.LittleEndian.Uint64(l.src[l.pos:]))
		if l.pos += n; n < 8 {
			return l.pos > from
		}
	}
	for l.pos < len(l.src) && l.src[l.pos]-'0' < 10 {
		l.pos++
	}
	return l.pos > from
}

// firstNonDigit is how many digits a word of eight bytes begins with.
func firstNonDigit(x uint64) int {
	return bits.TrailingZeros64(((x+(0x7f-'9')*ones)|(x-'0'*ones))&highs) / 8
}

// word reads true, false or null.
func (l *lexer) word() error {
	word := "null"
	switch l.src[l.pos] {
	case 't':
		word = "true"
	case 'f':
		word = "false"
	}
	if end := l.pos + len(word); end <= len(l.src) && string(l.src[l.pos:end]) == word {
		l.pos = end
		return nil
	}
	return ErrJSON
}
