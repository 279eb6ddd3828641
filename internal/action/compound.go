package action

import "strings"

// fromNode reads a value as a JSON body spells it.
func (p *param) fromNode(n *node) (Value, bool) {
	switch {
	case p.Kind == List && n.kind == arrayNode:
		return p.list(n)
	case p.Kind == Object && n.kind == objectNode:
		return p.object(n)
	case p.takes(n.kind):
		return p.fromText(n.text)
	case p.Kind == ID && p.lenient && p.pattern == nil && n.kind == numberNode:
		return numberID.fromText(n.text)
	default:
		return Value{}, false
	}
}

// numberID is an id that a tool writes as a number.
var numberID = param{Param: Param{Kind: ID}, chars: digitChars}

// takes says which kind of JSON value a scalar is. An id of digits may be
// either: the tools that have them take both.
func (p *param) takes(kind nodeKind) bool {
	switch p.Kind {
	case String, Enum:
		return kind == stringNode
	case ID:
		return kind == stringNode || (kind == numberNode && p.isNumber())
	case Integer, Money, Decimal:
		return (kind == stringNode) == p.quoted && (p.quoted || kind == numberNode)
	case Time:
		return (kind == numberNode) == p.unix && (p.unix || kind == stringNode)
	case Bool:
		return kind == boolNode
	default:
		return false
	}
}

// isNumber marks IDs that JSON writes as numbers.
func (p *param) isNumber() bool {
	return p.Kind == ID && p.chars == digitChars && len(p.prefixes) == 0 && p.pattern == nil
}

func (p *param) list(n *node) (Value, bool) {
	v := Value{Kind: List}
	if len(n.items) > 0 {
		v.List = make([]Value, len(n.items))
	}
	for i := range n.items {
		var ok bool
		if v.List[i], ok = p.item.fromNode(&n.items[i]); !ok {
			return Value{}, false
		}
	}
	return v, p.counts(len(v.List))
}

// counts bounds a list: the agent leaves an empty one out, a tool need not.
func (p *param) counts(n int) bool { return (n > 0 || p.lenient) && n <= maxItems }

// object reads the declared fields. A field beyond them is refused in a request
// and passed over in a tool's answer, and so is null for one that may be absent.
func (p *param) object(n *node) (Value, bool) {
	v := Value{Kind: Object, Fields: map[string]Value{}}
	known := 0
	for i := range p.fields {
		f := &p.fields[i]
		member := n.member(f.at)
		if member != nil {
			known++
		}
		if member == nil || (p.lenient && member.kind == nullNode && !f.Required) {
			continue
		}
		field, ok := f.fromNode(member)
		if !ok {
			return Value{}, false
		}
		v.Fields[f.Name] = field
	}
	return v, (p.lenient || known == len(n.keys)) && p.complete(v.Fields)
}

func (p *param) complete(fields map[string]Value) bool {
	for i := range p.fields {
		if _, given := fields[p.fields[i].Name]; p.fields[i].Required && !given {
			return false
		}
	}
	return len(fields) > 0 || p.lenient
}

// check says whether a value somebody else made is one that Match could have
// made: the declared kind, in range, and nothing set that its kind does not
// use. The currency of money is judged by its caller.
func (p *param) check(v Value) bool {
	if v.Kind != p.Kind {
		return false
	}
	bare := v.Text == "" && v.Int == 0 && !v.Bool
	switch p.Kind {
	case List:
		return bare && v.Fields == nil && p.checkList(v.List)
	case Object:
		return bare && v.List == nil && p.checkObject(v.Fields)
	default:
		return v.List == nil && v.Fields == nil && p.checkScalar(v)
	}
}

func (p *param) checkScalar(v Value) bool {
	text, _ := v.Spell()
	want, ok := p.fromCanonical(text)
	ok = ok && (p.place != inPath || isSegmentValue(text))
	if p.Kind == Money {
		want.Text = v.Text
	}
	return ok && want.Text == v.Text && want.Int == v.Int && want.Bool == v.Bool
}

// fromCanonical reads a scalar as Spell writes it.
func (p *param) fromCanonical(text string) (Value, bool) {
	if p.Kind == Money {
		minor, ok := parseInt(text)
		return Value{Kind: Money, Int: minor}, ok && p.inRange(minor)
	}
	if p.Kind != Time {
		return p.fromText(text)
	}
	canonical, ok := parseTime(text)
	if p.unix {
		_, whole := timeToUnix(canonical)
		ok = ok && whole
	}
	return Value{Kind: Time, Text: canonical}, ok
}

func (p *param) checkList(list []Value) bool {
	for _, v := range list {
		if !p.item.check(v) {
			return false
		}
	}
	return p.counts(len(list))
}

func (p *param) checkObject(fields map[string]Value) bool {
	known := 0
	for i := range p.fields {
		v, given := fields[p.fields[i].Name]
		if !given {
			continue
		}
		if !p.fields[i].check(v) {
			return false
		}
		known++
	}
	return known == len(fields) && p.complete(fields)
}

// fromPair reads a value of a query or form.
func (p *param) fromPair(text string) (Value, bool) {
	text, begins := strings.CutPrefix(text, p.before)
	text, ends := strings.CutSuffix(text, p.after)
	if !begins || !ends {
		return Value{}, false
	}
	if p.Kind != List {
		return p.fromText(text)
	}
	v := Value{Kind: List}
	for _, part := range strings.Split(text, p.join) {
		item, ok := p.item.fromText(part)
		if !ok || len(v.List) == maxItems {
			return Value{}, false
		}
		v.List = append(v.List, item)
	}
	return v, true
}

// pair spells a value for a query or form; false for what has no such form.
func (p *param) pair(v Value) (string, bool) {
	if p.Kind != List {
		text, ok := p.wire(v)
		return p.before + text + p.after, ok
	}
	parts := make([]string, len(v.List))
	for i := range v.List {
		parts[i], _ = p.item.wire(v.List[i])
	}
	return p.before + strings.Join(parts, p.join) + p.after, p.join != ""
}

// wire spells a scalar as the tool takes it.
func (p *param) wire(v Value) (string, bool) {
	if p.Kind == Time && p.unix {
		return timeToUnix(v.Text)
	}
	if p.Major {
		return p.major(v)
	}
	return v.Spell()
}
