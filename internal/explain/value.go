package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/sallyport/sallyport/internal/action"
)

// Value is a value as somebody wrote it, in JSON or YAML, kept as JSON. Numbers
// keep their digits: an id in YAML needs no quotes.
type Value struct{ raw json.RawMessage }

// Text is a text's Value.
func Text(text string) Value {
	raw, _ := json.Marshal(text) // a string always has a JSON form
	return Value{raw}
}

// IsZero says that nothing was written.
func (v Value) IsZero() bool { return len(v.raw) == 0 || string(v.raw) == "null" }

// UnmarshalJSON implements json.Unmarshaler.
func (v *Value) UnmarshalJSON(data []byte) error {
	v.raw = bytes.Clone(data)
	return nil
}

// UnmarshalYAML implements yaml.Unmarshaler.
func (v *Value) UnmarshalYAML(node *yaml.Node) error {
	raw, err := fromYAML(node)
	v.raw = raw
	return err
}

func fromYAML(n *yaml.Node) (json.RawMessage, error) {
	switch n.Kind {
	case yaml.AliasNode:
		return nil, fmt.Errorf("line %d: write the value itself, not an alias", n.Line)
	case yaml.SequenceNode, yaml.MappingNode:
		return fromYAMLParts(n)
	default:
		if tag := n.ShortTag(); tag == "!!null" || (tag == "!!bool" || tag == "!!int" || tag == "!!float") && json.Valid([]byte(n.Value)) {
			if tag == "!!null" {
				return json.RawMessage("null"), nil
			}
			return json.RawMessage(n.Value), nil
		}
		return json.Marshal(n.Value)
	}
}

func fromYAMLParts(n *yaml.Node) (json.RawMessage, error) {
	var out bytes.Buffer
	open, end, step := byte('['), byte(']'), 1
	if n.Kind == yaml.MappingNode {
		open, end, step = '{', '}', 2
	}
	out.WriteByte(open)
	for i := 0; i < len(n.Content); i += step {
		if i > 0 {
			out.WriteByte(',')
		}
		if step == 2 {
			key, _ := json.Marshal(n.Content[i].Value) // a string always has a JSON form
			out.Write(append(key, ':'))
		}
		part, err := fromYAML(n.Content[i+step-1])
		if err != nil {
			return nil, err
		}
		out.Write(part)
	}
	out.WriteByte(end)
	return out.Bytes(), nil
}

// text is a scalar as it was written.
func (v Value) text() (string, bool) {
	var text string
	if json.Unmarshal(v.raw, &text) == nil {
		return text, !v.IsZero()
	}
	return string(v.raw), len(v.raw) > 0 && v.raw[0] != '{' && v.raw[0] != '['
}

var errKind = errors.New("is not of the kind that the catalog declares")

// as reads an argument of a declared kind.
func (v Value) as(p action.Param) (action.Value, error) {
	switch p.Kind {
	case action.List:
		return v.list(p)
	case action.Object:
		return v.object(p)
	default:
		return v.scalar(p)
	}
}

func (v Value) scalar(p action.Param) (action.Value, error) {
	text, ok := v.text()
	if !ok {
		return action.Value{}, errKind
	}
	out := action.Value{Kind: p.Kind}
	var err error
	switch p.Kind {
	case action.Integer, action.Money:
		out.Int, err = strconv.ParseInt(text, 10, 64)
	case action.Bool:
		out.Bool, err = strconv.ParseBool(text)
	case action.Decimal, action.Time:
		if out, ok = p.Parse(text); !ok {
			return out, errKind
		}
	default:
		out.Text = text
	}
	if err != nil {
		return out, errKind
	}
	return out, nil
}

func (v Value) list(p action.Param) (action.Value, error) {
	out := action.Value{Kind: action.List}
	var items []Value
	if json.Unmarshal(v.raw, &items) != nil {
		return out, errKind
	}
	for _, item := range items {
		one, err := item.as(*p.Items)
		if err != nil {
			return out, err
		}
		out.List = append(out.List, one)
	}
	return out, nil
}

func (v Value) object(p action.Param) (action.Value, error) {
	out := action.Value{Kind: action.Object, Fields: map[string]action.Value{}}
	var fields map[string]Value
	if json.Unmarshal(v.raw, &fields) != nil {
		return out, errKind
	}
	for _, f := range p.Fields {
		field, given := fields[f.Name]
		if !given {
			continue
		}
		one, err := field.as(f)
		if err != nil {
			return out, err
		}
		out.Fields[f.Name] = one
	}
	if len(out.Fields) != len(fields) {
		return out, errKind
	}
	return out, nil
}

// fact is a field of a fact as a tool would send it: ids and texts are quoted,
// whatever they look like, and numbers are not.
func (v Value) fact(f action.Field) json.RawMessage {
	text, ok := v.text()
	if !ok || v.IsZero() {
		return v.raw
	}
	switch f.Kind {
	case action.String, action.ID, action.Enum:
		return Text(text).raw
	case action.Integer, action.Money:
		if f.Quoted() {
			return Text(text).raw
		}
	case action.Decimal, action.Time:
		if typed, ok := f.Type().Parse(text); ok {
			return f.Write(typed)
		}
	default:
	}
	if json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return v.raw
}
