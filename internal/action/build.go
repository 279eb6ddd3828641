package action

import (
	"fmt"
	"strconv"
)

// Build writes the request of a call: the one spelling that Match reads back as
// the same call. Arguments that the catalog gives a constant for absence are
// filled in. The provider's key, the credential and the host are the sender's
// to add. The error names the action or the argument, and never a value.
func (c *Catalog) Build(name string, args Args) (Request, error) {
	a, ok := c.byName[name]
	if !ok {
		return Request{}, fmt.Errorf("build %q: the catalog %s has no such action", name, c.name)
	}
	values, err := a.op.canonical(args)
	if err != nil {
		return Request{}, fmt.Errorf("build %s: %w", name, err)
	}
	if c.mcp != nil {
		return c.buildMCP(a, values)
	}
	r := Request{Method: a.op.method, Path: a.op.buildPath(values), RawQuery: string(a.op.buildPairs(inQuery, values))}
	switch a.op.body {
	case noBody:
	case formBody:
		r.Body = a.op.buildPairs(inBody, values)
	case jsonBody:
		r.Body, _ = a.op.shape.appendJSON(nil, a.op.params, values)
	}
	if len(r.Body) > c.maxBody {
		return Request{}, fmt.Errorf("build %s: the body is larger than %d bytes", name, c.maxBody)
	}
	if len(r.Body) > 0 {
		r.Header = append(r.Header, Header{Name: "content-type", Value: a.op.body.mediaType()})
	}
	for _, h := range c.shared.headers {
		if h.send != "" {
			r.Header = append(r.Header, Header{Name: h.name, Value: h.send})
		}
	}
	return r, nil
}

// canonical checks every argument and fills in constants.
func (op *operation) canonical(args Args) (Args, error) {
	out := make(Args, len(op.params))
	for i := range op.params {
		p := &op.params[i]
		v, given := args[p.Name]
		switch {
		case given && !p.check(v):
			return nil, fmt.Errorf("the argument %s is not %s", p.Name, p.hint())
		case given:
			out[p.Name] = v
		case p.Required:
			return nil, fmt.Errorf("the argument %s is missing", p.Name)
		case p.constant != nil:
			out[p.Name] = *p.constant
		}
	}
	for name := range args {
		if _, known := out[name]; !known {
			return nil, fmt.Errorf("the argument %.64q is not declared", name)
		}
	}
	op.nameCurrency(out)
	for name, v := range args {
		// A currency that the call itself says must be the one that was meant.
		if v.Kind == Money && v.Text != "" && v.Text != out[name].Text {
			return nil, fmt.Errorf("the argument %s is in another currency", name)
		}
	}
	return out, nil
}

func (op *operation) buildPath(args Args) string {
	var out []byte
	for _, seg := range op.paths[0].segments {
		out = append(out, '/')
		if seg.param >= 0 {
			out = append(out, args[op.params[seg.param].Name].Text...)
		}
		out = append(out, seg.literal...)
	}
	return string(out)
}

func (op *operation) buildPairs(to place, args Args) []byte {
	var out []byte
	for i := range op.params {
		p := &op.params[i]
		v, given := args[p.Name]
		text, scalar := v.Spell()
		if p.place != to || !given || !scalar {
			continue
		}
		if len(out) > 0 {
			out = append(out, '&')
		}
		out = appendPercent(out, p.at)
		out = append(out, '=')
		out = appendPercent(out, text)
	}
	return out
}

// appendJSON writes an object with the members that have an argument; any is
// false, and nothing is written, when none has. Repetitions are left out.
func (s *shape) appendJSON(out []byte, params []param, args Args) (_ []byte, any bool) {
	start := len(out)
	for i, next := range s.members {
		mark := len(out)
		out = append(out, ",{"[b2i(!any)])
		out = append(appendText(out, s.keys[i]), ':')
		wrote := false
		if next.param < 0 {
			out, wrote = next.appendJSON(out, params, args)
		} else if v, given := args[params[next.param].Name]; given && !next.repeats {
			out, wrote = params[next.param].appendValue(out, v), true
		}
		if !wrote {
			out = out[:mark]
		}
		any = any || wrote
	}
	if !any {
		return out[:start], false
	}
	return append(out, '}'), true
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p *param) appendValue(out []byte, v Value) []byte {
	switch {
	case v.Kind == List:
		return appendList(out, v.List)
	case v.Kind == Bool:
		return strconv.AppendBool(out, v.Bool)
	case v.Kind == Integer || v.Kind == Money:
		return strconv.AppendInt(out, v.Int, 10)
	case p.isNumber():
		return append(out, v.Text...)
	default:
		return appendText(out, v.Text)
	}
}
