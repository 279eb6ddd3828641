package mask

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/pii"
)

// covers reports whether a value under a key of the type is personal data as a whole:
// what of it no stand-in stands for already, whose letters and digits say nothing.
func (m *Masker) covers(typ pii.Type, value []byte) bool {
	if bytes.IndexByte(value, '[') >= 0 {
		value = m.withoutOwn(value)
	}
	return m.finder.Covers(typ, value)
}

// withoutOwn is a text with a space in place of each surrogate and mark in it, until the
// next is asked for.
func (m *Masker) withoutOwn(text []byte) []byte {
	m.rest = m.rest[:0]
	for len(text) > 0 {
		i := bytes.IndexByte(text, '[')
		if i < 0 {
			break
		}
		m.rest, text = append(m.rest, text[:i]...), text[i:]
		if n := max(m.minter.Own(text), pii.Mark(text)); n > 0 {
			m.rest, text = append(m.rest, ' '), text[n:]
			continue
		}
		m.rest, text = append(m.rest, '['), text[1:]
	}
	m.rest = append(m.rest, text...)
	return m.rest
}
