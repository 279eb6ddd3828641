package action

import (
	"strings"

	"github.com/sallyport/sallyport/internal/reason"
)

// Match names a request: the action that it asks for, with canonical arguments. The
// call's Tool is the catalog's name; the caller may put its own there.
//
// A request that is no call is a Mismatch: whatever the catalog does not list, and
// whatever two readers could understand in two ways. The call has no arguments then;
// the action is the one that the request looks like most, for the record, or nil.
func (c *Catalog) Match(r Request) (Call, *Action, *Mismatch) {
	if c.mcp != nil {
		return c.matchMCP(r)
	}
	call := Call{Tool: c.name}
	var nearest *Action
	var why *Mismatch
	likeness := 0
	routes := c.routes[r.Method]
	for i := range routes {
		var caps captures
		how, wrong := routes[i].template.fit(r.Path, routes[i].action.op.params, &caps)
		if how == fitsNot {
			continue
		}
		a := routes[i].action
		m := matcher{op: a.op, args: make(Args, len(a.op.params))}
		var mismatch *Mismatch
		if how == fitsShape {
			mismatch = a.op.params[wrong].invalid()
		} else {
			m.path(&routes[i].template, &caps)
			mismatch = m.match(&r, c.maxBody)
		}
		if mismatch == nil {
			call.Action, call.Args, call.ClientKey = a.Name, m.args, m.clientKey
			return call, a, nil
		}
		if now := like(how, mismatch); now > likeness {
			nearest, why, likeness = a, mismatch, now
		}
	}
	if nearest == nil {
		return call, nil, c.unlistedOperation(&r)
	}
	call.Action = nearest.Name
	return call, nearest, why
}

// like says how much a request looks like an action that refuses it, to name the
// nearest of several at one address: most when only a value is not acceptable, less
// when an input is missing or not listed, least when the path fits in its shape alone.
func like(how fitness, m *Mismatch) int {
	switch {
	case how == fitsShape:
		return 1
	case m.Reason == reason.InputUnlisted || m.Reason == reason.InputMissing:
		return 2
	default:
		return 3
	}
}

// matcher reads one request as one operation.
type matcher struct {
	op        *operation
	args      Args
	seen      uint64 // bit i: argument i was given
	clientKey string
	mediaType string
}

func (m *matcher) match(r *Request, maxBody int) *Mismatch {
	if mismatch := m.headers(r.Header); mismatch != nil {
		return mismatch
	}
	if m.op.upload == nil && len(r.Body) > maxBody || len(r.RawQuery) > maxBody {
		return &Mismatch{Reason: reason.BodyTooLarge, Hint: "at most " + itoa(maxBody) + " bytes"}
	}
	if mismatch := m.pairs(inQuery, r.RawQuery); mismatch != nil {
		return mismatch
	}
	if mismatch := m.body(r.Body); mismatch != nil {
		return mismatch
	}
	return m.finish()
}

// path takes the arguments of the path, which fit has cut out and checked.
func (m *matcher) path(t *template, caps *captures) {
	n := 0
	for _, seg := range t.segments {
		if seg.param < 0 {
			continue
		}
		p := &m.op.params[seg.param]
		m.args[p.Name] = Value{Kind: p.Kind, Text: caps[n]}
		m.seen |= 1 << seg.param
		n++
	}
}

// pairs reads a query or a form.
func (m *matcher) pairs(from place, text string) *Mismatch {
	malformed, mismatch := eachPair(text, func(name, value string) *Mismatch {
		for i := range m.op.params {
			p := &m.op.params[i]
			if p.place != from || p.at != name {
				continue
			}
			if p.join == repeated {
				return m.add(i, value)
			}
			v, ok := p.fromPair(value)
			return m.set(i, v, ok)
		}
		return unlisted(from.field(name))
	})
	if malformed {
		return &Mismatch{Reason: reason.BodyMalformed, Field: from.field(""), Hint: "name=value pairs in percent-encoded UTF-8, joined with &"}
	}
	return mismatch
}

// field is how a mismatch names a key.
func (p place) field(name string) string {
	if p == inQuery {
		return strings.TrimSuffix("query "+name, " ")
	}
	return name
}

// set gives argument i its value; ok is false for a text that is none.
func (m *matcher) set(i int, v Value, ok bool) *Mismatch {
	p := &m.op.params[i]
	switch {
	case m.seen&(1<<i) != 0:
		return duplicate(p.Name)
	case !ok:
		return p.invalid()
	}
	m.seen |= 1 << i
	m.args[p.Name] = v
	return nil
}

// add reads one item of a list whose key stands once for each.
func (m *matcher) add(i int, text string) *Mismatch {
	p := &m.op.params[i]
	item, ok := p.item.fromText(text)
	list := m.args[p.Name]
	if !ok || len(list.List) == maxItems {
		return p.invalid()
	}
	list.Kind, list.List = List, append(list.List, item)
	m.args[p.Name], m.seen = list, m.seen|1<<i
	return nil
}

// finish fills in what absence means, finds what is missing, and names the currency
// of an amount when the call itself says it.
func (m *matcher) finish() *Mismatch {
	for i := range m.op.params {
		p := &m.op.params[i]
		switch {
		case m.seen&(1<<i) != 0:
		case m.op.missing(p, m.args):
			return &Mismatch{Reason: reason.InputMissing, Field: p.Name, Hint: p.hint()}
		case p.constant != nil:
			m.args[p.Name] = *p.constant
		}
	}
	if mismatch := m.settle(); mismatch != nil {
		return mismatch
	}
	m.op.nameCurrency(m.args)
	return m.op.both(m.args)
}

// nameCurrency writes the currency into the amount when the call itself says
// it; a fact's currency is Resolve's to write.
func (op *operation) nameCurrency(args Args) {
	var code string
	switch op.currency.source {
	case refConst:
		code = op.currency.name
	case refArgs:
		code = strings.ToUpper(args[op.currency.name].Text)
	default:
		return
	}
	for i := range op.params {
		if v, ok := args[op.params[i].Name]; ok && v.Kind == Money {
			v.Text = code
			args[op.params[i].Name] = v
		}
	}
}
