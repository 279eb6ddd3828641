package action

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/money"
)

func (b *actionCompiler) param(i int) {
	src := &b.src.Params[i]
	at := fmt.Sprintf(".params[%d]", i)
	p := b.typed(at, src.Name, &src.typeSource, 0)
	p.Safe, p.Restorable, p.repeats, p.needed = src.Safe, src.Restorable, src.Repeats, src.Required
	p.Recipient, p.Personal, p.Editable = src.Recipient, src.Personal, src.Editable
	b.outgoing(at, src)
	switch {
	case !isName(src.Name):
		b.add(at+".name", "must be lower case letters, digits and _", quoted(src.Name))
	case slices.ContainsFunc(b.action.Params, func(other Param) bool { return other.Name == src.Name }):
		b.add(at+".name", "is used twice", src.Name)
	}
	b.place(at, src, &p)
	b.action.Params = append(b.action.Params, p.Param)
	b.action.op.params = append(b.action.op.params, p)
}

// place finds where an argument stands; without a word it is the path when
// that has the argument's name, then the body, then the query.
func (b *actionCompiler) place(at string, src *paramSource, p *param) {
	in := src.In
	if in == "" {
		switch {
		case strings.Contains(b.src.Path, "{"+src.Name+"}"):
			in = "path"
		case b.action.op.body != noBody:
			in = "body"
		default:
			in = "query"
		}
	}
	switch in {
	case "path":
		p.place, p.Required, p.needed = inPath, true, true
		b.inPath(at, src)
	case "query":
		p.place = inQuery
	case "body":
		p.place = inBody
		if b.action.op.body == noBody {
			b.add(at+".in", "the action has no body", in)
		}
	default:
		b.add(at+".in", "must be path, query or body", quoted(src.In))
	}
	b.positions(at, src, p)
}

// inPath holds that an argument is one segment of a path.
func (b *actionCompiler) inPath(at string, src *paramSource) {
	if src.Kind != "id" && src.Kind != "enum" {
		b.add(at+".kind", "must be id or enum to stand in a path", quoted(src.Kind))
	}
	if slices.ContainsFunc(src.Values, func(v string) bool { return !isSegment(v) }) {
		b.add(at+".values", "must be letters, digits, - and _ to stand in a path", src.Values)
	}
}

func isSegment(text string) bool { return isPlain(text) && !strings.Contains(text, ".") }

func (b *actionCompiler) positions(at string, src *paramSource, p *param) {
	json := p.place == inBody && b.action.op.body == jsonBody
	if (p.Kind == List && !json && p.join == "") || (p.Kind == Object && !json) {
		b.add(at+".kind", "a list without join and an object can only stand in a json body", src.Kind)
	}
	if json && !isPosition(p.at) {
		b.add(at+".at", "must be keys with dots between", quoted(p.at))
	}
	if json && p.join != "" {
		b.add(at+".join", "is only for a list in a query or form", quoted(p.join))
	}
	if len(p.repeats) > 0 && (p.place != inPath || b.action.op.body != jsonBody) {
		b.add(at+".repeats", "is only for an argument of the path and a json body", nil)
	}
	for j, position := range p.repeats {
		if !isPosition(position) {
			b.add(fmt.Sprintf("%s.repeats[%d]", at, j), "must be keys with dots between", quoted(position))
		}
	}
	if src.Spelled != "" {
		b.spelled(at, src, p, p.place != inPath && !json)
	}
	if src.Editable && (p.place != inBody || p.Kind != String && p.Kind != Enum && p.Kind != Bool || src.Recipient || !b.action.Effect) {
		b.add(at+".editable", "is only for a string, an enum or a bool in the body of an effect, and for no recipient: who changes what it is about asks anew", true)
	}
	if src.Restorable && (p.place != inBody || p.Kind != String || !b.action.Effect) {
		b.add(at+".restorable", "is only for a string in the body of an effect: personal data is not written into addresses or names", true)
	}
}

// outgoing reads what an agent may write into an argument.
func (b *actionCompiler) outgoing(at string, src *paramSource) {
	if src.Recipient && !src.Restorable {
		b.add(at+".recipient", "is only for a restorable text: who reads it is known by a surrogate", true)
	}
	switch src.Personal {
	case "", PersonalPass, PersonalRefuse:
	case PersonalHold:
		if !b.action.Effect {
			b.add(at+".personal", "a read cannot wait for a person: pass or refuse", src.Personal)
		}
	default:
		b.add(at+".personal", "must be pass, refuse or hold", quoted(string(src.Personal)))
	}
}

// spelled reads what stands around a value, such as customer:"{}" in a search.
func (b *actionCompiler) spelled(at string, src *paramSource, p *param, pair bool) {
	before, after, found := strings.Cut(src.Spelled, "{}")
	if !pair || !found || strings.Contains(after, "{}") || !validText(src.Spelled) {
		b.add(at+".spelled", "must have {} once, of an argument of a query or form", quoted(src.Spelled))
	}
	if p.Kind != ID && p.Kind != Enum && p.Kind != Integer && p.Kind != Time {
		b.add(at+".spelled", "is only for id, enum, integer and time: another text could say more than one thing", quoted(src.Spelled))
	}
	p.before, p.after = before, after
}

// absence reads what it means that an argument is not given.
func (b *actionCompiler) absence(i int) {
	src, p := &b.src.Params[i], &b.action.op.params[i]
	at := fmt.Sprintf(".params[%d].absent", i)
	switch {
	case src.Absent == "":
		return
	case p.needed:
		b.add(at, "a required argument is never absent", quoted(src.Absent))
		return
	case !strings.HasPrefix(src.Absent, "facts."):
		v, ok := p.fromText(src.Absent) // as the tool spells it
		if p == b.action.op.unread {
			b.add(at, "must be facts: what an amount is worth depends on the currency that is given", quoted(src.Absent))
		} else if !ok {
			b.add(at, "must be "+p.hint()+", or facts", quoted(src.Absent))
		}
		p.constant = &v
		return
	}
	for _, part := range strings.Split(src.Absent, " - ") {
		r, ok := parseRef(part)
		if kind := b.action.kindOf(r); !ok || kind != p.Kind {
			b.add(at, "must be facts.fact.field of the argument's kind", quoted(part))
		}
		p.rest = append(p.rest, r)
	}
	if len(p.rest) > 2 || (len(p.rest) == 2 && p.Kind != Money && p.Kind != Integer) {
		b.add(at, "must be one fact's field, or for a number the difference of two", quoted(src.Absent))
	}
}

// money reads the currency of the one argument that is an amount.
func (b *actionCompiler) money(i int) {
	src, p := &b.src.Params[i], &b.action.op.params[i]
	at := fmt.Sprintf(".params[%d].currency", i)
	if p.Kind != Money {
		if src.Currency != "" {
			b.add(at, "is only for money", quoted(src.Currency))
		}
		b.decimals(i, refNone)
		return
	}
	if b.action.MoneyArg != "" {
		b.add(fmt.Sprintf(".params[%d].kind", i), "a second argument is money", p.Name)
		return
	}
	b.action.MoneyArg = p.Name
	if _, ok := money.Exponent(src.Currency); ok && !b.catalog.shared.refused[src.Currency] {
		b.action.op.currency = ref{source: refConst, name: src.Currency}
		b.decimals(i, refConst)
		return
	}
	r, ok := parseRef(src.Currency)
	if !ok || !b.isCurrency(r) {
		b.add(at, "must be an ISO 4217 code, an enum argument of codes or a fact's currency", quoted(src.Currency))
	}
	b.action.op.currency = r
	b.decimals(i, r.source)
}

// decimals finds how many an amount in major units has. When it is read no fact is
// there: of a fact's currency the catalog says it.
func (b *actionCompiler) decimals(i int, currency refSource) {
	src, p := &b.src.Params[i], &b.action.op.params[i]
	at := fmt.Sprintf(".params[%d]", i)
	if declared := p.Major && currency == refFacts; declared != (src.Decimals != nil) || declared && (*src.Decimals < 0 || *src.Decimals > mostDecimals) {
		got := any(nil)
		if src.Decimals != nil {
			got = *src.Decimals
		}
		b.add(at+".decimals", "must be 0 to 4 for money in major units whose currency is a fact's, and is only for that", got)
		return
	}
	switch {
	case !p.Major:
	case currency == refConst:
		p.decimals, _ = money.Exponent(src.Currency)
	case currency == refFacts:
		p.decimals = *src.Decimals
	default:
		b.action.op.unread = p
		if r := b.action.op.currency; !b.said(r.name) {
			b.add(at+".currency", "must be an argument that is required, or absent for one code, to say how many decimals there are", quoted(src.Currency))
		}
	}
}

// said: the call itself always says this argument.
func (b *actionCompiler) said(name string) bool {
	return slices.ContainsFunc(b.src.Params, func(src paramSource) bool {
		return src.Name == name && (src.Required || src.Absent != "" && !strings.HasPrefix(src.Absent, "facts."))
	})
}
