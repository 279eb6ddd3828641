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

// spelling is how a stand-in is written where it goes.
type spelling uint8

const (
	raw      spelling = iota // in text
	inString                 // between the quotes of a JSON string
	asString                 // in place of a JSON number
)

// replace records that value, at src[start:end], gives way to its stand-in, by
// its shape or because its key says so. A
// value that is its own stand-in stays and is not counted.
func (m *Masker) replace(start, end int, typ pii.Type, value []byte, how spelling, byKey bool) {
	from := len(m.ink)
	if m.under = m.under[:0]; surrogate.Bound(typ) {
		m.under = pii.FoldKey(m.under, m.name)
	}
	m.ink = m.minter.Mint(m.ink, surrogate.Value{Type: typ, Field: m.under, Text: value, Show: m.policy.Show.Has(typ)})
	if bytes.Equal(m.ink[from:], value) {
		m.ink = m.ink[:from]
		return
	}
	e := edit{start: start, end: end, from: from, to: len(m.ink), typ: typ, byKey: byKey}
	switch how {
	case asString:
		m.ink = append(appendEscaped(append(m.ink, '"'), m.ink[e.from:e.to]), '"')
		e.from, e.to = e.to, len(m.ink)
	case inString:
		m.escape(&e)
	case raw: // the ink is what is written
	}
	m.edits = append(m.edits, e)
}

// escape rewrites the ink of an edit for the inside of a JSON string.
func (m *Masker) escape(e *edit) {
	if !needsEscape(m.ink[e.from:e.to]) {
		return // marks and surrogates
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
