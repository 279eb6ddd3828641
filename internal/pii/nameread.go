package pii

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Bounds of a name in running text.
const (
	mostWords = 5
	mostHan   = 4  // characters
	wordBytes = 48 // of one word
)

// name is one that is read at start, behind its phrase.
type name struct {
	text       []byte
	start, end int
	words      int
	small      int // how many words in small letters it may have
	how        manner
	lower      bool // it is in small letters
}

// read reads words with capitals, or else in small letters where those may stand.
func (n *name) read() {
	n.end = n.start
	if n.start >= len(n.text) {
		return
	}
	r, _ := utf8.DecodeRune(n.text[n.start:])
	if unicode.IsLower(r) && n.leads(n.start) == n.start {
		n.lower = true
		if n.small > 0 {
			n.readSmall()
		}
		return
	}
	n.readCapital()
}

// readCapital reads words that begin with capitals, and what stands between.
func (n *name) readCapital() {
	for at := n.start; n.words < mostWords; {
		from := n.leads(at)
		end, ok := wordAt(n.text, from)
		if !ok || !isCapital(n.text[from:end]) {
			return
		}
		initial := end < len(n.text) && n.text[end] == '.' && end == from+1
		switch what := meaningOf(n.text[from:end]); {
		case what == collective, what == product && n.how == honours, n.words == 0 && n.closesAgain(n.text[from:end]):
			n.words = 0
			return
		case what == never && (!initial || n.words == 0), what == neverLater && n.words > 0: // Ada A. Stone
			return
		}
		n.words++
		n.end = end
		if end-from > 3 && bytes.HasSuffix(n.text[from:end], []byte("'s")) {
			n.end -= len("'s")
			return
		}
		if initial {
			end++
		}
		if at = skipSpaces(n.text, end); at == end {
			return
		}
		at = n.both(at)
	}
}

// closesAgain reports that the word behind one greeting at the end begins another:
// Thanks, Best regards.
func (n *name) closesAgain(word []byte) bool {
	return (n.how == closes || n.how == thanks) && lookUp(word).tells(closes, thanks)
}

// both passes over the and between two who are greeted.
func (n *name) both(i int) int {
	if n.how != greets && n.how != calls && n.how != hails {
		return i
	}
	word := lettersAt(n.text, i)
	if !isAnd(word) {
		return i
	}
	return skipSpaces(n.text, i+len(word))
}

// leads is where the word with a capital stands behind the particles at text[i:],
// i if there are none. A name begins with few of them.
func (n *name) leads(i int) int {
	at := i
	for range 3 {
		word := lettersAt(n.text, at)
		after := skipSpaces(n.text, at+len(word))
		if len(word) == 0 || after == at+len(word) || after == len(n.text) || lookUp(word).what != particle {
			break
		}
		at = after
	}
	if at == i || n.words == 0 && !beginsName(lettersAt(n.text, i)) || !n.lower && !isCapital(n.text[at:]) {
		return i
	}
	return at
}

// beginsName reports a particle that a name can begin with.
func beginsName(word []byte) bool {
	switch string(word) {
	case "van", "von", "de", "di", "da", "del", "della", "du", "al", "el", "bin", "ter", "zu", "Van", "Von", "De", "Di", "Da", "Del", "Della", "Du", "Al", "El", "Bin", "Ter", "Le", "La":
		return true
	}
	return false
}

// readSmall reads words in small letters that nothing says are no name.
func (n *name) readSmall() {
	for at := n.start; n.words < n.small; {
		from := n.leads(at)
		end, ok := wordAt(n.text, from)
		if !ok || end < from+2 || lookUp(n.text[from:end]).what != ordinary || meaningOf(n.text[from:end]) != ordinary || isCapital(n.text[from:end]) || len(lookUp(n.text[from:end]).phrases) > 0 {
			return
		}
		n.words++
		n.end = end
		if at = skipSpaces(n.text, end); at == end || n.how == honours {
			return
		}
	}
}

// fits reports that what follows the name is as the rule asks.
func (n *name) fits(r *rule, wide bool) bool {
	at := skipSpaces(n.text, n.end)
	end, spoken := wordAt(n.text, at)
	spoken = spoken && at > n.end
	next := n.text[at:max(at, end)]
	switch {
	case n.how == heads:
		if at < len(n.text) && n.text[at] == '"' {
			at = skipSpaces(n.text, at+1)
		}
		return mailbox(n.text, at)
	case n.how == presents:
		return spoken && isSpeaking(next)
	case n.how == opens:
		return n.ended(at) || spoken && n.goesOn(at, next) || !spoken && n.goesOn(at, nil)
	case n.lower && n.how == introduces:
		return n.ended(at) || spoken && meaningOf(next) != ordinary
	case n.lower && n.how != honours:
		return n.ended(at)
	case spoken && meaningOf(next) == collective:
		return false // Dear Acme team
	case n.how == states:
		return n.ended(at) || spoken && (isSpeaking(next) || isAnd(next))
	case n.how == hails && wide:
		return n.ended(at) || spoken && isSpeaking(next)
	case r.closed, r.ends:
		return n.ended(at)
	}
	return true
}

// mailbox reports that text goes on at i with an e-mail address, or what stands
// for it, in angle brackets.
func mailbox(text []byte, i int) bool {
	if i == len(text) || text[i] != '<' {
		return false
	}
	addressed := false
	for _, c := range text[i+1:] {
		switch c {
		case '@', '[':
			addressed = true
		case '>':
			return addressed
		case '<', '\n':
			return false
		}
	}
	return false
}

// isSpeaking reports a word behind the name of somebody who says who it is.
func isSpeaking(word []byte) bool {
	switch string(word) {
	case "from", "calling", "writing", "speaking", "here", "again":
		return true
	}
	return false
}

// ended reports that a part of a sentence ends at text[at], with nothing but
// spaces between it and the name.
func (n *name) ended(at int) bool {
	if at == len(n.text) {
		return true
	}
	switch n.text[at] {
	case '\n', '\r', ',', '!', '?', ';', ')', '<', '|', '"', '*':
		return true
	case '.':
		return at+1 == len(n.text) || n.text[at+1] <= ' ' || n.text[at+1] == '<' || n.text[at+1] == '"'
	case ':':
		return n.how != fields && n.how != fieldsMore
	}
	return false
}

// meaningOf is what a word says, or what stands before its apostrophe.
func meaningOf(word []byte) meaning {
	what := lookUp(word).what
	if what == ordinary {
		if i := bytes.IndexByte(word, '\''); i > 1 {
			what = lookUp(word[:i]).what
		}
	}
	switch what {
	case owner:
		return never
	case particle:
		return ordinary
	default:
		return what
	}
}

// wordAt is the end of the word at text[i:]: letters, with apostrophes and dashes
// between them. False says that it is none, or a part of something else: of an
// address, an identifier, a number.
func wordAt(text []byte, i int) (end int, ok bool) {
	han, runes := 0, 0
	for end = i; end < len(text) && end < i+wordBytes; runes++ {
		r, size := utf8.DecodeRune(text[end:])
		if !isWordRune(r) {
			if end == i || (r != '\'' && r != '’' && r != '-') {
				break
			}
			if next, _ := utf8.DecodeRune(text[end+size:]); !unicode.IsLetter(next) {
				break
			}
		}
		if isHan(r) {
			han++
		}
		end += size
	}
	if end == i || end == i+wordBytes || han > 0 && (han != runes || han > mostHan) {
		return end, false
	}
	return end, !continued(text, i, end)
}

// continued reports that text[i:end] goes on as something that is no word.
func continued(text []byte, i, end int) bool {
	if end == len(text) {
		return false
	}
	switch c := text[end]; {
	case isDigit(c), c == '@', c == '_', c == '+', c == '=', c == '/', c == '\\', c == '~', c == '-', c == '\'', c == '%', c == '[':
		return true
	case c == '.' || c == ':':
		return end+1 < len(text) && (is(text[end+1], letter|digit) || text[end+1] >= 0x80 || text[end+1] == '/' || text[end+1] == '[' || text[end+1] == c)
	case c == ' ' && end == i+2 && end+1 < len(text): // of an identity number: AB 12 34 56 C
		return (isDigit(text[end+1]) || text[end+1] == '[') && text[i+1] < 'a'
	}
	return false
}

// isWordRune reports a letter or a mark on one.
func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Mn, r) }

// isCapital reports a word that begins with a capital, or in a script that has
// none.
func isCapital(word []byte) bool {
	r, _ := utf8.DecodeRune(word)
	return unicode.IsLetter(r) && !unicode.IsLower(r)
}
