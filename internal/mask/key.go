package mask

import "github.com/sallyport/sallyport/internal/pii"

// key is what the keys above a value say about it.
type key struct {
	typ pii.Type // None: they say nothing
	id  bool     // it is an identifier
}

// LongestKey is the longest key that is looked up, in bytes.
const LongestKey = 64

// key is what a member's key says, given what its object was under. Objects
// pass their type on, {"name": {"first": "Ann"}}, but to no identifier, and
// not for cards: {"card": {"brand": "visa"}} describes one.
func (m *Masker) key(name []byte, parent key) key {
	inherited := parent.typ
	if inherited == pii.Card {
		inherited = pii.None
	}
	if len(name) > LongestKey {
		return key{typ: inherited}
	}
	m.folded = pii.FoldKey(m.folded[:0], name)
	if m.policy.Pass[string(m.folded)] {
		return key{id: pii.IsID(name)}
	}
	if t, ok := m.policy.Keys[string(m.folded)]; ok {
		return key{typ: t}
	}
	if t := pii.KeyType(m.folded); t != pii.None {
		if m.policy.Types.Has(t) {
			return key{typ: t}
		}
		return key{}
	}
	if pii.IsID(name) {
		return key{id: true}
	}
	return key{typ: inherited}
}
