package mask

import "bytes"

// header masks the value of a header: by shape, and where it is an address, or has
// some between angle brackets as a Link has, by the fields of their queries.
func (m *Masker) header(src []byte) {
	if src[0] != '<' && m.asForm(src) { // a Link's own brackets are no part of its query
		return
	}
	done := 0
	for at := 0; at < len(src); {
		open := at + bytes.IndexByte(src[at:], '<') + 1
		size := bytes.IndexByte(src[open:], '>')
		if open == at || size < 0 {
			break
		}
		at = open + size
		if _, ok := looksLikeForm(src[open:at]); ok {
			m.part(src, done, open)
			m.part(src, open, at)
			done = at
		}
	}
	m.part(src, done, len(src))
}

// part masks src[from:to], which may be an address.
func (m *Masker) part(src []byte, from, to int) {
	first := len(m.edits)
	if !m.asForm(src[from:to]) {
		m.find(src[from:to])
	}
	m.move(first, from)
}
