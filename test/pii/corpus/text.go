package corpus

import (
	"encoding/base64"
	"strings"
)

// piece is a part of a document: a value, or what stands between values when
// its typ is empty.
type piece struct {
	typ   string
	plain string // what a reader takes it for
	text  string // how it is written
	place Place
}

// text is a document in the making.
type text []piece

// fill writes a template: «kind» is a value or a number that only looks like
// one, «kind k» one that a key announces, «kind k =x» one that «=x» writes again.
func (m *maker) fill(t template) text {
	var out text
	rest := t.text
	for {
		before, tail, ok := strings.Cut(rest, "«")
		out = append(out, piece{text: before})
		if !ok {
			return out
		}
		word, after, _ := strings.Cut(tail, "»")
		out = append(out, m.piece(word))
		rest = after
	}
}

// piece makes what a placeholder stands for.
func (m *maker) piece(word string) piece {
	if name, ok := strings.CutPrefix(word, "="); ok {
		p := m.kept[name]
		p.place = Again
		return p
	}
	words := strings.Fields(word)
	k := kinds[words[0]]
	plain := k.make(m)
	p := piece{typ: k.typ, plain: plain, text: plain, place: Prose}
	for _, w := range words[1:] {
		if name, ok := strings.CutPrefix(w, "="); ok {
			m.kept[name] = p
			continue
		}
		p.place = Keyed
	}
	return p
}

// encode writes the values in another way, and inside JSON strings as those
// must be.
func (t text) encode(how func(string) string, json bool) text {
	out := append(text(nil), t...)
	for i := range out {
		p := &out[i]
		if p.typ == "" {
			continue
		}
		if how != nil {
			p.text = how(p.text)
		}
		if json {
			p.text = jsonNewlines.Replace(p.text)
		}
	}
	return out
}

var jsonNewlines = strings.NewReplacer("\n", `\n`, "\t", `\t`)

// all writes every piece in another way.
func (t text) all(how func(string) string) text {
	out := append(text(nil), t...)
	for i := range out {
		out[i].text = how(out[i].text)
	}
	return out
}

// between puts a text between two others.
func (t text) between(before, after string) text {
	return append(append(text{{text: before}}, t...), piece{text: after})
}

// base64 is the text in base64: a value stands where the characters are that
// have a bit of it.
func (t text) base64() text {
	body, values := t.spell(false)
	coded := base64.StdEncoding.EncodeToString([]byte(body))
	var out text
	done := 0
	for _, v := range values {
		start, end := max(done, v.Start/3*4), (v.End+2)/3*4
		if end <= start {
			continue // the group of three bytes belongs to the value before
		}
		out = append(out, piece{text: coded[done:start]}, piece{typ: v.Type, plain: v.Text, text: coded[start:end], place: v.Place})
		done = end
	}
	return append(out, piece{text: coded[done:]})
}

// spell joins the pieces.
func (t text) spell(chinese bool) (string, []Value) {
	var b strings.Builder
	var values []Value
	for _, p := range t {
		if p.typ != "" && p.text != "" {
			values = append(values, Value{Type: p.typ, Text: p.plain, Start: b.Len(), End: b.Len() + len(p.text), Place: p.place, Chinese: chinese})
		}
		b.WriteString(p.text)
	}
	return b.String(), values
}
