package mask

import (
	"encoding/binary"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/pii"
)

// unescape appends the text that the inside of a JSON string spells to dst, and
// the place in raw that each of its bytes came from to at, with one more for
// the end. raw MUST have passed lexer.str.
func unescape(dst []byte, at []int32, raw []byte) ([]byte, []int32) {
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			dst, at = append(dst, raw[i]), append(at, int32(i))
			i++
			continue
		}
		r, n := escaped(raw[i:])
		size := len(dst)
		dst = utf8.AppendRune(dst, r)
		for range len(dst) - size {
			at = append(at, int32(i))
		}
		i += n
	}
	return dst, append(at, int32(len(raw)))
}

// escaped is the character that the escape at b spells, and its length. Half of
// a surrogate pair is the replacement character.
func escaped(b []byte) (rune, int) {
	switch b[1] {
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
	default:
		return rune(b[1]), 2
	}
	r := unit(b)
	if r < 0xD800 || r > 0xDFFF {
		return r, 6
	}
	if r < 0xDC00 && len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
		if low := unit(b[6:]); low >= 0xDC00 && low <= 0xDFFF {
			return (r-0xD800)<<10 + (low - 0xDC00) + 0x10000, 12
		}
	}
	return utf8.RuneError, 6
}

// unit is the UTF-16 unit of \uXXXX at b.
func unit(b []byte) rune {
	return pii.HexDigit(b[2])<<12 | pii.HexDigit(b[3])<<8 | pii.HexDigit(b[4])<<4 | pii.HexDigit(b[5])
}

// needsEscape reports text that cannot stand in a JSON string as it is.
func needsEscape(text []byte) bool {
	for len(text) >= 8 {
		if firstEnd(binary.LittleEndian.Uint64(text)) < 8 {
			return true
		}
		text = text[8:]
	}
	for _, c := range text {
		if traits[c]&ends != 0 {
			return true
		}
	}
	return false
}

// appendEscaped appends text as the inside of a JSON string.
func appendEscaped(dst, text []byte) []byte {
	const digits = "0123456789abcdef"
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
