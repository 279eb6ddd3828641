package corpus

import (
	"fmt"
	"math/rand/v2"
)

// Document is one body as it would come from a tool.
type Document struct {
	ID     string  `json:"id"`
	Media  string  `json:"media"` // as in Content-Type
	Form   string  `json:"form"`  // how its values are written: plain, escaped, base64 and so on
	Body   string  `json:"body"`
	Values []Value `json:"values"` // in order, without overlap
}

// Value is one piece of personal data in a document.
type Value struct {
	Type       string `json:"type"` // as internal/pii names it
	Text       string `json:"text"` // free of the encoding it stands in
	Start, End int    // of what stands for it in Body, in bytes
	Place      Place  `json:"place"`
	Chinese    bool   `json:"chinese"`
}

// Place is where a value stands.
type Place string

// The places.
const (
	Keyed Place = "keyed" // a key, a column or a field says what it is
	Prose Place = "prose" // in running text
	Again Place = "again" // in running text, and keyed in the same document
)

// Set is a set of templates.
type Set int

// The sets.
const (
	Open Set = iota
	Held
)

// Make returns documents of a set that have at least so many values.
func Make(seed uint64, set Set, values int) []Document {
	m := &maker{r: rand.New(rand.NewPCG(seed, uint64(set)))}
	var out []Document
	for n := 0; n < values; {
		t := templates[set][len(out)%len(templates[set])]
		d := m.document(t)
		d.ID = fmt.Sprintf("%d-%d", seed, len(out))
		n += len(d.Values)
		out = append(out, d)
	}
	return out
}

// maker makes values and documents.
type maker struct {
	r    *rand.Rand
	kept map[string]piece // of this document, to be written again
}

func (m *maker) document(t template) Document {
	m.kept = map[string]piece{}
	form := t.forms[m.r.IntN(len(t.forms))]
	text := m.fill(t)
	media := t.media
	if encode := encodings[form]; encode != nil {
		text = text.encode(func(s string) string { return encode(m, s) }, t.media == mediaJSON)
	} else if t.media == mediaJSON {
		text = text.encode(nil, true)
	}
	if wrap := wraps[form]; wrap != nil {
		media, text = wrap(m, t.media, text)
	}
	d := Document{Media: media, Form: form}
	d.Body, d.Values = text.spell(t.chinese)
	return d
}
