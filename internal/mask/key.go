package mask

import "github.com/sallyport/sallyport/internal/pii"

// key is what the keys above a value say about it.
type key struct {
	typ  pii.Type // None: they say nothing
	id   bool     // it is an identifier
	drop bool     // it is to be null; where there is none, it is a text
	b64  bool     // it may be in base64

	from, to int // where the innermost key stands in the text that is walked
}

// LongestKey is the longest key that is looked up, in bytes.
const LongestKey = 64

// lookup is what a key says whatever the policy: it does not depend on one, so
// it is kept from body to body. Looking keys up afresh takes two fifths of the
// time of masking.
type lookup struct {
	name   [shortKey]byte
	size   int
	folded [shortKey]byte
	length int
	said   key
}

// shortKey is the longest key that is kept, and slots how many are.
const (
	shortKey = 24
	slots    = 256
)

// look is the lookup of a key that is not empty and at most LongestKey long,
// with its folded spelling.
func (m *Masker) look(name []byte) (folded []byte, said key) {
	n := len(name)
	if n > shortKey {
		m.folded = pii.FoldKey(m.folded[:0], name)
		return m.folded, says(m.folded, name)
	}
	l := &m.known[(n+7*int(name[0])+31*int(name[n-1])+61*int(name[n/2]))%slots]
	if l.size != n || string(l.name[:n]) != string(name) {
		l.size = copy(l.name[:], name)
		l.length = len(pii.FoldKey(l.folded[:0], name))
		l.said = says(l.folded[:l.length], name)
	}
	return l.folded[:l.length], l.said
}

func says(folded, name []byte) key {
	return key{typ: pii.KeyType(folded), id: pii.IsID(name), b64: mayBeBase64(folded)}
}

// key is what a member's key says, given what its object was under. Objects
// pass their type on, {"name": {"first": "Ann"}}, but to no identifier, and
// not for cards: {"card": {"brand": "visa"}} describes one.
func (m *Masker) key(name []byte, parent key) key {
	inherited := parent.typ
	if inherited == pii.Card {
		inherited = pii.None
	}
	if len(name) == 0 || len(name) > LongestKey {
		return key{typ: inherited}
	}
	folded, said := m.look(name)
	if len(m.policy.Pass) > 0 && m.policy.Pass[string(folded)] {
		return key{id: said.id, b64: said.b64}
	}
	if len(m.policy.Drop) > 0 && m.policy.Drop[string(folded)] {
		return key{typ: pii.Text, drop: true}
	}
	if len(m.policy.Keys) > 0 {
		if t, ok := m.policy.Keys[string(folded)]; ok {
			return key{typ: t}
		}
	}
	switch {
	case m.policy.Types.Has(said.typ):
		return key{typ: said.typ}
	case said.typ != pii.None:
		return key{}
	case said.id:
		return key{id: true}
	}
	return key{typ: inherited, b64: said.b64}
}
