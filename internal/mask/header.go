package mask

import "bytes"

// header masks the value of a header: by shape, and where it is an address, or has
// some between angle brackets as a Link has, by the fields of their queries and behind
// their hashes. Spaces do not belong there, and some tools write them.
func (m *Masker) header(src []byte) {
	if src[0] != '<' { // a Link's own brackets are no part of its query
		if from, ok := looksLikeForm(src, isAddress(src)); ok {
			m.fields(src, from)
			return
		}
	}
	done := 0
	for at := 0; at < len(src); {
		open := at + bytes.IndexByte(src[at:], '<') + 1
		size := bytes.IndexByte(src[open:], '>')
		if open == at || size < 0 {
			break
		}
		at = open + size
		if _, ok := looksLikeForm(src[open:at], true); ok {
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
	if at, ok := looksLikeForm(src[from:to], isAddress(src[from:to])); ok {
		m.fields(src[from:to], at)
	} else {
		m.find(src[from:to])
	}
	m.move(first, from)
}

// isAddress reports a text that begins as an address does: with a path, a query, or a
// scheme.
func isAddress(text []byte) bool {
	if len(text) > 0 && (text[0] == '/' || text[0] == '?' || text[0] == '#') {
		return true
	}
	scheme := bytes.Index(text, []byte("://"))
	return scheme > 0 && !bytes.ContainsAny(text[:scheme], " ,;?")
}
