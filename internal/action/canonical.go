package action

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
)

// The canonical JSON of values: an object with the kind as its one key, but for
// money whose currency is known. Arguments and fields are sorted by name.
//
//	{"amount":{"money":4000,"currency":"USD"},"charge":{"id":"ch_1"}}
var kindWords = [...]string{
	String: "text", ID: "id", Enum: "enum", Integer: "integer", Bool: "bool", Money: "money", List: "list",
	Decimal: "decimal", Time: "time", Object: "object",
}

// MarshalArgs writes arguments as canonical JSON; equal arguments give equal
// bytes, and different ones never do.
func MarshalArgs(args Args) []byte { return appendValues(nil, args, true) }

// MarshalFacts writes facts as canonical JSON, as MarshalArgs does.
func MarshalFacts(facts Facts) []byte {
	out := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(facts)) {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, name), ':')
		out = appendValues(out, facts[name], true)
	}
	return append(out, '}')
}

// digested are buffers for the text under a digest, of at most maxDigested bytes.
var digested = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

const maxDigested = 16 << 10

// Digest is "sha256:<hex>" over the tool, the action and the canonical
// arguments. The client's key is no part of it, and neither is the currency
// that stands beside an amount: that is not sent, it is a constant, another
// argument or a fact of what the arguments name. So the digest of a call is
// the digest of what Match reads from its request.
func Digest(call Call) string {
	buffer, _ := digested.Get().(*[]byte)
	defer digested.Put(buffer)
	out := appendText((*buffer)[:0], call.Tool)
	out = append(appendText(out, call.Action), '\n')
	out = appendValues(out, call.Args, false)
	sum := sha256.Sum256(out)
	if cap(out) <= maxDigested {
		*buffer = out
	}
	const name = "sha256:"
	return string(hex.AppendEncode(append(make([]byte, 0, len(name)+2*len(sum)), name...), sum[:]))
}

func appendValues[M ~map[string]Value](out []byte, values M, currency bool) []byte {
	names := make([]string, 0, 8)
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	out = append(out, '{')
	for i, name := range names {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, name), ':')
		out = appendValue(out, values[name], currency)
	}
	return append(out, '}')
}

func appendValue(out []byte, v Value, currency bool) []byte {
	word := "none"
	if v.Kind >= String && v.Kind <= Object {
		word = kindWords[v.Kind]
	}
	out = append(appendText(append(out, '{'), word), ':')
	switch v.Kind {
	case Integer, Money:
		out = strconv.AppendInt(out, v.Int, 10)
	case Bool:
		out = strconv.AppendBool(out, v.Bool)
	case List:
		out = appendList(out, v.List, currency)
	case Object:
		out = appendValues(out, v.Fields, currency)
	default:
		out = appendText(out, v.Text)
	}
	if v.Kind == Money && v.Text != "" && currency {
		out = appendText(append(out, `,"currency":`...), v.Text)
	}
	return append(out, '}')
}

func appendList(out []byte, list []Value, currency bool) []byte {
	out = append(out, '[')
	for i := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendValue(out, list[i], currency)
	}
	return append(out, ']')
}

var errValues = errors.New("must be an object of values, each an object of its kind")

// UnmarshalArgs reads what MarshalArgs wrote, and nothing else.
func UnmarshalArgs(data []byte) (Args, error) {
	root, err := parseJSON(string(data))
	if err != nil {
		return nil, fmt.Errorf("read arguments: %w", err)
	}
	values, ok := readValues(&root)
	if !ok {
		return nil, fmt.Errorf("read arguments: %w", errValues)
	}
	return values, nil
}

// UnmarshalFacts reads what MarshalFacts wrote, and nothing else.
func UnmarshalFacts(data []byte) (Facts, error) {
	root, err := parseJSON(string(data))
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	if root.kind != objectNode {
		return nil, fmt.Errorf("read facts: %w", errValues)
	}
	facts := make(Facts, len(root.keys))
	for i, name := range root.keys {
		values, ok := readValues(&root.items[i])
		if !ok {
			return nil, fmt.Errorf("read fact %.64q: %w", name, errValues)
		}
		facts[name] = Record(values)
	}
	return facts, nil
}

func readValues(n *node) (map[string]Value, bool) {
	if n.kind != objectNode {
		return nil, false
	}
	values := make(map[string]Value, len(n.keys))
	for i, name := range n.keys {
		v, ok := readValue(&n.items[i])
		if !ok {
			return nil, false
		}
		values[name] = v
	}
	return values, true
}

func readValue(n *node) (Value, bool) {
	if n.kind != objectNode || len(n.keys) == 0 {
		return Value{}, false
	}
	i := slices.Index(kindWords[:], n.keys[0])
	if i < int(String) {
		return Value{}, false
	}
	v, inner := Value{Kind: Kind(i)}, &n.items[0]
	ok := len(n.keys) == 1
	if v.Kind == Money && len(n.keys) == 2 && n.keys[1] == "currency" {
		v.Text, ok = n.items[1].text, n.items[1].kind == stringNode && n.items[1].text != ""
	}
	switch {
	case !ok:
		return Value{}, false
	case v.Kind == Integer || v.Kind == Money:
		v.Int, ok = parseInt(inner.text)
		return v, ok && inner.kind == numberNode
	case v.Kind == Bool:
		v.Bool = inner.text == "true"
		return v, inner.kind == boolNode
	case v.Kind == List:
		return readList(v, inner)
	case v.Kind == Object:
		v.Fields, ok = readValues(inner)
		return v, ok
	default:
		v.Text = inner.text
		return v, inner.kind == stringNode
	}
}

func readList(v Value, n *node) (Value, bool) {
	for i := range n.items {
		item, ok := readValue(&n.items[i])
		if !ok {
			return v, false
		}
		v.List = append(v.List, item)
	}
	return v, n.kind == arrayNode
}
