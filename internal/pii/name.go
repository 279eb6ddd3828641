package pii

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// A name in running text that is not Chinese is told by a phrase before it, as in
// Dear Ada Lovelace, Mr. Stone and Kind regards, Grace Hopper. A phrase is looked
// for only at a word that begins with a capital or with l, m, n or o, or begins a
// line: few words of a text do.

// TellsName reports text, of which nothing else is a finding, in which a phrase
// tells a name.
func TellsName(text []byte) bool {
	return bytes.IndexByte(text, ' ') >= 0 && named(text, nil)
}

// named reports that a phrase tells a name in the text around the other findings.
func named(text []byte, found []Span) bool {
	from := 0
	for _, s := range found {
		if s.Start > 0 && nameIn(text, from, s.Start, from).Type != None || s.Type == Email && addressed(text, s.Start, from).Type != None {
			return true
		}
		from = s.End
	}
	return from < len(text) && nameIn(text, from, len(text), from).Type != None
}

// findNamed is find in text that hides nothing and in which there are names, from
// left to right: a matcher never looks left of a name either.
func (f *Finder) findNamed(dst []Span, text []byte, types Set) []Span {
	const stop = start | han
	floor, read := 0, 0
	for i := pass(text, 0, stop); i < len(text) || read < i; i = pass(text, i, stop) {
		s := nameIn(text, read, i, floor)
		if read = i; s.Type != None {
			if dst, floor = f.upTo(dst, text, i, s.Start, floor, types); floor <= s.Start {
				dst, floor = append(dst, s), s.End
			}
			read, i = floor, max(i, floor)
			continue
		}
		if i == len(text) {
			break
		}
		s, i = f.at1(text, i, floor, types)
		if s.Type == Email {
			if n := addressed(text, s.Start, floor); n.Type != None {
				dst = append(dst, n)
			}
		}
		if s.Type != None {
			dst = append(dst, s)
			floor = s.End
			read = max(read, floor)
		}
	}
	return dst
}

// upTo appends what is found in the text from i up to a name that stands further
// behind its phrase: Kind regards, <a href="mailto:ada@example.com">Ada</a>.
func (f *Finder) upTo(dst []Span, text []byte, i, to, floor int, types Set) (_ []Span, end int) {
	for i = pass(text, i, start|han); i < to; i = pass(text, i, start|han) {
		var s Span
		if s, i = f.at1(text, i, floor, types); s.Type != None {
			dst, floor = append(dst, s), s.End
		}
	}
	return dst, floor
}

// nameIn is the first name whose phrase begins in text[from:to], which nothing
// left of floor belongs to. What decides must not change when a finding right of
// the name becomes a mark.
func nameIn(text []byte, from, to, floor int) Span {
	switch {
	case from == 0 && to > 0:
		if s := nameAt(text, 0, floor); s.Type != None {
			return s
		}
	case from == floor && floor > 0: // who was greeted may end there
		if s := opened(text, floor); s.Type != None {
			return s
		}
	}
	for i := from; i+1 < to; i += 8 {
		if i+8 >= len(text) {
			return nameInLast(text, i, to, floor)
		}
		nine := text[i : i+9 : i+9]
		for w := beginnings(binary.LittleEndian.Uint64(nine), binary.LittleEndian.Uint64(nine[1:])); w != 0; w &= w - 1 {
			at := i + 1 + bits.TrailingZeros64(w)/8
			if at >= to {
				return Span{}
			}
			if s := nameAt(text, at, floor); s.Type != None {
				return s
			}
		}
	}
	return Span{}
}

// nameInLast is nameIn for the last bytes of a text.
func nameInLast(text []byte, i, to, floor int) Span {
	for ; i+1 < to; i++ {
		if text[i] < 'A' || text[i] >= utf8.RuneSelf {
			if s := nameAt(text, i+1, floor); s.Type != None {
				return s
			}
		}
	}
	return Span{}
}

const (
	eachByte = 0x0101010101010101
	highBits = 0x80 * eachByte
)

// beginnings are the high bits of the bytes of this, eight bytes of a text, behind
// which in next, the same a byte further, a phrase can begin.
func beginnings(this, next uint64) uint64 {
	const small, capital, after = (0x80 - 'l') * eachByte, (0x80 - 'A') * eachByte, (0x80 - 'Z' - 1) * eachByte
	open := ^(this&^highBits + capital) | this // no letter of ASCII
	low := next &^ highBits
	upper := (low + capital) &^ (low + after)               // A to Z
	lower := (low + small) &^ (low + (0x80-'o'-1)*eachByte) // l to o
	feed := this ^ '\n'*eachByte
	return (open&(upper|lower)&^next | (feed-eachByte)&^feed) & highBits
}

// nameAt is the name that a phrase at text[i] tells.
func nameAt(text []byte, i, floor int) Span {
	if !mayBePhrase(text, i) || !opensWord(text, i) {
		return Span{}
	}
	word := lettersAt(text, i)
	if !mayBeginPhrase(text[i:], len(word)) {
		return Span{}
	}
	end := i + len(word)
	l := lookUp(word)
	for _, p := range l.phrases {
		after := follows(text, end, p.rest)
		if after < 0 {
			continue
		}
		s := told(text, i, after, floor, p.how)
		if s.Type == None && (p.how == hails || p.how == greets) {
			s = opened(text, after)
		}
		return s
	}
	return Span{}
}

// opensWord reports that a word can begin at text[i]. Chinese has no spaces.
func opensWord(text []byte, i int) bool {
	if i == 0 {
		return len(text) > 0
	}
	if c := text[i-1]; c < utf8.RuneSelf {
		return c != '_' && c != '@' && !is(c, letter|digit)
	}
	r, _ := utf8.DecodeLastRune(text[:i])
	return isHan(r) || !isWordRune(r)
}

// follows is where the rest of a phrase ends that text goes on with at i, -1 if it
// does not.
func follows(text []byte, i int, rest string) int {
	for k := 0; k < len(rest); k++ {
		switch {
		case i == len(text):
			return -1
		case rest[k] == '\'' && hasAt(text, i, "’"):
			i += len("’")
		case text[i]|0x20 != rest[k]|0x20:
			return -1
		default:
			i++
		}
		if rest[k] == ' ' {
			i = skipSpaces(text, i)
		}
	}
	if i < len(text) && (is(text[i], letter|digit) || text[i] >= 0x80 || text[i] == '_' || text[i] == '@') {
		return -1
	}
	return i
}

// told is the name that a phrase at text[i:after] tells in a manner.
func told(text []byte, i, after, floor int, how manner) Span {
	r := &rules[how]
	if r.opens && !opensSentence(text, i, floor) || how == introduces && !owned(text, i, floor) || how == honours && !mayBeTitle(text, i, after, floor) {
		return Span{}
	}
	if how == thanks {
		after = thankedFor(text, after)
	}
	at, wide := r.gap.skip(text, after)
	if at < 0 || how == thanks && !wide {
		return Span{}
	}
	at, titled := skipTitles(text, at)
	n := name{text: text, start: at, small: r.small, how: how}
	if how == closes && !brokenBefore(text, at) || how == hails && wide || how == honours && text[i] < 'a' {
		n.small = 0
	}
	n.read()
	fewest := r.fewest
	if titled {
		fewest = 1
	}
	if n.words < fewest || !n.fits(r, wide) {
		return Span{}
	}
	return Span{Start: n.start, End: n.end, Type: Name}
}

// opensSentence reports that a sentence or a line begins at text[i].
func opensSentence(text []byte, i, floor int) bool {
	for i > floor && (text[i-1] == ' ' || text[i-1] == '\t' || text[i-1] == '\r') {
		i--
	}
	if i == floor {
		return floor == 0
	}
	if text[i-1] < utf8.RuneSelf {
		return !is(text[i-1], letter|stops)
	}
	r, _ := utf8.DecodeLastRune(text[floor:i])
	return !isWordRune(r)
}

// owned reports that the word before text[i] says whose name follows.
func owned(text []byte, i, floor int) bool {
	if text[i]|0x20 != 'n' { // mein Name ist has its owner
		return true
	}
	word := wordBefore(text, i, floor)
	return len(word) == 0 && opensSentence(text, i, floor) || lookUp(word).what == owner
}

// wordBefore is the word that ends at text[i], or before spaces there; none left of
// floor.
func wordBefore(text []byte, i, floor int) []byte {
	end := i
	for end > floor && text[end-1] == ' ' {
		end--
	}
	from := end
	for from > floor && is(text[from-1], letter) {
		from--
	}
	return text[from:end]
}

// mayBeTitle reports that text[i:after] is a title and not the end of an address
// (12 Main Dr), a verb (I miss you) or something else in capitals (MS Word).
func mayBeTitle(text []byte, i, after, floor int) bool {
	dot := after < len(text) && text[after] == '.'
	word := text[i:after]
	switch {
	case len(word) == 2 && !dot && word[1] < 'a':
		return hasAt(text, i, "MR") || hasAt(text, i, "MX")
	case word[0] >= 'a' && !dot:
		return false
	case len(word) != 2 || word[0]|0x20 != 'd':
		return true
	}
	before := wordBefore(text, i, floor)
	return len(before) == 0 || before[0] >= 'a' || lookUp(before).what != ordinary
}

// mostTitles are how many titles stand before a name at most.
const mostTitles = 4

// skipTitles passes over the titles before a name: Mr. and Mrs. Dr.
func skipTitles(text []byte, i int) (at int, titled bool) {
	for range mostTitles {
		word := lettersAt(text, i)
		end := i + len(word)
		l, next := lookUp(word), end
		if next < len(text) && text[next] == '.' {
			next++
		}
		after := skipSpaces(text, next)
		switch {
		case after == end:
			return i, titled
		case isTitle(l), titled && isAnd(word) && isTitle(lookUp(lettersAt(text, after))):
			i, titled = after, true
		default:
			return i, titled
		}
	}
	return i, titled
}

func isTitle(l *lexeme) bool { return l.tells(honours) }

func isAnd(word []byte) bool {
	switch string(word) {
	case "and", "und", "et", "y", "e", "AND", "And":
		return true
	}
	return false
}

// lettersAt is the run of letters at text[i:], which a longer word goes beyond.
func lettersAt(text []byte, i int) []byte {
	end := i
	for end < len(text) && end-i <= longestLexeme && (is(text[end], letter) || text[end] >= 0x80 && !hasAt(text, end, "’")) {
		end++
	}
	return text[i:end]
}
