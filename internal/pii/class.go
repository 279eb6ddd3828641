package pii

// class says what a byte can be part of.
type class uint16

const (
	digit      class = 1 << iota
	letter           // ASCII
	local            // of the part of an e-mail address before the @
	domain           // of the part behind it
	start            // where the finder stops to look: digit @ + ( : = -
	han              // first byte of a Chinese character that may tell a name
	hiding           // first byte of what fold may have to change
	stops            // what before does not look past: digits and brackets
	credential       // what credentials of HTTP are written in
	ending           // of a label
)

// classes is filled once and never changes.
var classes = func() (t [256]class) {
	for c := '0'; c <= '9'; c++ {
		t[c] = digit | local | domain | start | stops | credential
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c] = letter | local | domain | credential
		t[c-'a'+'A'] = letter | local | domain | credential
	}
	for _, c := range "_-.+/~=" {
		t[c] |= credential
	}
	for _, c := range "._+-~'" {
		t[c] |= local
	}
	for _, c := range "-." {
		t[c] |= domain
	}
	for _, c := range "@+(:=-" {
		t[c] |= start
	}
	for _, c := range "[]{}" {
		t[c] |= stops
	}
	// First bytes of what tells a Chinese name.
	for _, words := range [...][]string{introductions[:], titles[:], counters[:], contacts[:], signers[:], {"礼", "禮", "祺", "祝", "九", "二", "爱", "愛"}} {
		for _, w := range words {
			t[w[0]] |= han
			t[w[len(w)-3]] |= han
		}
	}
	for _, c := range "detnyDETNY" {
		t[c] |= ending
	}
	for c := 0x80; c <= 0xFF; c++ {
		t[c] |= ending
	}
	for _, c := range `\%&` {
		t[c] |= hiding
	}
	for _, c := range []byte{0xC2, 0xCD, 0xD9, 0xDB, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF} {
		t[c] |= hiding
	}
	// Two-byte letters (Latin with accents, Greek, Cyrillic) stand in addresses.
	for c := 0xC3; c <= 0xD4; c++ {
		t[c] |= local | domain
	}
	for c := 0x80; c <= 0xBF; c++ {
		t[c] |= local | domain
	}
	return t
}()

func is(c byte, k class) bool { return classes[c]&k != 0 }

func isDigit(c byte) bool { return c-'0' < 10 }

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// wordy reports a byte that glues a number to an identifier.
func wordy(c byte) bool { return c == '_' || is(c, digit|letter) }

// Where the bytes of ASCII begin and end that find and fold stop at, the backslash
// aside.
const (
	lowestStop  = '%'
	highestStop = '@'
)

// PlainWord reports eight bytes of a text, one in each byte of x, none of which is
// Suspicious but perhaps a backslash: most words are told by that alone.
func PlainWord(x uint64) bool {
	return (x|(x+(0x80-lowestStop)*eachByte)&^(x+(0x7f-highestStop)*eachByte))&highBits == 0
}

// stopBits are the high bits of those of eight bytes that find and fold stop at, and
// of a few more.
func stopBits(x uint64) uint64 {
	low, slash := x&^highBits, x^'\\'*eachByte
	return (x | (low+(0x80-lowestStop)*eachByte)&^(low+(0x7f-highestStop)*eachByte) | (slash-eachByte)&^slash) & highBits
}
