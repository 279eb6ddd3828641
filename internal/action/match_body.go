package action

import (
	"github.com/sallyport/sallyport/internal/reason"
)

// body reads the body by the one media type the operation has.
func (m *matcher) body(body []byte) *Mismatch {
	switch {
	case m.op.upload != nil:
		return m.file()
	case m.op.body == noBody && len(body) > 0:
		return unlisted("body")
	case len(body) == 0:
		return nil
	case !isMediaType(m.mediaType, m.op.body.mediaType()):
		return &Mismatch{Reason: reason.BodyMediaType, Field: "header content-type", Hint: "it must be " + m.op.body.mediaType() + " in UTF-8"}
	case m.op.body == formBody:
		return m.pairs(inBody, string(body))
	default:
		return m.json(string(body))
	}
}

func (m *matcher) json(text string) *Mismatch {
	root, err := parseJSON(text)
	switch {
	case err != nil && err.duplicate != "":
		return duplicate(err.duplicate)
	case err != nil:
		return &Mismatch{Reason: reason.BodyMalformed, Hint: "one JSON object in UTF-8; this " + err.what}
	}
	return m.walk(m.op.shape, &root, "")
}

// walk reads a value into the arguments that its shape says stand there.
func (m *matcher) walk(s *shape, n *node, at string) *Mismatch {
	switch {
	case s.param >= 0 && s.repeats:
		return m.repeat(s.param, n, at)
	case s.param >= 0:
		v, ok := m.op.params[s.param].fromNode(n)
		return m.set(s.param, v, ok)
	case s.list:
		if n.kind != arrayNode || len(n.items) != 1 {
			return &Mismatch{Reason: reason.InputInvalid, Field: cutField(at), Hint: "a list of one item"}
		}
		return m.walk(s.members[0], &n.items[0], at+only)
	case n.kind != objectNode:
		return &Mismatch{Reason: reason.InputInvalid, Field: cutField(at), Hint: "an object"}
	}
	for i, key := range n.keys {
		position := key
		if at != "" {
			position = at + "." + key
		}
		next := s.member(key)
		if next == nil {
			return unlisted(position)
		}
		if mismatch := m.walk(next, &n.items[i], position); mismatch != nil {
			return mismatch
		}
	}
	return nil
}

// repeat compares what a body says again with the argument of the path.
func (m *matcher) repeat(i int, n *node, at string) *Mismatch {
	p := &m.op.params[i]
	if v, ok := p.fromNode(n); !ok || v.Text != m.args[p.Name].Text {
		return &Mismatch{Reason: reason.InputInvalid, Field: cutField(at), Hint: "the same as " + p.Name + " in the path, or absent"}
	}
	return nil
}
