package surrogate

import "encoding/binary"

// A page of an answer speaks of the same people and under the same keys again and
// again, so a Session keeps what it made lately. What it keeps is no more secret
// than its key, which opens every surrogate.

// How much is kept: values and stand-ins of usual lengths.
const (
	madeBits   = 6
	madeSlots  = 1 << madeBits
	placeSlots = 16
	longestOf  = 48  // of a value and its field together
	longestInk = 128 // longer ones are not kept
)

// made is a value with the surrogate that was made of it.
type made struct {
	hash  uint64 // of the value
	typ   uint8
	show  bool
	text  uint8 // bytes of the value, 0 for an empty slot
	field uint8 // bytes of the field behind it, for types that are bound to one
	inked uint8
	told  [longestOf]byte
	ink   [longestInk]byte
}

// hash is a number that most values do not share, whose upper bits say where v is
// kept.
func (v *Value) hash() uint64 {
	n := len(v.Text)
	h := uint64(n)<<8 ^ uint64(v.Type)
	switch {
	case n >= 8:
		h ^= binary.LittleEndian.Uint64(v.Text) ^ binary.LittleEndian.Uint64(v.Text[n-8:])<<1
	case n >= 4:
		h ^= uint64(binary.LittleEndian.Uint32(v.Text))<<32 ^ uint64(binary.LittleEndian.Uint32(v.Text[n-4:]))<<16
	default:
		for _, c := range v.Text {
			h = h<<8 | uint64(c)
		}
	}
	return h * spread
}

// spread makes the upper bits of a product depend on all bits: 2^64 divided by the
// golden ratio.
const spread = 0x9e3779b97f4a7c15

// is reports that m was made of v, whose hash it has.
func (m *made) is(v *Value) bool {
	n := len(v.Text)
	if int(m.text) != n || m.typ != uint8(v.Type) || m.show != v.Show || string(m.told[:n]) != string(v.Text) {
		return false
	}
	return !Bound(v.Type) || string(m.told[n:n+int(m.field)]) == string(v.Field)
}

// keep makes m that of v.
func (m *made) keep(hash uint64, v *Value, ink []byte) {
	if len(ink) > longestInk {
		return
	}
	m.hash, m.typ, m.show = hash, uint8(v.Type), v.Show
	m.text, m.field = uint8(copy(m.told[:], v.Text)), 0
	if Bound(v.Type) {
		m.field = uint8(copy(m.told[len(v.Text):], v.Field))
	}
	m.inked = uint8(copy(m.ink[:], ink))
}

// forget forgets what was made for another tool or subject.
func (s *Session) forget() {
	for i := range s.made {
		s.made[i].text = 0
	}
	for i := range s.places {
		s.places[i].known = false
	}
}

// knownPlace is what a field is to the session.
type knownPlace struct {
	known bool
	size  uint8
	field [24]byte
	place [placeBytes]byte
}

// place is what the tool and a field are to this session.
func (s *Session) place(field []byte) [placeBytes]byte {
	n, slot := len(field), 0
	if n > len(s.places[0].field) {
		return s.newPlace(field)
	}
	if n > 0 {
		slot = (n + 7*int(field[0]) + 31*int(field[n-1])) % placeSlots
	}
	p := &s.places[slot]
	if !p.known || string(p.field[:p.size]) != string(field) {
		p.known, p.size, p.place = true, uint8(copy(p.field[:], field)), s.newPlace(field)
	}
	return p.place
}

// newPlace is place of a field that was not seen lately.
func (s *Session) newPlace(field []byte) [placeBytes]byte {
	s.sealed = s.cipher.Seal(s.sealed[:0], nil, s.cipher.Associate(placeName, s.tool, field))
	return [placeBytes]byte(s.sealed)
}

// placeName keeps what newPlace seals apart from surrogates, whose type has no dot.
var placeName = []byte("place.")
