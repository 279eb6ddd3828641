package action

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/money"
)

// finish reads everything that refers to arguments, facts and other actions.
func (b *actionCompiler) finish() {
	for i := range b.src.Facts {
		b.fact(i)
	}
	for i := range b.action.op.params {
		b.money(i)
	}
	for i := range b.action.op.params {
		b.absence(i)
		b.standsFor(i)
	}
	b.subject()
	b.businessKey()
	b.undo()
	b.probe()
	b.mark()
	b.export()
	b.summary()
	b.action.op.applied, b.action.op.notApplied = b.catalog.shared.applied, b.catalog.shared.notApplied
	b.proofs(b.at+".outcomes", &b.src.Outcomes, &b.action.op.applied, &b.action.op.notApplied)
	if b.action.Effect && b.catalog.mcp == nil && (b.action.op.applied.empty() || b.action.op.notApplied.empty()) {
		b.add(".effect", "needs outcomes, its own or the catalog's: applied and not_applied", true)
	}
}

func (b *actionCompiler) fact(i int) {
	src := &b.src.Facts[i]
	at := fmt.Sprintf(".facts[%d]", i)
	f := Fact{Name: src.Name, Action: src.Action, When: src.When, Args: src.Args}
	if !isName(src.Name) || b.factNamed(src.Name) != nil {
		b.add(at+".name", "must be a new name of lower case letters, digits and _", quoted(src.Name))
	}
	if _, known := b.action.Param(src.When); src.When != "" && !known {
		b.add(at+".when", "must name an argument", quoted(src.When))
	}
	read := b.catalog.byName[src.Action]
	if read == nil || read.Effect {
		b.add(at+".action", "must be a read of this catalog", quoted(src.Action))
	} else {
		b.factArgs(at, src, read)
	}
	if len(src.Fields) == 0 {
		b.add(at+".fields", "must list at least one field", nil)
	}
	for j := range src.Fields {
		b.field(fmt.Sprintf("%s.fields[%d]", at, j), &src.Fields[j], &f)
	}
	for j, field := range f.Fields {
		if field.Kind != Money {
			continue
		}
		if k := slices.IndexFunc(f.Fields, func(other Field) bool { return other.Name == field.Currency }); k < 0 || !f.Fields[k].Code || f.Fields[k].Optional {
			b.add(fmt.Sprintf("%s.fields[%d].currency", at, j), "must name a currency field of this fact that is not optional", quoted(field.Currency))
		}
	}
	b.action.Facts = append(b.action.Facts, f)
}

// factArgs checks that the read can be made: its arguments are known whenever
// the call is.
func (b *actionCompiler) factArgs(at string, src *factSource, read *Action) {
	for _, name := range slices.Sorted(maps.Keys(src.Args)) {
		text := src.Args[name]
		p, known := read.Param(name)
		if !known {
			b.add(at+".args", read.Name+" has no such argument", name)
			continue
		}
		r, ok := parseRef(text)
		if kind := b.action.kindOf(r); !ok || kind != p.Kind || (!b.always(r) && (r.source != refArgs || r.name != src.When)) {
			b.add(at+".args."+name, "must be args.name or facts.fact.field of the same kind that is never absent", quoted(text))
		}
	}
	for _, p := range read.Params {
		if _, given := src.Args[p.Name]; p.Required && !given {
			b.add(at+".args", "must give "+p.Name+" of "+read.Name, nil)
		}
	}
}

func (b *actionCompiler) field(at string, src *fieldSource, f *Fact) {
	kind, code := src.Kind, src.Kind == "currency"
	if code {
		kind = "id"
	}
	if kind == "enum" {
		b.add(at+".kind", "a fact has no enum: what the tool may answer is the tool's to say; use string or id", quoted(kind))
		kind = "string"
	}
	as := b.typed(at, src.Name, &typeSource{
		Kind: kind, Scale: src.Scale, Unit: src.Unit, Format: src.Format, Quoted: src.Quoted, Pattern: src.Pattern, Items: src.Items, Fields: src.Fields,
	}, 0)
	as.generous()
	field := Field{
		Name: src.Name, Kind: as.Kind, From: src.From, Currency: src.Currency, Code: code, Optional: src.Optional,
		Outside: src.Outside, Items: as.Items, Fields: as.Fields, as: as,
	}
	if field.From == "" {
		field.From = field.Name
	}
	if !isName(src.Name) || slices.ContainsFunc(f.Fields, func(other Field) bool { return other.Name == src.Name }) {
		b.add(at+".name", "must be a new name of lower case letters, digits and _", quoted(src.Name))
	}
	if !isPosition(field.From) {
		b.add(at+".from", "must be keys with dots between", quoted(field.From))
	}
	if src.Currency != "" && field.Kind != Money {
		b.add(at+".currency", "is only for money", quoted(src.Currency))
	}
	f.Fields = append(f.Fields, field)
}

// generous takes what only a tool may say: nothing in a text or list, more
// fields than are declared, and any integer.
func (p *param) generous() {
	p.lenient, p.chars = true, slugChars
	if p.Kind == Integer || p.Kind == Decimal {
		p.Min = -1 << 63
	}
	if p.item != nil {
		p.item.generous()
	}
	for i := range p.fields {
		p.fields[i].generous()
	}
}

func (b *actionCompiler) businessKey() {
	if b.action.Effect == (len(b.src.BusinessKey) == 0) {
		b.add(".business_key", "must be given for an effect, and only for one", nil)
	}
	for i, text := range b.src.BusinessKey {
		r, ok := parseRef(text)
		if kind := b.action.kindOf(r); !ok || kind == 0 || kind == List || kind == Object || (r.source == refFacts && !b.always(r)) {
			b.add(fmt.Sprintf(".business_key[%d]", i), "must be args.name, or facts.fact.field that is never absent, and no list or object", quoted(text))
		}
		b.action.op.key = append(b.action.op.key, r)
	}
}

func (b *actionCompiler) factNamed(name string) *Fact {
	for i := range b.action.Facts {
		if b.action.Facts[i].Name == name {
			return &b.action.Facts[i]
		}
	}
	return nil
}

func (a *Action) fieldOf(r ref) *Field {
	f, err := a.fact(r.fact)
	if err != nil || r.source != refFacts {
		return nil
	}
	for i := range f.Fields {
		if f.Fields[i].Name == r.name {
			return &f.Fields[i]
		}
	}
	return nil
}

// kindOf is the kind of what a ref names, 0 when there is no such thing (yet).
func (a *Action) kindOf(r ref) Kind {
	if r.source == refArgs {
		p, _ := a.Param(r.name)
		return p.Kind
	}
	if field := a.fieldOf(r); field != nil {
		return field.Kind
	}
	return 0
}

// always reports whether a ref has a value in every resolved call.
func (b *actionCompiler) always(r ref) bool {
	if r.source == refFacts {
		field := b.action.fieldOf(r)
		return field != nil && !field.Optional && b.factNamed(r.fact).When == ""
	}
	for i := range b.src.Params {
		if b.src.Params[i].Name == r.name {
			return b.action.op.params[i].needed || b.src.Params[i].Absent != ""
		}
	}
	return false
}

// isCurrency reports whether a ref always holds an ISO 4217 code.
func (b *actionCompiler) isCurrency(r ref) bool {
	if r.source == refFacts {
		field := b.action.fieldOf(r)
		return field != nil && field.Code && !field.Optional
	}
	p, ok := b.action.Param(r.name)
	return ok && p.Kind == Enum && b.always(r) && !slices.ContainsFunc(p.Values, func(v string) bool {
		code := strings.ToUpper(v)
		_, known := money.Exponent(code)
		return !known || b.catalog.shared.refused[code]
	})
}
