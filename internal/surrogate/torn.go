package surrogate

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/pii"
)

// Torn reports that a text holds what is left of a surrogate: one that lost a bracket
// when it was copied, whose middle was left out, as in [name:bm2w…], that was spelled in
// other signs, as in ［name：bm2w or \[name:bm2w, or that was broken into lines. Nobody can
// turn it back, and whoever reads the text could make nothing of it.
func Torn(text []byte) bool {
	plain := unescaped(text)
	whole := Find(nil, plain)
	return len(whole) != len(Find(nil, text)) || broken(plain) || cut(plain, whole)
}

// unescaped is a text in ASCII's signs as far as it has them in another form, without
// those that are not seen and those of Markdown that keep a sign from meaning something.
func unescaped(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		switch {
		case r == '\\', r == '\u00ad', r >= '\u200b' && r <= '\u200d', r == '\u2060', r == '\ufeff':
			return -1
		case r == '\u00a0', r == '\u2028', r == '\u2029', r == '\u3000':
			return ' '
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '【':
			return '['
		case r == '】':
			return ']'
		}
		return r
	}, text)
}

// mostBreaks is how often one surrogate is broken off by spaces or ends of lines, at most:
// between brackets there may also be a sentence.
const mostBreaks = 3

// broken reports a surrogate that is whole but for spaces and ends of lines in it.
func broken(text []byte) bool {
	var room [1 + longestName + 1 + longestBody + 2 + longestVisible]byte
	for i, c := range text {
		if c != '[' {
			continue
		}
		t, ok := parse(joined(room[:0], text[i:]))
		if !ok || !sealed(t.Type) {
			continue
		}
		if _, whole := parse(text[i:]); !whole {
			return true
		}
	}
	return false
}

// joined appends to dst what text begins with up to its closing bracket, without its
// breaks.
func joined(dst, text []byte) []byte {
	breaks, space := 0, false
	for i, c := range text {
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' {
			if !space {
				breaks++
			}
			space = true
			continue
		}
		if space = false; breaks > mostBreaks || len(dst) == cap(dst) || c == '[' && i > 0 {
			return dst
		}
		if dst = append(dst, c); c == ']' {
			return dst
		}
	}
	return dst
}

// sealed reports a type that has surrogates.
func sealed(t pii.Type) bool { return t != pii.Secret && t != pii.Text }

// cut reports a colon of a text, outside of its whole surrogates, behind which one was cut.
func cut(text []byte, whole []Token) bool {
	at := 0
	for i, c := range text {
		for at < len(whole) && i >= whole[at].End {
			at++
		}
		if c == ':' && (at == len(whole) || i < whole[at].Start) && tornAt(text, i) {
			return true
		}
	}
	return false
}

// fewestTorn is how much of a seal stands before what was left out, at least.
const fewestTorn = 4

// tornAt reports that the colon at text[i] is one behind the type of such a surrogate.
func tornAt(text []byte, i int) bool {
	from := i
	for from > 0 && i-from < longestName && (lower(text[from-1])-'a' < 26 || text[from-1] == '_') {
		from--
	}
	if t, ok := pii.ParseType(string(lowered(text[from:i]))); !ok || !sealed(t) {
		return false
	}
	end := i + 1
	for end < len(text) && value(text[end]) < 32 {
		end++
	}
	size := end - i - 1
	if size >= 1+shortestBody {
		return true
	}
	opened := from > 0 && text[from-1] == '['
	return opened && size >= fewestTorn && (bytes.HasPrefix(text[end:], []byte("...")) || bytes.HasPrefix(text[end:], []byte("…")))
}
