package mask

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/sallyport/sallyport/internal/pii"
)

// A value that a key tells, as names and addresses are, is looked for in all
// running text of the same body: {"name": "Ann Lee", "note": "Ann Lee called"}.

// shortestProse is how long a string is at least that is looked at, in bytes. In a shorter
// one a name is told again, as in "Hi Ada,", or by a phrase that has shortestPhrase bytes
// with its name.
const (
	shortestProse  = 8
	shortestPhrase = len("Hi Ada")
)

// longestSought is how long a value is at most that is looked for, in bytes: as long as
// one that is sealed. To compare longer ones at every word would have no bound.
const longestSought = 256

// place is src[start:end].
type place struct {
	start, end int
	plain      bool // no byte in it hides another
}

func (p place) moved(by int) place { return place{p.start + by, p.end + by, p.plain} }

// value is one that was told by its key.
type value struct {
	text   []byte
	typ    pii.Type
	parent int // the longest other value that this one begins with, -1 for none
}

// again masks what keys told once more wherever it stands in running text.
func (m *Masker) again(src []byte) {
	m.sought = m.sought[:0]
	for i := range m.edits {
		if e := &m.edits[i]; (e.byKey || e.typ == pii.Name) && e.inner == nil {
			m.seek(src[e.start:e.end], e.typ)
		}
	}
	if len(m.sought) == 0 || len(m.prosaic) == 0 {
		return
	}
	m.stops, m.heads, m.inOrder = hides, [headWords]uint64{}, false
	for i := range m.sought {
		text := m.sought[i].text
		m.stops[text[0]] |= begins
		h, other := head(text)
		m.heads[h/64] |= 1 << (h % 64)
		m.heads[other/64] |= 1 << (other % 64)
	}
	known := len(m.edits)
	m.name = nil // wherever it is told again, it is in running text
	for _, p := range m.prosaic {
		if p.end-p.start >= shortestProse || namelike(shortWord(src, p.start, p.end)) {
			m.repeat(src, p, known)
		}
	}
	if len(m.edits) > known {
		m.sort()
	}
}

// shortWord are the less than eight bytes of src[start:end], with zeros behind them.
func shortWord(src []byte, start, end int) uint64 {
	if len(src)-start < 8 {
		return highs&^0xff | ' ' // the last bytes of a document may be anything
	}
	return binary.LittleEndian.Uint64(src[start:]) & lowest(end-start)
}

// namelike reports a word of eight with a capital or another script in it.
func namelike(x uint64) bool {
	low := x &^ highs
	return (x|(low+(0x80-'A')*ones)&^(low+(0x80-'Z'-1)*ones))&highs != 0
}

func (m *Masker) sort() {
	slices.SortFunc(m.edits, func(a, b edit) int { return a.start - b.start })
}

// seek remembers a value the way it reads.
func (m *Masker) seek(spelled []byte, typ pii.Type) {
	text, at := m.finder.Fold(spelled)
	if at != nil {
		text = bytes.Clone(text)
	}
	if len(text) > longestSought || !distinct(text, typ) {
		return
	}
	for n := len(m.sought) - 1; n >= 0 && n > len(m.sought)-5; n-- { // lists repeat values
		if bytes.Equal(m.sought[n].text, text) {
			return
		}
	}
	m.sought = append(m.sought, value{text: text, typ: typ})
}

// headBytes are how many bytes each value has at least, and two bits of headWords
// words stand for those that some value begins with: nearly all words of a text that
// begin with the same letter as one are told from it by these.
const (
	headBytes = 3
	headWords = 16
)

// head are the bits of the first bytes of text.
func head(text []byte) (one, other uint32) {
	const spread, bits = 0x9e3779b1, headWords * 64 // 2^32 divided by the golden ratio
	h := (uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16) * spread
	return h / (1 << 32 / bits), h / (1 << 32 / bits / bits) % bits
}

// mayBegin reports text that a sought value may begin.
func (m *Masker) mayBegin(text []byte) bool {
	if len(text) < headBytes {
		return false
	}
	h, other := head(text)
	return m.heads[h/64]>>(h%64)&(m.heads[other/64]>>(other%64))&1 != 0
}

// arrange puts the sought values in order, each once, before the first is looked
// for: most bodies tell none again.
func (m *Masker) arrange() {
	if m.inOrder {
		return
	}
	m.inOrder = true
	slices.SortStableFunc(m.sought, func(a, b value) int { return bytes.Compare(a.text, b.text) })
	m.sought = slices.CompactFunc(m.sought, func(a, b value) bool { return bytes.Equal(a.text, b.text) })
	for i := range m.sought {
		parent := i - 1
		for parent >= 0 && !bytes.HasPrefix(m.sought[i].text, m.sought[parent].text) {
			parent = m.sought[parent].parent
		}
		m.sought[i].parent = parent
	}
}

// distinct reports a value that is hardly another word by chance: a name is
// written with a capital or in another script, other values have four digits.
func distinct(text []byte, typ pii.Type) bool {
	digits, capitals := 0, 0
	for _, c := range text {
		switch {
		case c-'0' < 10:
			digits++
		case c >= 'A' && c <= 'Z' || c >= 0x80:
			capitals++
		}
	}
	switch typ {
	case pii.Name:
		return len(text) >= headBytes && capitals > 0
	case pii.Text, pii.None:
		return false
	case pii.Address:
		return len(text) >= 8 && digits > 0
	default:
		return len(text) >= 6 && digits >= 4
	}
}

// What a byte can be in running text.
const (
	begins uint8 = 1 << iota // it begins a value that is sought
	hidden                   // Fold may have to change it
)

// hides are the bytes that may hide others.
var hides = func() (t [256]uint8) {
	for c := range t {
		if pii.Hides(byte(c)) {
			t[c] = hidden
		}
	}
	return t
}()

// repeat masks the sought values in one place, where none of the first known
// edits is. Escapes of JSON, however deep, percent escapes and the like are read
// as what they show.
func (m *Masker) repeat(src []byte, p place, known int) {
	text, what := src[p.start:p.end], hidden|begins
	if p.plain {
		what = begins
	}
	i := m.stop(text, 0, what)
	for i < len(text) && m.stops[text[i]]&hidden == 0 && !m.mayBegin(text[i:]) {
		i = m.stop(text, i+1, what)
	}
	if i == len(text) {
		return // most places
	}
	if p.plain || m.stop(text, i, hidden) == len(text) {
		m.told(src, p, text, nil, known)
		return
	}
	folded, at := m.finder.Fold(text)
	m.told(src, p, folded, at, known)
}

// stop is the next place from i on of a byte that is one of what, or the end.
func (m *Masker) stop(text []byte, i int, what uint8) int {
	t := &m.stops
	for ; i+8 <= len(text); i += 8 {
		w := text[i : i+8 : i+8]
		if (t[w[0]]|t[w[1]]|t[w[2]]|t[w[3]]|t[w[4]]|t[w[5]]|t[w[6]]|t[w[7]])&what != 0 {
			break
		}
	}
	for i < len(text) && t[text[i]]&what == 0 {
		i++
	}
	return i
}

// told masks the sought values in text, which is what src shows at p.
func (m *Masker) told(src []byte, p place, text []byte, at []int32, known int) {
	for i := m.stop(text, 0, begins); i < len(text); i = m.stop(text, i+1, begins) {
		if !m.mayBegin(text[i:]) || !opensWord(text, i) {
			continue
		}
		v, ok := m.longest(text[i:])
		if !ok {
			continue
		}
		end := i + len(v.text)
		whole := wholeName(text, end, v)
		if whole > end && m.toldAt(src, p, text[i:whole], i, at, v.typ, known) {
			i = whole - 1
		} else if m.toldAt(src, p, v.text, i, at, v.typ, known) {
			i = end - 1
		}
	}
}

// wholeName is where a name of two words ends of which v, which ends at text[end], is
// the first: half a name is none that is hidden.
func wholeName(text []byte, end int, v value) int {
	if v.typ != pii.Name || bytes.IndexByte(v.text, ' ') >= 0 {
		return end
	}
	return pii.FamilyName(text, end)
}

// toldAt masks what stands at i in the text that src shows at p, and reports whether
// it did.
func (m *Masker) toldAt(src []byte, p place, told []byte, i int, at []int32, typ pii.Type, known int) bool {
	start, end := i, i+len(told)
	if at != nil {
		start, end = int(at[start]), int(at[end])
	}
	start, end = start+p.start, end+p.start
	low := p.start
	if n := len(m.edits); n > known && m.edits[n-1].end > low && m.edits[n-1].end <= start {
		low = m.edits[n-1].end // of the value before this one
	}
	start, ok := wholeEscape(src, low, start)
	if !ok || m.edited(start, end, known) || isKey(src[end:p.end]) {
		return false
	}
	n := len(m.edits)
	m.replace(start, end, typ, told, false)
	if len(m.edits) == n {
		return false
	}
	m.edits[n].again = true
	return true
}

// longest is the longest sought value that text begins with.
func (m *Masker) longest(text []byte) (value, bool) {
	m.arrange()
	i, found := slices.BinarySearchFunc(m.sought, text, func(v value, text []byte) int { return bytes.Compare(v.text, text) })
	if !found {
		i-- // every value that text begins with is this one, or one that it begins with
	}
	for ; i >= 0; i = m.sought[i].parent {
		if v := m.sought[i]; bytes.HasPrefix(text, v.text) && closesWord(text, len(v.text)) {
			return v, true
		}
	}
	return value{}, false
}

// wholeEscape is start, or where the backslashes begin that spell what stands
// there in a string inside strings. False says that it is the end of an escape.
func wholeEscape(src []byte, low, start int) (int, bool) {
	if start == low || src[start-1] != '\\' {
		return start, true
	}
	if src[start] != '\\' {
		return start, false
	}
	for start > low && src[start-1] == '\\' {
		start--
	}
	return start, true
}

// isKey reports that a key of a JSON member ended just before text, in a string
// or not.
func isKey(text []byte) bool {
	text = bytes.TrimLeft(text, `\`)
	if len(text) == 0 || text[0] != '"' {
		return false
	}
	text = bytes.TrimLeft(text[1:], " \t\r\n")
	return len(text) > 0 && text[0] == ':'
}

// edited reports that one of the first known edits, which are in order, touches
// src[start:end].
func (m *Masker) edited(start, end, known int) bool {
	i, _ := slices.BinarySearchFunc(m.edits[:known], start, func(e edit, at int) int { return e.end - 1 - at })
	return i < known && m.edits[i].start < end
}

// opensWord reports that a word can begin at text[i]. A letter before it counts
// for none if it is the end of an escape, as in \nAnn.
func opensWord(text []byte, i int) bool {
	if i == 0 || text[i] >= 0x80 || !wordy(text[i-1]) {
		return text[i]&0xC0 != 0x80
	}
	return i > 1 && text[i-2] == '\\' && bytes.IndexByte([]byte("nrtbf"), text[i-1]) >= 0
}

// closesWord reports that a word can end at text[i].
func closesWord(text []byte, i int) bool {
	return i == len(text) || text[i-1] >= 0x80 || !wordy(text[i])
}

func wordy(c byte) bool { return c-'0' < 10 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }
