package action

import (
	"strings"
	"unicode/utf8"
)

// decodePercent decodes one name or value of a query or form. It is false for
// bytes that an encoder never leaves bare (space, controls, ';', '#', anything
// beyond ASCII), for a malformed escape, invalid UTF-8 and NUL: readers differ
// over all of these.
func decodePercent(text string) (string, bool) {
	coded := false
	for i := range len(text) {
		switch b := text[i]; {
		case b == '%' || b == '+':
			coded = true
		case b <= ' ' || b >= 0x7f || b == ';' || b == '#':
			return "", false
		}
	}
	if !coded {
		return text, true
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		b := text[i]
		if b == '+' {
			b = ' '
		}
		if b == '%' {
			if i+2 >= len(text) {
				return "", false
			}
			high, low := unhex(text[i+1]), unhex(text[i+2])
			if high > 15 || low > 15 {
				return "", false
			}
			b = high<<4 | low
			i += 2
		}
		if b == 0 {
			return "", false
		}
		out = append(out, b)
	}
	return string(out), utf8.Valid(out)
}

// unhex is the value of a hexadecimal digit, more than 15 for another byte.
func unhex(b byte) byte {
	switch {
	case b >= '0' && b <= '9':
		return b - '0'
	case b >= 'a' && b <= 'f':
		return b - 'a' + 10
	case b >= 'A' && b <= 'F':
		return b - 'A' + 10
	}
	return 16
}

// appendPercent encodes a name or value; everything but RFC 3986's unreserved
// characters is escaped.
func appendPercent(out []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(text) {
		b := text[i]
		if isWord(b) || b == '-' || b == '.' || b == '~' {
			out = append(out, b)
			continue
		}
		out = append(out, '%', hex[b>>4], hex[b&15])
	}
	return out
}

// eachPair walks name=value&name=value and stops at the first mismatch. An
// empty text has no pairs; an empty pair or one without '=' is malformed.
func eachPair(text string, yield func(name, value string) *Mismatch) (malformed bool, m *Mismatch) {
	for rest, more := text, text != ""; more; {
		var pair string
		pair, rest, more = strings.Cut(rest, "&")
		rawName, rawValue, equals := strings.Cut(pair, "=")
		name, goodName := decodePercent(rawName)
		value, goodValue := decodePercent(rawValue)
		if !equals || !goodName || !goodValue || name == "" {
			return true, nil
		}
		if m = yield(name, value); m != nil {
			return false, m
		}
	}
	return false, nil
}

func isWord(b byte) bool {
	return isDigit(b) || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_'
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
