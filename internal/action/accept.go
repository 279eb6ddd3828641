package action

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of values whose catalog says none.
const (
	maxText   = 64 << 10
	maxID     = 128
	maxItems  = 100
	maxDigits = 18 // always an exact 64-bit integer
)

// charset is what an ID may consist of after its prefix.
type charset uint8

const (
	wordChars  charset = iota // A-Z a-z 0-9 _
	slugChars                 // and -
	digitChars                // 0-9 without leading zeros: one spelling of one number
)

func (c charset) accepts(text string) bool {
	if c == digitChars {
		return isDigits(text) && len(text) <= maxDigits && (text[0] != '0' || len(text) == 1)
	}
	for i := range len(text) {
		if !isWord(text[i]) && (c != slugChars || text[i] != '-') {
			return false
		}
	}
	return text != ""
}

func isDigits(text string) bool {
	for i := range len(text) {
		if !isDigit(text[i]) {
			return false
		}
	}
	return text != ""
}

// parseInt reads a 64-bit integer in its one canonical spelling.
func parseInt(text string) (int64, bool) {
	rest := strings.TrimPrefix(text, "-")
	if !isDigits(rest) || (rest[0] == '0' && text != "0") {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// fromText reads a value as a path, query or form spells it.
func (p *param) fromText(text string) (Value, bool) {
	v := Value{Kind: p.Kind}
	switch p.Kind {
	case String, ID, Enum:
		v.Text = text
		return v, p.acceptsText(text)
	case Integer, Money:
		n, ok := parseInt(text)
		v.Int = n
		return v, ok && p.inRange(n)
	case Bool:
		v.Bool = text == "true"
		return v, v.Bool || text == "false"
	default:
		return v, false
	}
}

// acceptsText says whether a text is a value of the argument.
func (p *param) acceptsText(text string) bool {
	switch p.Kind {
	case String:
		return text != "" && int64(len(text)) <= p.most() && validText(text)
	case ID:
		return int64(len(text)) <= p.most() && p.acceptsID(text)
	case Enum:
		for _, v := range p.Values {
			if v == text {
				return true
			}
		}
		return false
	case List:
		return false
	default:
		_, ok := p.fromText(text)
		return ok
	}
}

func (p *param) acceptsID(text string) bool {
	if len(p.prefixes) == 0 {
		return p.chars.accepts(text)
	}
	for _, prefix := range p.prefixes {
		if rest, ok := strings.CutPrefix(text, prefix); ok && p.chars.accepts(rest) {
			return true
		}
	}
	return false
}

// most is Max with the default in place of 0.
func (p *param) most() int64 {
	switch {
	case p.Max != 0:
		return p.Max
	case p.Kind == String || p.Kind == List:
		return maxText
	case p.Kind == ID:
		return maxID
	default:
		return math.MaxInt64
	}
}

func (p *param) inRange(n int64) bool { return n >= p.Min && n <= p.most() }

func validText(text string) bool {
	return strings.IndexByte(text, 0) < 0 && utf8.ValidString(text)
}

// fromNode reads a value as a JSON body spells it.
func (p *param) fromNode(n *node) (Value, bool) {
	switch {
	case p.Kind == List && n.kind == arrayNode:
		return p.list(n)
	case n.kind == stringNode && (p.Kind == String || p.Kind == ID || p.Kind == Enum),
		n.kind == numberNode && (p.Kind == Integer || p.Kind == Money || p.isNumber()),
		n.kind == boolNode && p.Kind == Bool:
		return p.fromText(n.text)
	default:
		return Value{}, false
	}
}

// isNumber marks IDs that JSON writes as numbers.
func (p *param) isNumber() bool {
	return p.Kind == ID && p.chars == digitChars && len(p.prefixes) == 0
}

func (p *param) list(n *node) (Value, bool) {
	if len(n.items) == 0 || len(n.items) > maxItems {
		return Value{}, false
	}
	v := Value{Kind: List, List: make([]string, len(n.items))}
	for i := range n.items {
		if n.items[i].kind != stringNode {
			return Value{}, false
		}
		v.List[i] = n.items[i].text
	}
	return v, p.acceptsList(v.List)
}

func (p *param) acceptsList(list []string) bool {
	for _, text := range list {
		if text == "" || int64(len(text)) > p.most() || !validText(text) {
			return false
		}
	}
	return len(list) > 0 && len(list) <= maxItems
}

// check says whether a value somebody else made is one that Match could have
// made: the declared kind, in range, and nothing set that its kind does not
// use. The currency of money is judged by its caller.
func (p *param) check(v Value) bool {
	if v.Kind != p.Kind {
		return false
	}
	if p.Kind == List {
		return v.Text == "" && v.Int == 0 && !v.Bool && p.acceptsList(v.List)
	}
	text, _ := v.Spell()
	want, ok := p.fromText(text)
	if p.Kind == Money {
		want.Text = v.Text
	}
	return ok && v.List == nil && want.Text == v.Text && want.Int == v.Int && want.Bool == v.Bool
}

// mayEqual is false when no text is a value of both arguments.
func (p *param) mayEqual(other *param) bool {
	if p.Kind == Enum || other.Kind == Enum {
		for _, v := range append(append([]string(nil), p.Values...), other.Values...) {
			if p.acceptsText(v) && other.acceptsText(v) {
				return true
			}
		}
		return false
	}
	if len(p.prefixes) == 0 || len(other.prefixes) == 0 {
		return true
	}
	for _, a := range p.prefixes {
		for _, b := range other.prefixes {
			if strings.HasPrefix(a, b) || strings.HasPrefix(b, a) {
				return true
			}
		}
	}
	return false
}
