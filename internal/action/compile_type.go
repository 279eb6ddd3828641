package action

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var kinds = map[string]Kind{
	"string": String, "id": ID, "enum": Enum, "integer": Integer, "bool": Bool, "money": Money, "list": List,
	"decimal": Decimal, "time": Time, "object": Object,
}

const kindNames = "string, id, enum, integer, decimal, money, time, bool, list or object"

var charsets = map[string]charset{"": wordChars, "word": wordChars, "slug": slugChars, "digits": digitChars}

// repeated is the join of a list whose key stands once for each item.
const repeated = "&"

const (
	maxNesting = 4   // objects and lists in each other
	maxPattern = 200 // bytes of a pattern's source
)

// typed reads what is said about values: of an argument, an item or a field.
func (b *actionCompiler) typed(at, name string, src *typeSource, depth int) param {
	chars, known := charsets[src.Chars]
	p := param{
		Param: Param{
			Name: name, Kind: kinds[src.Kind], Required: src.Required, Values: src.Values,
			Min: src.Min, Max: src.Max, Scale: src.Scale, Major: src.Unit == "major",
		},
		at: src.At, prefixes: src.Prefixes, chars: chars, quoted: src.Quoted, join: src.Join, unix: src.Format == "unix", decimals: byCurrency,
	}
	if p.at == "" {
		p.at = name
	}
	if p.Kind == 0 {
		b.add(at+".kind", "must be "+kindNames, quoted(src.Kind))
	}
	if !known {
		b.add(at+".chars", "must be word, slug or digits", quoted(src.Chars))
	}
	b.enum(at, &p)
	b.id(at, src, &p)
	b.bounds(at, &p)
	b.spelling(at, src, &p)
	b.parts(at, src, &p, depth)
	return p
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

func (b *actionCompiler) id(at string, src *typeSource, p *param) {
	if p.Kind != ID && (src.Chars != "" || src.Prefixes != nil || src.Pattern != "") {
		b.add(at, "prefixes, chars and pattern are only for an id", nil)
	}
	for j, prefix := range p.prefixes {
		if prefix == "" || !isSegment(prefix) {
			b.add(fmt.Sprintf("%s.prefixes[%d]", at, j), "must be letters, digits, - and _", quoted(prefix))
		}
	}
	if src.Pattern == "" {
		return
	}
	if src.Chars != "" || src.Prefixes != nil {
		b.add(at+".pattern", "stands instead of prefixes and chars", quoted(src.Pattern))
	}
	re, err := regexp.Compile(`\A(?:` + src.Pattern + `)\z`)
	if err != nil || len(src.Pattern) > maxPattern {
		b.add(at+".pattern", "must be a regular expression of at most 200 bytes", quoted(src.Pattern))
		return
	}
	p.pattern = re.MatchString
}

func (b *actionCompiler) bounds(at string, p *param) {
	number := p.Kind == Integer || p.Kind == Money || p.Kind == Decimal
	if (p.Min != 0 && !number) || (p.Kind == Money && p.Min < 0) {
		b.add(at+".min", "is only for an integer or decimal, or from 0 for money", p.Min)
	}
	switch {
	case p.Max == 0:
	case !number && p.Kind != String && p.Kind != ID && p.Kind != List:
		b.add(at+".max", "is only for integer, decimal, money, string, id and list", p.Max)
	case p.Max < p.Min || (!number && p.Max > maxText):
		b.add(at+".max", "must not be less than min, and at most 65536 bytes for a text", p.Max)
	}
	if (p.Kind == Decimal) != (p.Scale != 0) || p.Scale < 0 || p.Scale > maxScale {
		b.add(at+".scale", "must be 1 to 9 for a decimal, and is only for one", p.Scale)
		p.Scale = 0
	}
}

// spelling reads how the tool writes a value.
func (b *actionCompiler) spelling(at string, src *typeSource, p *param) {
	if src.Format != "" && (p.Kind != Time || (src.Format != "unix" && src.Format != "rfc3339")) {
		b.add(at+".format", "must be rfc3339 or unix, of a time", quoted(src.Format))
	}
	if p.quoted && p.Kind != Integer && p.Kind != Money && p.Kind != Decimal && !p.isNumber() {
		b.add(at+".quoted", "is only for integer, decimal, money and an id of digits", true)
	}
	if src.Unit != "" && (p.Kind != Money || (src.Unit != "major" && src.Unit != "minor")) {
		b.add(at+".unit", "must be minor or major, of money", quoted(src.Unit))
		p.Major = false
	}
	if p.join != "" && (p.Kind != List || len(p.join) != 1 || !strings.Contains(",;| "+repeated, p.join)) {
		b.add(at+".join", "must be a comma, semicolon, bar, space or &, of a list", quoted(p.join))
	}
}

// parts reads what a list or an object consists of.
func (b *actionCompiler) parts(at string, src *typeSource, p *param, depth int) {
	if p.Kind != List && src.Items != nil {
		b.add(at+".items", "is only for a list", nil)
	}
	if (p.Kind == Object) != (len(src.Fields) > 0) {
		b.add(at+".fields", "must be given for an object, and only for one", nil)
	}
	if depth == maxNesting {
		b.add(at, "is nested more than 4 deep", nil)
		p.Kind = String // whoever goes on meets no list without items
		return
	}
	if p.Kind == List {
		items := src.Items
		if items == nil {
			items = &typeSource{Kind: "string", Max: src.Max}
		}
		b.items(at+".items", items, p, depth)
	}
	for i := range src.Fields {
		f := &src.Fields[i]
		path := fmt.Sprintf("%s.fields[%d]", at, i)
		part := b.part(path, f.Name, &f.typeSource, depth)
		if !isName(f.Name) || slices.ContainsFunc(p.fields, func(o param) bool { return o.Name == f.Name || o.at == part.at }) {
			b.add(path+".name", "must be a new name of lower case letters, digits and _", quoted(f.Name))
		}
		p.fields, p.Fields = append(p.fields, part), append(p.Fields, part.Param)
	}
}

func (b *actionCompiler) items(at string, src *typeSource, p *param, depth int) {
	item := b.part(at, p.Name, src, depth)
	p.item, p.Items = &item, &item.Param
	if p.join == "" {
		return
	}
	if item.Kind != Enum && item.Kind != Integer && (item.Kind != ID || item.pattern != nil) {
		b.add(at+".kind", "must be enum, integer or id without a pattern to be joined", quoted(src.Kind))
	}
	if slices.ContainsFunc(item.Values, func(v string) bool { return strings.Contains(v, p.join) }) {
		b.add(at+".values", "must not have what joins them", item.Values)
	}
}

// part is a value inside another. It is no money: an action moves one amount,
// and that is an argument by itself.
func (b *actionCompiler) part(at, name string, src *typeSource, depth int) param {
	part := b.typed(at, name, src, depth+1)
	if part.Kind == Money {
		b.add(at+".kind", "an amount must be an argument by itself", quoted(src.Kind))
	}
	if src.Join != "" {
		b.add(at+".join", "is only for a list in a query or form", quoted(src.Join))
	}
	return part
}
