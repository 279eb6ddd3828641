package pii

import (
	"bytes"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// Who writes or calls says who it is behind a greeting, as in Hi, this is Ada, and
// mail names people beside their addresses, as in Ada Lovelace <ada@example.com>.

// openings are what is said behind a greeting before one's own name, and how many
// words a name has at least there, in any capitals.
var openings = [...]struct {
	words  string
	fewest int
}{
	{"this is", 1},
	{"it's", 1},
	{"it is", 2},
	{"i am", 1},
	{"i'm", 1},
	{"im", 1},
	{"hier ist", 1},
	{"hier spricht", 1},
	{"ich bin", 2}, // Ich bin Kunde
	{"je suis", 1},
	{"c'est", 1},
	{"soy", 1},
	{"sono", 1},
}

// openingsBy are the openings, a bit for each, by the lowest five bits of their first letters.
var openingsBy = func() (t [32]uint32) {
	for i, o := range openings {
		t[o.words[0]&31] |= 1 << i
	}
	return t
}()

// opened is the name that an opening at text[i:] tells, behind who is greeted, or
// behind a greeting of nobody in particular: Hi there, this is Ada.
func opened(text []byte, i int) Span {
	for range 2 {
		word := lettersAt(text, skipSpaces(text, i))
		if len(word) == 0 || meaningOf(word) != collective {
			break
		}
		i = skipSpaces(text, i) + len(word)
	}
	at := skipSpaces(text, i)
	if at == i || !mayOpen(text, at) {
		if at, _ = skipBreaks(text, i); at < 0 || !mayOpen(text, at) {
			return Span{}
		}
	}
	for those := openingsBy[text[at]&31]; those != 0; those &= those - 1 {
		o := &openings[bits.TrailingZeros32(those)]
		if !mayFollow(text, at, o.words) {
			continue
		}
		after := follows(text, at, o.words)
		if after < 0 {
			continue
		}
		n := name{text: text, start: skipSpaces(text, after), how: opens}
		if n.start == after {
			continue
		}
		n.read()
		if n.words >= o.fewest && n.fits(&rules[opens], false) && (n.words > 1 || !saysWhence(text[n.start:n.end])) {
			return Span{Start: n.start, End: n.end, Type: Name}
		}
	}
	return Span{}
}

// mayOpen reports that an opening may begin at text[i:].
func mayOpen(text []byte, i int) bool {
	if i == len(text) {
		return false
	}
	switch text[i] | 0x20 {
	case 't', 'i', 'h', 'j', 'c', 's':
		return true
	}
	return false
}

// mayFollow reports that words may follow at text[i:], by their first two letters:
// most that follow a greeting are told from all openings by those.
func mayFollow(text []byte, i int, words string) bool {
	return i+1 < len(text) && text[i]|0x20 == words[0] && (text[i+1]|0x20 == words[1]|0x20 || words[1] == '\'')
}

// goesOn reports that the words behind one's own name go on with what for, or with
// how to reach who said it.
func (n *name) goesOn(at int, next []byte) bool {
	if len(next) > 0 {
		what := lookUp(next).what
		return isSpeaking(next) || isAnd(next) || !isCapital(next) && (what == never || what == neverLater || what == owner || what == particle)
	}
	return at > n.end && at < len(n.text) && (n.text[at] == '(' || n.text[at] == '<' || n.text[at] == '-') || hasAt(n.text, at, "–") || hasAt(n.text, at, "—")
}

// saysWhence reports words that are written with a capital as names are, and say of
// what kind somebody or something is: I'm German.
func saysWhence(word []byte) bool {
	switch string(word) {
	case "American", "Australian", "Austrian", "Belgian", "Brazilian", "British", "Canadian", "Chinese", "Danish", "Dutch", "English", "European", "Finnish", "French", "German", "Greek", "Indian", "Irish", "Italian", "Japanese", "Jewish",
		"Korean", "Mexican", "Muslim", "Christian", "Catholic", "Norwegian", "Polish", "Portuguese", "Romanian", "Russian", "Scottish", "Spanish", "Swedish", "Swiss", "Turkish", "Ukrainian", "Welsh",
		"Urgent", "Important", "Ridiculous", "Unacceptable", "Done", "Ready", "Interested", "Locked", "Stuck", "Furious":
		return true
	}
	return false
}

// addressed is the name beside the mailbox whose address in angle brackets begins at
// text[i:], of two words or more, right of floor.
func addressed(text []byte, i, floor int) Span {
	if i == floor || text[i-1] != '<' {
		return Span{}
	}
	end := i - 1
	for end > floor && (text[end-1] == ' ' || text[end-1] == '"') {
		end--
	}
	from := end
	for from > floor && end-from < widest && inName(text[from-1]) {
		from--
	}
	for at := from; at < end; at++ {
		if at > 0 && !opensWord(text, at) || text[at] == ' ' {
			continue
		}
		n := name{text: text, start: at, how: heads}
		if n.read(); n.words > 1 && n.end == end {
			return Span{Start: at, End: end, Type: Name}
		}
	}
	return Span{}
}

// inName reports a byte that a name can have.
func inName(c byte) bool {
	return c == ' ' || c == '\'' || c == '-' || c == '.' || c >= 0x80 || is(c, letter)
}

// FamilyName is the end of the family name that may follow the given name which
// ends at text[i], particles included: Ada Lovelace where Ada is known. i when
// nothing does.
func FamilyName(text []byte, i int) int {
	n := name{text: text, start: i + 1, words: 1}
	if i+1 >= len(text) || text[i] != ' ' {
		return i
	}
	from := n.leads(n.start)
	end, ok := wordAt(text, from)
	if !ok && !escapedAt(text, end) || end < from+2 || lookUp(text[from:end]).what != ordinary || meaningOf(text[from:end]) != ordinary {
		return i
	}
	if first, _ := utf8.DecodeRune(text[from:]); !unicode.IsUpper(first) {
		return i
	}
	return end - len(suffixOf(text[from:end]))
}

// suffixOf is what says whose something is.
func suffixOf(word []byte) string {
	for _, s := range [...]string{"'s", "’s"} {
		if bytes.HasSuffix(word, []byte(s)) {
			return s
		}
	}
	return ""
}

// escapedAt reports an escape of JSON at text[i], but for those that spell a letter.
func escapedAt(text []byte, i int) bool {
	return i+1 < len(text) && text[i] == '\\' && text[i+1] != 'u'
}
