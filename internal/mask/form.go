package mask

import (
	"bytes"
	"slices"

	"github.com/sallyport/sallyport/internal/pii"
)

// asForm masks text that is a form, or an address with fields in its query or behind a
// hash, by the names of its fields: first_name=Ann&phone=%2B1+415+555+0142. It reports
// false for other text.
func (m *Masker) asForm(text []byte) bool {
	from, ok := looksLikeForm(text, false)
	if ok {
		m.fields(text, from)
	}
	return ok
}

// fields masks a form, or an address whose fields begin at from.
func (m *Masker) fields(text []byte, from int) {
	if from > 0 {
		m.find(text[:from-1])
	}
	for at := from; at < len(text); {
		end := at
		for end < len(text) && text[end] != '&' && (from == 0 || text[end] != '#') {
			end++
		}
		m.field(text, at, end)
		at = end + 1
	}
}

// looksLikeForm reports fields with names between ampersands, without a space unless
// it may be spaced, and where they begin: behind a question mark or a hash, if there is
// one. There, some may have no value, and a hash may end one.
func looksLikeForm(text []byte, spaced bool) (from int, ok bool) {
	if bytes.IndexByte(text, '=') < 1 {
		return 0, false
	}
	if from = bytes.IndexByte(text, '?') + 1; from == 0 {
		from = bytes.IndexByte(text, '#') + 1
	}
	name, fields := true, 0
	for i, c := range text {
		switch {
		case c <= ' ' && (c != ' ' || !spaced):
			return 0, false
		case i < from:
		case c == '&' || c == '#' && from > 0:
			if name && from == 0 {
				return 0, false // a field without a value is one of an address alone
			}
			name = true
		case c == '=':
			if name {
				fields++
			}
			name = false
		case name && !wordy(c) && c != '-' && c != '.' && c != '[' && c != ']' && c != '%' && c < 0x80:
			return 0, false
		}
	}
	return from, fields > 1 || fields == 1 && (from > 0 || holdsJSON(text))
}

// holdsJSON reports a form of one field whose value may be a JSON object or array, and is
// no mark.
func holdsJSON(text []byte) bool {
	value := text[bytes.IndexByte(text, '=')+1:]
	last := len(value) - 1
	switch {
	case last < 1:
		return false
	case value[0] == '%':
		return last > 2 && (value[1] == '7' || value[1] == '5') && value[2]|0x20 == 'b'
	case value[0] == '[' && value[last] == ']': // and no mark
		return value[1] < 'A' || value[1] == '{' || value[1] == '['
	}
	return value[0] == '{' && value[last] == '}'
}

// field masks text[at:end], a name and its value, or either alone.
func (m *Masker) field(text []byte, at, end int) {
	start := at
	for start < end && text[start] != '=' {
		start++
	}
	name := text[at:start]
	m.name = nil
	first := len(m.edits)
	m.said(m.unform(name), at) // a name can be somebody's address
	name = m.asMasked(text, at, start, first)
	if shown := m.unform(name).text; len(shown) < len(name) {
		name = bytes.Clone(shown)
	}
	name = keyOf(name)
	k := m.key(name, pii.None)
	if start++; start >= end {
		return
	}
	m.name = name
	d := m.unform(text[start:end])
	if k.typ != pii.None && m.covers(k.typ, d.text) {
		m.replace(start, end, k.typ, d.text, true)
		return
	}
	if k.is(identifier) && bare(d.text) {
		return
	}
	if from, ok := looksLikeForm(d.text, true); ok && m.nested < maxAddresses && isAddress(d.text) { // where to go next
		m.nested++
		d = decoded{text: bytes.Clone(d.text), at: slices.Clone(d.at)}
		first := len(m.edits)
		m.fields(d.text, from)
		m.lift(first, start, d.at)
		m.nested--
		return
	}
	if m.formJSON(d, start) {
		return
	}
	m.said(d, start)
}

// maxAddresses is how deep addresses are looked at that stand in fields of each other.
const maxAddresses = 2

// keyOf is what in the name of a field is a key: name of customer[name] and name[0].
func keyOf(name []byte) []byte {
	for bytes.HasSuffix(name, []byte("]")) {
		open := bytes.LastIndexByte(name, '[')
		if open < 1 {
			break
		}
		if inner := name[open+1 : len(name)-1]; !bare(inner) {
			return inner
		}
		name = name[:open]
	}
	return name
}

// asMasked is text[from:to] as it leaves, with the edits since first: a key is read from
// that, as it is when it comes again.
func (m *Masker) asMasked(text []byte, from, to, first int) []byte {
	if len(m.edits) == first {
		return text[from:to]
	}
	var out []byte
	for _, e := range m.edits[first:] {
		out = append(append(out, text[from:e.start]...), m.ink[e.from:e.to]...)
		from = e.end
	}
	return append(out, text[from:to]...)
}

// said masks by shape what a part of a form that begins at base says.
func (m *Masker) said(d decoded, base int) {
	first := len(m.edits)
	m.find(d.text)
	m.lift(first, base, d.at)
}

// unform reads a value of a form: escaped bytes, and spaces written as plus.
func (m *Masker) unform(value []byte) decoded {
	d := &m.form
	d.text, d.at = d.text[:0], d.at[:0]
	for i := 0; i < len(value); i++ {
		c, n := value[i], 0
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(value) && pii.HexDigit(value[i+1]) >= 0 && pii.HexDigit(value[i+2]) >= 0:
			c, n = byte(pii.HexDigit(value[i+1])<<4|pii.HexDigit(value[i+2])), 2
		}
		d.text, d.at = append(d.text, c), append(d.at, int32(i))
		i += n
	}
	d.at = append(d.at, int32(len(value)))
	return *d
}
