package mask

import (
	"encoding/binary"
	"math/bits"

	"github.com/sallyport/sallyport/internal/pii"
)

// key is what the keys above a value say about it. With four members it stays in
// registers; the compiler keeps a fifth in memory, and all of them with it.
type key struct {
	typ  pii.Type // None: they say nothing
	kind kind

	from, to int32 // where the innermost key stands in the text that is walked
}

// kind is what a key says besides a type, and above that the node of the policy's paths
// that it leads to.
type kind uint32

const (
	identifier kind = 1 << iota // the value is one
	dropped                     // the value is to be null; where there is none, it is a text
	base64able                  // the value may be in base64
)

// nodeShift is where in a kind the node begins.
const nodeShift = 16

func (k key) is(what kind) bool { return k.kind&what != 0 }

// at is the node of the policy's paths, 0 off them.
func (k key) at() uint16 { return uint16(k.kind >> nodeShift) }

// LongestKey is the longest key that is looked up, in bytes.
const LongestKey = 64

// lookup is what a key says whatever the policy: it does not depend on one, so
// it is kept from body to body. Looking keys up afresh takes two fifths of the
// time of masking.
type lookup struct {
	spelled [shortKey / 8]uint64 // its bytes, zeros behind them
	whole   [shortKey / 8]uint64 // all bits of those bytes
	next    *lookup              // of the key that came behind it last
	size    int
	suspect bool // it may be personal data itself
	folded  [shortKey]byte
	length  int
	said    key
}

// shortKey is the longest key that is kept, and rows of columns are how many. If
// more keys of one body share a row than it has columns, each of them is looked up
// afresh every time: with four, a body of thirty keys has such a row once in 150.
const (
	shortKey = 24
	columns  = 4
	rowBits  = 6
	rows     = 1 << rowBits
)

// findKey is the lookup of a key by its spelling, nil for none.
func (m *Masker) findKey(a, b, c uint64, size int) *lookup {
	row := m.row(a, b, c)
	for i := range row {
		if l := &row[i]; l.is(a, b, c, size) {
			return l
		}
	}
	return nil
}

// row is where a key is kept, beside those that share its place.
func (m *Masker) row(a, b, c uint64) *[columns]lookup {
	const spread = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
	if m.known == nil {               // a Masker of one short text needs none
		m.known = new([rows][columns]lookup)
	}
	return &m.known[(a^bits.RotateLeft64(b, 23)^bits.RotateLeft64(c, 46))*spread>>(64-rowBits)]
}

// is reports that l is of a key of these bytes.
func (l *lookup) is(a, b, c uint64, size int) bool {
	return l.spelled[0] == a && l.spelled[1] == b && l.spelled[2] == c && l.size == size
}

// begins reports that these bytes begin with the key that l is of.
func (l *lookup) begins(a, b, c uint64) bool {
	return (a^l.spelled[0])&l.whole[0]|(b^l.spelled[1])&l.whole[1]|(c^l.spelled[2])&l.whole[2] == 0
}

// look is the lookup of a key that is at most LongestKey long. That of a long key
// is good until the next.
func (m *Masker) look(name []byte) *lookup {
	n := len(name)
	if n > shortKey {
		m.folded = pii.FoldKey(m.folded[:0], name)
		m.long = lookup{said: says(m.folded, name)}
		return &m.long
	}
	var spelled [shortKey]byte
	copy(spelled[:], name)
	a, b, c := binary.LittleEndian.Uint64(spelled[:]), binary.LittleEndian.Uint64(spelled[8:]), binary.LittleEndian.Uint64(spelled[16:])
	if l := m.findKey(a, b, c, n); l != nil {
		return l
	}
	row := m.row(a, b, c)
	copy(row[1:], row[:])
	l := &row[0]
	l.spelled, l.size, l.next = [...]uint64{a, b, c}, n, nil
	l.whole = [...]uint64{lowest(min(n, 8)), lowest(min(max(n-8, 0), 8)), lowest(max(n-16, 0))}
	l.suspect = traitsOf(a)|traitsOf(b)|traitsOf(c) != 0
	l.length = len(pii.FoldKey(l.folded[:0], name))
	l.said = says(l.folded[:l.length], name)
	return l
}

func says(folded, name []byte) key {
	k := key{typ: pii.KeyType(folded)}
	if pii.IsID(name) {
		k.kind |= identifier
	}
	if mayBeBase64(folded) {
		k.kind |= base64able
	}
	return k
}

// key is what a member's key says, given the type of what its object was under.
func (m *Masker) key(name []byte, inherited pii.Type) key {
	switch {
	case len(name) == 0:
		return key{typ: inherited}
	case len(name) > LongestKey:
		return m.given(m.tail(name), inherited)
	}
	return m.rule(m.look(name), inherited)
}

// tail is what the end of a longer key says, which is what stays of it where an address
// or the like in it is masked.
func (m *Masker) tail(name []byte) key {
	name = name[len(name)-LongestKey:]
	m.folded = pii.FoldKey(m.folded[:0], name)
	return says(m.folded, name)
}

// rule is what a key says under the policy. Objects pass their type on,
// {"name": {"first": "Ann"}}, but to no identifier.
func (m *Masker) rule(l *lookup, inherited pii.Type) key {
	if m.ownKeys {
		if k, ok := m.ownRule(l); ok {
			return k
		}
	}
	return m.given(l.said, inherited)
}

// given is what a key that says this says under the types of the policy.
func (m *Masker) given(said key, inherited pii.Type) key {
	switch {
	case said.typ != pii.None:
		if !m.policy.Types.Has(said.typ) {
			said.typ = pii.None
		}
		said.kind = 0
	case said.kind&identifier != 0:
		said.kind = identifier
	default:
		said.typ = inherited
	}
	return said
}

// ownRule is what the policy's own keys say.
func (m *Masker) ownRule(l *lookup) (key, bool) {
	folded := l.folded[:l.length]
	if l == &m.long {
		folded = m.folded
	}
	if m.policy.Pass[string(folded)] {
		return key{kind: l.said.kind}, true
	}
	if m.policy.Drop[string(folded)] {
		return key{typ: pii.Text, kind: dropped}, true
	}
	t, ok := m.policy.Keys[string(folded)]
	return key{typ: t}, ok
}

// inherits is the type that the members of an object under k have for it: cards
// are none, as {"card": {"brand": "visa"}} describes one.
func (k key) inherits() pii.Type {
	if k.typ == pii.Card {
		return pii.None
	}
	return k.typ
}
