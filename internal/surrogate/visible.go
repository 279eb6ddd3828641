package surrogate

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/pii"
)

// Visible appends the part of a value that may be shown beside its surrogate: the
// last four digits of a number, the domain of an e-mail address, the country of an
// IBAN, the initials of a name, the year of a birth. It appends nothing for any
// other type, and for a value that has no such part.
func Visible(dst []byte, typ pii.Type, text []byte) []byte {
	switch typ {
	case pii.Card, pii.SSN, pii.Phone, pii.BankAccount:
		return lastFour(dst, text)
	case pii.Email:
		return domain(dst, text)
	case pii.IBAN:
		if len(text) > 2 && lower(text[0])-'a' < 26 && lower(text[1])-'a' < 26 {
			return append(dst, text[0]&^0x20, text[1]&^0x20)
		}
	case pii.Name:
		return initials(dst, text)
	case pii.Birthdate:
		return year(dst, text)
	default: // nothing of the others is shown
	}
	return dst
}

// lastFour are four digits of at least eight: half of a number is the number.
func lastFour(dst, text []byte) []byte {
	var last [4]byte
	n := 0
	for i := len(text) - 1; i >= 0 && n < 8; i-- {
		if text[i]-'0' >= 10 {
			continue
		}
		if n < len(last) {
			last[len(last)-1-n] = text[i]
		}
		n++
	}
	if n < 8 {
		return dst
	}
	return append(dst, last[:]...)
}

func domain(dst, text []byte) []byte {
	from, at := len(dst), bytes.IndexByte(text, '@')
	if at < 0 {
		return dst
	}
	for _, c := range text[at+1:] {
		switch c = lower(c); {
		case c == '@':
			dst = dst[:from]
		case c-'a' < 26 || c-'0' < 10 || c == '.' || c == '-':
			dst = append(dst, c)
		default:
			return dst[:from]
		}
	}
	if len(dst)-from >= longestVisible {
		return dst[:from]
	}
	return dst
}

// initials are the first letters of at most three words. A name of one letter a
// word would be shown whole, so it has none.
func initials(dst, text []byte) []byte {
	var out [3 * utf8.UTFMax]byte
	made, words, letters := out[:0], 0, 0
	inside := false
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		i += n
		letter := unicode.IsLetter(r)
		if letter {
			letters++
		}
		if letter && !inside && words < 3 {
			made = utf8.AppendRune(made, unicode.ToUpper(r))
			words++
		}
		inside = letter
	}
	if letters < 2*words {
		return dst
	}
	return append(dst, made...)
}

// year is the only run of four digits.
func year(dst, text []byte) []byte {
	found, run := -1, 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i]-'0' < 10 {
			run++
			continue
		}
		if run == 4 {
			if found >= 0 {
				return dst
			}
			found = i - 4
		}
		run = 0
	}
	if found < 0 {
		return dst
	}
	return append(dst, text[found:found+4]...)
}
