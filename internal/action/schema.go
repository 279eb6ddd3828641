package action

import (
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/money"
)

// appendSchema writes the arguments as JSON Schema.
func (op *operation) appendSchema(out []byte) []byte { return appendFields(out, op.params, false) }

// appendFields writes an object of arguments, or of the fields of one, which a
// request spells at their positions.
func appendFields(out []byte, params []param, fields bool) []byte {
	out = append(out, `{"type":"object","properties":{`...)
	var required []string
	for i := range params {
		p := &params[i]
		name := p.Name
		if fields {
			name = p.at
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, name), ':')
		out = p.appendSchema(out)
		if p.Required {
			required = append(required, name)
		}
	}
	out = append(out, '}')
	if len(required) > 0 {
		out = appendTexts(append(out, `,"required":`...), required)
	}
	return append(out, `,"additionalProperties":false}`...)
}

// appendSchema writes one argument: its type, its bounds, and in words what it
// accepts.
func (p *param) appendSchema(out []byte) []byte {
	if p.Kind == Object {
		return appendFields(out, p.fields, true)
	}
	out = appendText(append(out, `{"type":`...), p.jsonType())
	switch {
	case p.Kind == List:
		out = p.item.appendSchema(append(out, `,"items":`...))
		out = strconv.AppendInt(append(out, `,"minItems":1,"maxItems":`...), maxItems, 10)
	case p.Kind == Enum:
		out = appendTexts(append(out, `,"enum":`...), p.Values)
	case p.Kind == ID:
		if pattern := p.expression(); pattern != "" {
			out = appendText(append(out, `,"pattern":`...), pattern)
		}
		out = strconv.AppendInt(append(out, `,"maxLength":`...), p.most(), 10)
	case p.Kind == String:
		out = strconv.AppendInt(append(out, `,"minLength":1,"maxLength":`...), p.most(), 10)
	case p.isCounted():
		out = p.appendBounds(out)
	}
	hint := p.hint()
	out = appendText(append(out, `,"description":`...), strings.ToUpper(hint[:1])+hint[1:])
	return append(out, '}')
}

// appendBounds writes between what a number must be, as the tool spells it. Those of an
// amount whose decimals its currency says differ from one to the next.
func (p *param) appendBounds(out []byte) []byte {
	decimals := 0
	if p.Major {
		decimals = p.decimals
	}
	if decimals == byCurrency {
		return out
	}
	out = append(append(out, `,"minimum":`...), money.Number(p.Min, decimals)...)
	if p.Max != 0 {
		out = append(append(out, `,"maximum":`...), money.Number(p.Max, decimals)...)
	}
	return out
}

// jsonType is the type of the one spelling that is read.
func (p *param) jsonType() string {
	switch p.Kind {
	case Integer, Money:
		if !p.quoted && !p.Major {
			return "integer"
		}
		if !p.quoted {
			return "number"
		}
	case Decimal:
		if !p.quoted {
			return "number"
		}
	case Time:
		if p.unix {
			return "integer"
		}
	case Bool:
		return "boolean"
	case List:
		return "array"
	default:
	}
	return "string"
}

// isCounted says whether the argument is a number to JSON.
func (p *param) isCounted() bool {
	return (p.Kind == Integer || p.Kind == Money || p.Kind == Decimal) && !p.quoted
}

// expression is the regular expression of an id, "" for one that the catalog
// declares by a pattern: dialects of those differ.
func (p *param) expression() string {
	if p.pattern != nil {
		return ""
	}
	prefix := ""
	if len(p.prefixes) > 0 {
		prefix = "(" + strings.Join(p.prefixes, "|") + ")"
	}
	return "^" + prefix + map[charset]string{
		wordChars: "[A-Za-z0-9_]+", slugChars: "[A-Za-z0-9_-]+", digitChars: "(0|[1-9][0-9]{0,17})",
	}[p.chars] + "$"
}

func appendTexts(out []byte, texts []string) []byte {
	out = append(out, '[')
	for i, text := range texts {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(out, text)
	}
	return append(out, ']')
}
