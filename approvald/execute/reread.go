package execute

import (
	"encoding/json"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// span is where a restored value stands in a text, and of which type it is.
type span struct {
	start, end int
	typ        pii.Type
}

// hiddenAgain says that the mask would take every restored value out again when the
// agent reads the text back, all of it and not a part, and as what it is: of another
// type another part may be visible. What is glued to something else, or is told by its
// key alone and would stand in running text, it would not find: an agent could write a
// surrogate to read what it stands for. What is found only because the same text tells
// it elsewhere does not count: it could be read back in parts.
func hiddenAgain(p mask.Policy, arg, text string, values []span) bool {
	doc, at := document(arg, text, values)
	found, err := mask.Scan(doc, "application/json", p, surrogate.Mark{})
	if err != nil {
		return false
	}
	for _, v := range at {
		if !covered(found, v) {
			return false
		}
	}
	return true
}

func covered(found []mask.Finding, v span) bool {
	for _, f := range found {
		if f.Type == v.typ && f.Start <= v.start && v.end <= f.End && !f.Again {
			return true
		}
	}
	return false
}

// document is {"arg":"text"}, and where the values stand in it.
func document(arg, text string, values []span) (doc []byte, at []span) {
	doc = append(append(append(doc, '{'), quoted(arg)...), ':', '"')
	done := 0
	for _, v := range values {
		doc = append(doc, inside(text[done:v.start])...)
		from := len(doc)
		doc = append(doc, inside(text[v.start:v.end])...)
		at, done = append(at, span{from, len(doc), v.typ}), v.end
	}
	return append(append(doc, inside(text[done:])...), '"', '}'), at
}

// quoted is a text as JSON; it cannot fail for one.
func quoted(text string) []byte {
	out, _ := json.Marshal(text)
	return out
}

func inside(text string) []byte {
	out := quoted(text)
	return out[1 : len(out)-1]
}
