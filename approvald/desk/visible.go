package desk

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible spells out what a page or a terminal would act on instead of showing
// it: controls, marks of direction, characters without a shape; and letters that
// look like those of another script in one word with them. Somebody's words must
// not read as others to the person who decides.
func visible(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		end := strings.IndexFunc(text, func(r rune) bool { return !wordly(r) })
		switch {
		case end < 0:
			end = len(text)
		case end == 0:
			_, end = utf8.DecodeRuneInString(text)
		}
		spell(&b, text[:end])
		text = text[end:]
	}
	return b.String()
}

func wordly(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }

// lookalikes are the scripts with letters that look like Latin ones.
var lookalikes = []*unicode.RangeTable{unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic}

// spell writes a word, or one character outside of words.
func spell(b *strings.Builder, part string) {
	mixed := strings.ContainsFunc(part, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
	for _, r := range part {
		switch {
		case mixed && unicode.In(r, lookalikes...):
			fmt.Fprintf(b, "\\u%04x", r)
		case unicode.IsPrint(r), r == '\n', unicode.Is(unicode.Zs, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(b, "\\u%04x", r)
		}
	}
}
