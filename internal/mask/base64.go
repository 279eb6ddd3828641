package mask

import (
	"bytes"
	"encoding/base64"
	"unicode/utf8"

	"github.com/sallyport/sallyport/internal/pii"
)

// maxWithin is how deep texts in base64 may stand in each other.
const maxWithin = 2

// mayBeBase64 reports a folded key under which APIs put files.
func mayBeBase64(folded []byte) bool {
	switch string(folded) {
	case "blob", "content", "contents", "contentbytes", "data", "body", "payload", "raw", "file", "filecontent", "attachment", "b64", "value":
		return true
	}
	return bytes.HasSuffix(folded, []byte("base64")) || bytes.HasSuffix(folded, []byte("b64"))
}

// base64 masks the text that a string spells in base64, and spells it so again.
// It reports false for a string that is none, or does not spell text.
func (w *walk) base64(start int, d decoded, k key) (bool, error) {
	from := dataURI(d.text)
	if from == 0 && !k.is(base64able) || w.m.depth == maxWithin {
		return false, nil
	}
	coding, plain := w.m.unbase64(d.text[from:])
	if coding == nil {
		return false, nil
	}
	in := w.m.inside()
	var counts Report
	discreet := in.discreet(plain, &counts)
	in.begin(w.m.policy)
	if err := in.whole(Lines, discreet); err != nil {
		return false, err
	}
	first := edit{typ: pii.Secret}
	switch {
	case len(in.edits) > 0:
		first = in.edits[0]
	case counts == (Report{}):
		return true, nil
	}
	masked := in.splice(nil, discreet, &counts)
	ink := len(w.m.ink)
	w.m.ink = coding.AppendEncode(w.m.ink, masked)
	edits := len(w.m.edits)
	w.m.edits = append(w.m.edits, edit{start: from, end: len(d.text), from: ink, to: len(w.m.ink), typ: first.typ, byKey: first.byKey, inner: &counts})
	w.lift(edits, start, d)
	return true, nil
}

// inside is the Masker of what stands in base64.
func (m *Masker) inside() *Masker {
	if m.within == nil {
		m.within = New(m.minter)
		m.within.depth = m.depth + 1
	}
	m.within.minter, m.within.credential = m.minter, m.credential
	return m.within
}

// dataURI is where the base64 of data:text/plain;base64, begins; 0 for any other
// text.
func dataURI(text []byte) int {
	const mark, longest = ";base64,", 80
	if !bytes.HasPrefix(text, []byte("data:")) {
		return 0
	}
	if i := bytes.Index(text[:min(len(text), longest)], []byte(mark)); i > 0 {
		return i + len(mark)
	}
	return 0
}

// codings are tried in this order.
var codings = [...]*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding}

// unbase64 is the text that base64 spells, with its coding; nil for anything
// else, images for instance.
func (m *Masker) unbase64(text []byte) (*base64.Encoding, []byte) {
	const fewest = 8
	if len(text) < fewest || !base64ish(text) {
		return nil, nil
	}
	for _, coding := range codings {
		plain, err := coding.AppendDecode(m.plain[:0], text)
		if err != nil {
			continue
		}
		m.plain = plain
		if isText(plain) {
			return coding, plain
		}
		return nil, nil
	}
	return nil, nil
}

// base64ish reports text of what base64 is written in, which the first bytes of
// most other texts are not.
func base64ish(text []byte) bool {
	for _, c := range text {
		if !wordy(c) && c != '+' && c != '/' && c != '-' && c != '=' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}

// isText reports UTF-8 without the control characters that text does not have.
func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return utf8.Valid(b)
}
