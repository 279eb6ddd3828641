package mask

import "github.com/sallyport/sallyport/internal/pii"

// formJSON masks JSON that stands in a field of a form, payload=%7B%22name%22…, whose
// value begins at base, and reports whether it was JSON. What nests too deep is masked
// as a whole.
func (m *Masker) formJSON(d decoded, base int) bool {
	if len(d.text) == 0 || !opens(d.text[0]) || m.depth == maxWithin {
		return false
	}
	in := m.inside()
	in.begin(m.policy)
	done, err := in.tryJSON(d.text, 0)
	if err != nil {
		m.replace(base, base+int(d.at[len(d.text)]), pii.Text, d.text, false)
		return true
	}
	if !done {
		return false
	}
	first := len(m.edits)
	for _, e := range in.edits {
		from := len(m.ink)
		m.ink = appendFormed(m.ink, in.ink[e.from:e.to])
		e.from, e.to = from, len(m.ink)
		m.edits = append(m.edits, e)
	}
	m.lift(first, base, d.at)
	return true
}

// appendFormed appends text as a part of a value of a form. The brackets and colons of
// stand-ins stay, as they do wherever one is written.
func appendFormed(dst, text []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range text {
		switch {
		case c >= 0x80, wordy(c), c == '[', c == ']', c == ':', c == '-', c == '.', c == '@', c == '*':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}
