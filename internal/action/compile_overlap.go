package action

// overlaps refuses two actions that one request could be.
func (c *compiler) overlaps() {
	for i, a := range c.built {
		for _, b := range c.built[:i] {
			if a.action.op.method == b.action.op.method && a.action.meets(b.action) && !tellsApart(a.action.op, b.action.op) && !tellsApart(b.action.op, a.action.op) {
				c.add(a.at+".path", "one request could be this action and "+b.action.Name+": one of the two must need an argument that the other does not have", a.src.Path)
			}
		}
	}
}

// tellsApart says that a has an argument in every one of its requests that b
// refuses wherever it finds it: two actions of one address, such as a ticket's
// comment and its status, which no request can both be.
func tellsApart(a, b *operation) bool {
	for i := range a.params {
		if p := &a.params[i]; p.Required && p.place != inPath && !b.accepts(p, a.body) {
			return true
		}
	}
	return false
}

// accepts says whether an operation could take a value where p stands.
func (op *operation) accepts(p *param, body bodyKind) bool {
	if p.place == inBody && op.body != body {
		return op.body != noBody // other bodies are another media type, and then refused; to be sure, no
	}
	for i := range op.params {
		if other := &op.params[i]; other.place == p.place && other.at == p.at {
			return !disjoint(p, other)
		}
	}
	return p.place == inBody && body == jsonBody && op.shape.touches(p.at)
}

// disjoint says that no value is one of both.
func disjoint(a, b *param) bool {
	return a.Kind == Enum && b.Kind == Enum && a.before+a.after+b.before+b.after == "" && !a.mayEqual(b)
}

// touches says whether something of the shape stands on the way of a position,
// or behind it.
func (s *shape) touches(position string) bool {
	for position != "" {
		key, rest := step(position)
		next := s.member(key)
		if s.param >= 0 || next == nil {
			return s.param >= 0
		}
		s, position = next, rest
	}
	return true
}
