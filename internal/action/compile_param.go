package action

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/money"
)

var kinds = map[string]Kind{
	"string": String, "id": ID, "enum": Enum, "integer": Integer, "bool": Bool, "money": Money, "list": List,
}

var charsets = map[string]charset{"": wordChars, "word": wordChars, "slug": slugChars, "digits": digitChars}

func (b *actionCompiler) param(i int) {
	src := &b.src.Params[i]
	at := fmt.Sprintf(".params[%d]", i)
	chars, known := charsets[src.Chars]
	p := param{
		Param: Param{
			Name: src.Name, Kind: kinds[src.Kind], Required: src.Required, Values: src.Values,
			Min: src.Min, Max: src.Max, Safe: src.Safe,
		},
		at: src.At, repeats: src.Repeats, prefixes: src.Prefixes, chars: chars,
	}
	if p.at == "" {
		p.at = p.Name
	}
	switch {
	case !isName(src.Name):
		b.add(at+".name", "must be lower case letters, digits and _", quoted(src.Name))
	case slices.ContainsFunc(b.action.Params, func(other Param) bool { return other.Name == src.Name }):
		b.add(at+".name", "is used twice", src.Name)
	}
	if p.Kind == 0 {
		b.add(at+".kind", "must be string, id, enum, integer, bool, money or list", quoted(src.Kind))
	}
	if !known {
		b.add(at+".chars", "must be word, slug or digits", quoted(src.Chars))
	}
	b.place(at, src, &p)
	b.bounds(at, src, &p)
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
		p.place, p.Required = inPath, true
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

// inPath holds that an argument of a path needs no escape and has no dot.
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
	if p.Kind == List && !json {
		b.add(at+".kind", "a list can only stand in a json body", src.Kind)
	}
	if json && !isPosition(p.at) {
		b.add(at+".at", "must be keys with dots between", quoted(p.at))
	}
	if len(p.repeats) > 0 && (p.place != inPath || b.action.op.body != jsonBody) {
		b.add(at+".repeats", "is only for an argument of the path and a json body", nil)
	}
	for j, position := range p.repeats {
		if !isPosition(position) {
			b.add(fmt.Sprintf("%s.repeats[%d]", at, j), "must be keys with dots between", quoted(position))
		}
	}
}

func isPosition(text string) bool { return !slices.Contains(strings.Split(text, "."), "") }

func (b *actionCompiler) bounds(at string, src *paramSource, p *param) {
	b.enum(at, p)
	if p.Kind != ID && (src.Chars != "" || src.Prefixes != nil) {
		b.add(at, "prefixes and chars are only for an id", nil)
	}
	for j, prefix := range p.prefixes {
		if prefix == "" || !isSegment(prefix) {
			b.add(fmt.Sprintf("%s.prefixes[%d]", at, j), "must be letters, digits, - and _", quoted(prefix))
		}
	}
	number := p.Kind == Integer || p.Kind == Money
	if (p.Min != 0 && !number) || (p.Kind == Money && p.Min < 0) {
		b.add(at+".min", "is only for an integer, or from 0 for money", p.Min)
	}
	switch {
	case p.Max == 0:
	case p.Kind == Enum || p.Kind == Bool:
		b.add(at+".max", "is only for integer, money, string, id and list", p.Max)
	case p.Max < p.Min || (!number && p.Max > maxText):
		b.add(at+".max", "must not be less than min, and at most 65536 bytes for a text", p.Max)
	}
}

func (b *actionCompiler) enum(at string, p *param) {
	switch {
	case p.Kind == Enum && (len(p.Values) == 0 || slices.Contains(p.Values, "")):
		b.add(at+".values", "must list the texts, none of them empty", nil)
	case p.Kind != Enum && p.Values != nil:
		b.add(at+".values", "is only for an enum", p.Values)
	}
	if slices.ContainsFunc(p.Values, func(v string) bool { return !validText(v) }) {
		b.add(at+".values", "must be texts without NUL", nil)
	}
}

// absence reads what it means that an argument is not given.
func (b *actionCompiler) absence(i int) {
	src, p := &b.src.Params[i], &b.action.op.params[i]
	at := fmt.Sprintf(".params[%d].absent", i)
	switch {
	case src.Absent == "":
		return
	case p.Required:
		b.add(at, "a required argument is never absent", quoted(src.Absent))
		return
	case !strings.HasPrefix(src.Absent, "facts."):
		v, ok := p.fromText(src.Absent)
		if !ok {
			b.add(at, "must be "+p.hint()+", or facts", quoted(src.Absent))
		}
		p.constant = &v
		return
	}
	for _, part := range strings.Split(src.Absent, " - ") {
		r, ok := parseRef(part)
		if kind := b.kindOf(r); !ok || kind != p.Kind {
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
		return
	}
	if b.action.MoneyArg != "" {
		b.add(fmt.Sprintf(".params[%d].kind", i), "a second argument is money", p.Name)
		return
	}
	b.action.MoneyArg = p.Name
	if _, ok := money.Exponent(src.Currency); ok && !b.catalog.shared.refused[src.Currency] {
		b.action.op.currency = ref{source: refConst, name: src.Currency}
		return
	}
	r, ok := parseRef(src.Currency)
	if !ok || !b.isCurrency(r) {
		b.add(at, "must be an ISO 4217 code, an enum argument of codes or a fact's currency", quoted(src.Currency))
	}
	b.action.op.currency = r
}
