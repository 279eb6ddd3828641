package mask

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/pii"
)

// quotedMarks are what says that a text has quoted-printable in it: the header of a
// part of a mail, and the encoded words of a mail's headers: =?utf-8?Q?…?=.
var quotedMarks = [...][]byte{[]byte("uoted-printable"), []byte("UOTED-PRINTABLE"), []byte("-8?Q?"), []byte("-8?q?")}

// quoted masks text that says that it has quoted-printable in it, with what that spells,
// also over the soft ends of its lines: by shape, and the tables of a mail by their labels.
// It reports false for other text.
func (m *Masker) quoted(text []byte) bool {
	if bytes.IndexByte(text, '=') < 0 {
		return false
	}
	for _, mark := range quotedMarks {
		if bytes.Contains(text, mark) {
			m.name = nil
			first, d := len(m.edits), m.unquote(text)
			if !m.grids(d.text) {
				m.find(d.text)
			}
			m.lift(first, 0, d.at)
			return true
		}
	}
	return false
}

// unquote reads quoted-printable.
func (m *Masker) unquote(text []byte) decoded {
	d := &m.form
	d.text, d.at = d.text[:0], d.at[:0]
	for i := 0; i < len(text); i++ {
		c, n := text[i], 0
		switch rest := text[i:]; {
		case c != '=':
		case bytes.HasPrefix(rest, []byte("=\r\n")):
			i += 2
			continue
		case bytes.HasPrefix(rest, []byte("=\n")):
			i++
			continue
		case len(rest) > 2 && pii.HexDigit(rest[1]) >= 0 && pii.HexDigit(rest[2]) >= 0:
			if spelled := byte(pii.HexDigit(rest[1])<<4 | pii.HexDigit(rest[2])); !wordy(spelled) || len(rest) == 3 || !wordy(rest[3]) {
				c, n = spelled, 2 // else it is card=4111 1111 of a text that only speaks of it
			}
		}
		d.text, d.at = append(d.text, c), append(d.at, int32(i))
		i += n
	}
	d.at = append(d.at, int32(len(text)))
	return *d
}
