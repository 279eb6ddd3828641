package action

import "strings"

// only is the step into a list that has exactly one item. Which of several
// would be meant, nobody could say without looking at them.
const only = "[]"

// step cuts the first step off a position: a key, or [] behind it. Positions
// are "ticket.comment.body" and "items.data[].price".
func step(position string) (first, rest string) {
	if rest, ok := strings.CutPrefix(position, only); ok {
		return only, strings.TrimPrefix(rest, ".")
	}
	end := strings.IndexByte(position, '.')
	if list := strings.Index(position, only); list >= 0 && (end < 0 || list < end) {
		return position[:list], position[list:]
	}
	if end < 0 {
		return position, ""
	}
	return position[:end], position[end+1:]
}

// isPosition holds that every step is a key, with [] behind it at most.
func isPosition(text string) bool {
	for part := range strings.SplitSeq(text, ".") {
		for list := true; list; {
			part, list = strings.CutSuffix(part, only)
		}
		if part == "" || strings.ContainsAny(part, "[]") {
			return false
		}
	}
	return true
}

// at follows a position; nil when it leads nowhere.
func (n *node) at(position string) *node {
	for n != nil && position != "" {
		var key string
		key, position = step(position)
		switch {
		case key != only:
			n = n.member(key)
		case n.kind == arrayNode && len(n.items) == 1:
			n = &n.items[0]
		default:
			return nil
		}
	}
	return n
}

// shape is what a JSON body may hold: objects, and lists of one item, down to
// arguments.
type shape struct {
	param   int // index of the argument that stands here, -1 for an object or list
	repeats bool
	list    bool // of one item, the only member
	keys    []string
	members []*shape
}

func (s *shape) member(key string) *shape {
	for i, k := range s.keys {
		if k == key {
			return s.members[i]
		}
	}
	return nil
}

// grow adds the objects and lists on a position and the argument at its end;
// false when something else stands there already.
func (s *shape) grow(position string, param int, repeats bool) bool {
	for {
		key, rest := step(position)
		if s.param >= 0 || (len(s.keys) > 0 && s.list != (key == only)) {
			return false
		}
		s.list = key == only
		next := s.member(key)
		if next == nil {
			next = &shape{param: -1}
			s.keys, s.members = append(s.keys, key), append(s.members, next)
		} else if rest == "" {
			return false
		}
		if rest == "" {
			next.param, next.repeats = param, repeats
			return true
		}
		s, position = next, rest
	}
}

// appendJSON writes what has an argument; wrote is false, and nothing is
// written, when nothing has. Repetitions are left out.
func (s *shape) appendJSON(out []byte, put func(out []byte, param int) []byte) (_ []byte, wrote bool) {
	start := len(out)
	if s.param >= 0 {
		if !s.repeats {
			out = put(out, s.param)
		}
		return out, len(out) > start
	}
	for i, next := range s.members {
		mark := len(out)
		switch {
		case mark > start:
			out = append(out, ',')
		case s.list:
			out = append(out, '[')
		default:
			out = append(out, '{')
		}
		if !s.list {
			out = append(appendText(out, s.keys[i]), ':')
		}
		if out, wrote = next.appendJSON(out, put); !wrote {
			out = out[:mark]
		}
	}
	switch {
	case len(out) == start:
		return out, false
	case s.list:
		return append(out, ']'), true
	default:
		return append(out, '}'), true
	}
}

// Answer is the smallest answer of a tool in which ReadFact finds these fields,
// each written in JSON already; false when two of them stand in one place.
func (f Fact) Answer(fields map[string][]byte) ([]byte, bool) {
	root, put := &shape{param: -1}, func(out []byte, i int) []byte { return append(out, fields[f.Fields[i].Name]...) }
	for i := range f.Fields {
		if fields[f.Fields[i].Name] != nil && !root.grow(f.Fields[i].From, i, false) {
			return nil, false
		}
	}
	out, wrote := root.appendJSON(nil, put)
	if !wrote {
		out = []byte("{}")
	}
	return out, true
}
