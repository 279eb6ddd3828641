package action

import (
	"fmt"
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
		r.Body, _ = a.op.appendBody(nil, values)
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
		case op.missing(p, args):
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
	if mismatch := op.both(out); mismatch != nil {
		return nil, mismatch
	}
	op.nameCurrency(out)
	for name, v := range args {
		// A currency that the call itself says must be the one that was meant.
		if v.Kind == Money && v.Text != "" && v.Text != out[name].Text {
			return nil, fmt.Errorf("the argument %s is in another currency", name)
		}
		if code := out[name].Text; v.Kind == Money && code != "" && !op.params[op.index(name)].fitsDecimals(code) {
			return nil, fmt.Errorf("the argument %s is in a currency with other decimals than its tool's amounts have", name)
		}
	}
	return out, nil
}

func (op *operation) buildPath(args Args) string {
	var out []byte
	for _, seg := range op.paths[0].segments {
		out = append(out, '/')
		if seg.param >= 0 {
			out = appendPercent(out, args[op.params[seg.param].Name].Text)
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
		if p.place != to || !given {
			continue
		}
		if p.join != repeated {
			out = p.appendPair(out, v)
			continue
		}
		for _, item := range v.List {
			out = p.appendPair(out, Value{Kind: List, List: []Value{item}})
		}
	}
	return out
}

func (p *param) appendPair(out []byte, v Value) []byte {
	text, ok := p.pair(v)
	if !ok {
		return out
	}
	if len(out) > 0 {
		out = append(out, '&')
	}
	return appendPercent(append(appendPercent(out, p.at), '='), text)
}

// appendBody writes the arguments that stand in a JSON body; any is false when
// there are none.
func (op *operation) appendBody(out []byte, args Args) (_ []byte, any bool) {
	return op.shape.appendJSON(out, func(out []byte, i int) []byte {
		if v, given := args[op.params[i].Name]; given {
			out = op.params[i].appendValue(out, v)
		}
		return out
	})
}

func (p *param) appendValue(out []byte, v Value) []byte {
	switch p.Kind {
	case List:
		out = append(out, '[')
		for i := range v.List {
			if i > 0 {
				out = append(out, ',')
			}
			out = p.item.appendValue(out, v.List[i])
		}
		return append(out, ']')
	case Object:
		return p.appendObject(out, v.Fields)
	default:
		text, _ := p.wire(v)
		if p.takes(stringNode) && (p.quoted || !p.isNumber()) {
			return appendText(out, text)
		}
		return append(out, text...)
	}
}

func (p *param) appendObject(out []byte, fields map[string]Value) []byte {
	start := len(out)
	for i := range p.fields {
		f := &p.fields[i]
		v, given := fields[f.Name]
		if !given {
			continue
		}
		if len(out) == start {
			out = append(out, '{')
		} else {
			out = append(out, ',')
		}
		out = f.appendValue(append(appendText(out, f.at), ':'), v)
	}
	return append(out, '}')
}
