package pii

import (
	"slices"
	"unicode/utf8"
)

// fold writes text to f.text with everything that hides an ASCII character
// spelled as that character, and to f.at the place each byte came from. One
// more place closes the list, so that at[end] is where a finding ends.
func (f *Finder) fold(text []byte) {
	out, at := f.text[:0], slices.Grow(f.at[:0], len(text)+1)
	for i := 0; i < len(text); {
		if end := pass(text, i, hiding); end > i {
			first := len(out)
			out = append(out, text[i:end]...)
			at = slices.Grow(at, end-i)[:len(out)]
			for n := range at[first:] {
				at[first+n] = int32(i + n)
			}
			i = end
			continue
		}
		shown, n := unhide(text[i:])
		if len(out) > 0 && isDigit(out[len(out)-1]) && (n == 0 || shown >= utf8.RuneSelf) {
			shown, n = dotted(text, i, shown, n)
		}
		switch {
		case n == 0:
			out, n = append(out, text[i]), 1
		case shown == 0:
		case shown < utf8.RuneSelf || text[i] == '%':
			out = append(out, byte(shown))
		default:
			out = utf8.AppendRune(out, shown)
		}
		for len(at) < len(out) {
			at = append(at, int32(i))
		}
		i += n
	}
	f.text, f.at = out, append(at, int32(len(text)))
}

// dotted is what a dot in the middle of a line shows between two digits: a full stop, as
// in 415·555·0132. It stands for itself elsewhere, as in names. shown and n are as from
// unhide, of what stands at text[i:] behind a digit.
func dotted(text []byte, i int, shown rune, n int) (rune, int) {
	dot, size := shown, n
	if n == 0 {
		dot, size = utf8.DecodeRune(text[i:])
	}
	switch dot {
	case 0xB7, 0x387, 0x2022, 0x2023, 0x2027, 0x2219, 0x22C5, 0x25CF, 0x25E6, 0x2E31, 0x30FB, 0xFF65:
	default:
		return shown, n
	}
	if next := i + size; next < len(text) {
		if isDigit(text[next]) {
			return '.', size
		}
		if c, m := unhide(text[next:]); m > 0 && c >= '0' && c <= '9' {
			return '.', size
		}
	}
	return shown, n
}

// Hides reports the first byte of what Fold may have to change.
func Hides(c byte) bool { return is(c, hiding) }

// Fold is text as a reader takes it: with escapes, entities, wide forms and
// characters without width undone. at is where each of its bytes and its end
// stand in text; nil when nothing was hidden, and folded is text then. Both are
// good until the Finder is used again.
func (f *Finder) Fold(text []byte) (folded []byte, at []int32) {
	if pass(text, 0, hiding) == len(text) {
		return text, nil
	}
	f.fold(text)
	return f.text, f.at
}

// unhide returns the character that the first n bytes of b stand for, of which
// a percent escape is a single byte. It is 0 with n > 0 for a character without
// width, and n is 0 when nothing is hidden.
func unhide(b []byte) (shown rune, n int) {
	switch b[0] {
	case '%':
		return unhidePercent(b)
	case '\\':
		return unhideEscape(b)
	case '&':
		return unhideEntity(b)
	}
	r, size := utf8.DecodeRune(b)
	if c, ok := plain(r); ok {
		return rune(c), size
	}
	return 0, 0
}

// unhidePercent reads a percent escape: a byte, which can be a part of a
// character.
func unhidePercent(b []byte) (rune, int) {
	r, ok := hexValue(b, 1, 3)
	if !ok || r < ' ' || r == 0x7F {
		return 0, 0
	}
	return r, 3
}

// unhideEscape reads \uXXXX, behind more backslashes if it stands in a string
// inside a string.
func unhideEscape(b []byte) (rune, int) {
	const most = 16
	u := 1
	for u < len(b) && b[u] == '\\' && u < most {
		u++
	}
	if u == len(b) || b[u] != 'u' {
		return 0, 0
	}
	r, ok := hexValue(b, u+1, u+5)
	if !ok {
		return 0, 0
	}
	if c, ok := plain(r); ok {
		return rune(c), u + 5
	}
	if r < utf8.RuneSelf || !utf8.ValidRune(r) {
		return 0, 0
	}
	return r, u + 5
}

// hexValue is the number that the hexadecimal digits b[from:end] spell.
func hexValue(b []byte, from, end int) (r rune, ok bool) {
	if len(b) < end {
		return 0, false
	}
	for _, c := range b[from:end] {
		v := HexDigit(c)
		if v < 0 {
			return 0, false
		}
		r = r<<4 | v
	}
	return r, true
}

// HexDigit is the value of a hexadecimal digit, -1 for any other character.
func HexDigit(c byte) rune {
	switch {
	case c-'0' < 10:
		return rune(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10
	}
	return -1
}

// unhideEntity reads an HTML character reference.
func unhideEntity(b []byte) (rune, int) {
	end := 1
	for end < len(b) && end < 10 && b[end] != ';' {
		end++
	}
	if end == len(b) || b[end] != ';' || end < 3 {
		return 0, 0
	}
	name := b[1:end]
	switch string(name) {
	case "nbsp":
		return ' ', end + 1
	case "quot":
		return '"', end + 1
	case "commat":
		return '@', end + 1
	case "plus":
		return '+', end + 1
	case "period":
		return '.', end + 1
	case "middot", "centerdot":
		return 0xB7, end + 1
	case "bull", "bullet":
		return 0x2022, end + 1
	case "sdot":
		return 0x22C5, end + 1
	case "lowbar":
		return '_', end + 1
	case "hyphen", "dash", "ndash", "mdash", "minus":
		return '-', end + 1
	case "ensp", "emsp", "thinsp", "numsp":
		return ' ', end + 1
	case "shy", "zwj", "zwnj":
		return 0, end + 1
	}
	if name[0] != '#' {
		return 0, 0
	}
	base, digits := rune(10), name[1:]
	if digits[0]|0x20 == 'x' {
		base, digits = 16, digits[1:]
	}
	var r rune
	for _, c := range digits {
		v := HexDigit(c)
		if v < 0 || v >= base {
			return 0, 0
		}
		r = r*base + v
	}
	if c, ok := plain(r); ok {
		return rune(c), end + 1
	}
	if r >= utf8.RuneSelf && utf8.ValidRune(r) {
		return r, end + 1
	}
	return 0, 0
}

// plain is the ASCII character a reader takes r for: 0 for one without width,
// false for one that is itself.
func plain(r rune) (byte, bool) {
	switch {
	case r >= ' ' && r < 0x7F:
		return byte(r), true
	case r >= 0xFF01 && r <= 0xFF5E: // full-width forms
		return byte(r - 0xFF01 + '!'), true
	case r == 0xA0, r >= 0x2000 && r <= 0x200A, r == 0x202F, r == 0x205F, r == 0x3000:
		return ' ', true
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE63:
		return '-', true
	case r == 0xAD, r == 0x34F, r == 0x180E, r >= 0xFE00 && r <= 0xFE0F, r >= 0x200B && r <= 0x200F, r >= 0x2060 && r <= 0x2064, r >= 0x202A && r <= 0x202E, r == 0xFEFF:
		return 0, true
	}
	if r < zeros[0] || r > zeros[len(zeros)-1]+9 {
		return 0, false
	}
	for _, zero := range &zeros {
		if r >= zero && r <= zero+9 {
			return byte(r-zero) + '0', true
		}
	}
	return 0, false
}

// zeros are the digits for nothing of Arabic, Persian, and the scripts of India,
// Thailand and Laos, in order.
var zeros = [...]rune{0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0}
