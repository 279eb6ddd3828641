package mask

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/pii"
)

// asForm masks text that is a form, or an address with a query, by the names of
// its fields: first_name=Ann&phone=%2B1+415+555+0142. It reports false for other
// text.
func (m *Masker) asForm(text []byte) bool {
	from, ok := looksLikeForm(text)
	if !ok {
		return false
	}
	if from > 0 {
		m.find(text[:from-1])
	}
	for at := from; at < len(text); {
		end := at
		for end < len(text) && text[end] != '&' {
			end++
		}
		m.field(text, at, end)
		at = end + 1
	}
	return true
}

// looksLikeForm reports fields with names between ampersands, without a space,
// and where they begin: behind a question mark, if there is one. There, some may have
// no value.
func looksLikeForm(text []byte) (from int, ok bool) {
	if bytes.IndexByte(text, '=') < 1 {
		return 0, false
	}
	from = bytes.IndexByte(text, '?') + 1
	name, fields := true, 0
	for i, c := range text {
		switch {
		case c <= ' ':
			return 0, false
		case i < from:
		case c == '&':
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
	return from, fields > 1 || fields == 1 && from > 0
}

// field masks text[at:end], a name and its value, or either alone.
func (m *Masker) field(text []byte, at, end int) {
	start := at
	for start < end && text[start] != '=' {
		start++
	}
	name := text[at:start]
	shown := m.unform(name)
	if len(shown.text) < len(name) {
		name = bytes.Clone(shown.text)
	}
	name = keyOf(name)
	m.name = nil
	m.said(shown, at) // a name can be somebody's address
	k := m.key(name, pii.None)
	if start++; start >= end {
		return
	}
	m.name = name
	d := m.unform(text[start:end])
	if k.typ != pii.None && m.finder.Covers(k.typ, d.text) {
		m.replace(start, end, k.typ, d.text, true)
		return
	}
	if k.is(identifier) && bare(d.text) {
		return
	}
	m.said(d, start)
}

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
