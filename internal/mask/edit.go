package mask

import (
	"bytes"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// edit replaces src[start:end] by ink[from:to].
type edit struct {
	start, end int
	from, to   int
	typ        pii.Type
	byKey      bool    // the key says so, not the shape
	again      bool    // it stands under such a key elsewhere in the body
	inner      *Report // what was found in it, if that is not one thing
}

// replace records that value, at src[start:end], gives way to its stand-in, by
// its shape or because its key says so. A
// value that is its own stand-in stays and is not counted.
func (m *Masker) replace(start, end int, typ pii.Type, value []byte, byKey bool) {
	v := surrogate.Value{Type: typ, Text: value, Show: m.policy.Show.Has(typ)}
	if surrogate.Bound(typ) {
		v.Field = m.foldedName()
	}
	from := len(m.ink)
	m.ink = m.minter.Mint(m.ink, v)
	if bytes.Equal(m.ink[from:], value) {
		m.ink = m.ink[:from]
		return
	}
	m.edits = append(m.edits, edit{start: start, end: end, from: from, to: len(m.ink), typ: typ, byKey: byKey})
}

// foldedName is the key that the value stands under, folded. Lists of things have the
// same one again and again.
func (m *Masker) foldedName() []byte {
	if string(m.name) != string(m.folds) {
		m.folds = append(m.folds[:0], m.name...)
		m.under = pii.FoldKey(m.under[:0], m.name)
	}
	return m.under
}

// quote makes the ink of an edit a JSON string. A stand-in has nothing to escape.
func (m *Masker) quote(e *edit) {
	from := len(m.ink)
	m.ink = append(append(append(m.ink, '"'), m.ink[e.from:e.to]...), '"')
	e.from, e.to = from, len(m.ink)
}

// escape rewrites the ink of an edit for the inside of a JSON string: that of one
// in JSON which stands in a string itself has quotes.
func (m *Masker) escape(e *edit) {
	if !needsEscape(m.ink[e.from:e.to]) {
		return
	}
	from := len(m.ink)
	m.ink = appendEscaped(m.ink, m.ink[e.from:e.to])
	e.from, e.to = from, len(m.ink)
}

// lift turns the edits since first from places in a decoded text into places in
// what it was decoded from: at gives those, counted from base.
func (m *Masker) lift(first, base int, at []int32) {
	for i := first; i < len(m.edits); i++ {
		e := &m.edits[i]
		e.start, e.end = base+int(at[e.start]), base+int(at[e.end])
	}
}

// rewind forgets the edits since first.
func (m *Masker) rewind(first int) {
	m.edits = m.edits[:first]
}

// splice appends src with all edits made, and counts them.
func (m *Masker) splice(dst, src []byte, report *Report) []byte {
	done := 0
	for _, e := range m.edits {
		dst = append(dst, src[done:e.start]...)
		dst = append(dst, m.ink[e.from:e.to]...)
		done = e.end
		if e.inner != nil {
			report.Add(*e.inner)
			continue
		}
		report[e.typ]++
	}
	return append(dst, src[done:]...)
}
