package action

import (
	"strings"
	"unicode/utf8"
)

// maxDepth bounds nesting, so that a hostile text cannot grow the stack.
const maxDepth = 32

type nodeKind uint8

const (
	nullNode   nodeKind = iota + 1
	boolNode            // text is "true" or "false"
	numberNode          // text is the number as it was written
	stringNode          // text is unescaped
	arrayNode
	objectNode // keys[i] names items[i]
)

func (k nodeKind) String() string {
	return [...]string{"nothing", "null", "true or false", "a number", "a text", "a list", "an object"}[k]
}

// node is one JSON value. Numbers keep their spelling: what is one number to a
// float is two texts here, and only the canonical one is taken later.
type node struct {
	kind  nodeKind
	text  string
	keys  []string
	items []node
}

// member finds a member of an object; nil when there is none.
func (n *node) member(key string) *node {
	for i := range n.keys {
		if n.keys[i] == key {
			return &n.items[i]
		}
	}
	return nil
}

// jsonError is why a text is not the JSON that is read here. duplicate names a
// key that stands twice in one object.
type jsonError struct {
	what      string
	duplicate string
}

func (e *jsonError) Error() string { return "the JSON " + e.what }

// parseJSON reads one JSON value. It is stricter than RFC 8259 where readers
// are known to differ: one key twice, a lone surrogate, invalid UTF-8, NUL and
// anything after the value are errors.
func parseJSON(text string) (node, *jsonError) {
	if !utf8.ValidString(text) {
		return node{}, &jsonError{what: "is not UTF-8"}
	}
	p := parser{text: text}
	var out node
	p.value(&out, 0)
	p.space()
	if p.err == nil && p.pos != len(p.text) {
		p.fail("goes on after its value")
	}
	return out, p.err
}

type parser struct {
	text string
	pos  int
	err  *jsonError
}

func (p *parser) fail(what string) {
	if p.err == nil {
		p.err = &jsonError{what: what}
	}
}

func (p *parser) space() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// next skips space and tells the byte that follows, 0 at the end.
func (p *parser) next() byte {
	p.space()
	if p.pos == len(p.text) {
		return 0
	}
	return p.text[p.pos]
}

// take skips space and one expected byte.
func (p *parser) take(b byte) bool {
	if p.err != nil || p.next() != b {
		return false
	}
	p.pos++
	return true
}

func (p *parser) value(out *node, depth int) {
	if depth > maxDepth {
		p.fail("is nested too deeply")
		return
	}
	switch b := p.next(); {
	case b == '{':
		p.object(out, depth)
	case b == '[':
		p.array(out, depth)
	case b == '"':
		out.kind, out.text = stringNode, p.string()
	case b == '-' || (b >= '0' && b <= '9'):
		out.kind, out.text = numberNode, p.number()
	default:
		p.word(out)
	}
}

func (p *parser) word(out *node) {
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(p.text[p.pos:], word) {
			p.pos += len(word)
			out.kind, out.text = boolNode, word
			if word == "null" {
				out.kind, out.text = nullNode, ""
			}
			return
		}
	}
	p.fail("is malformed")
}

func (p *parser) object(out *node, depth int) {
	out.kind = objectNode
	p.pos++
	if p.take('}') {
		return
	}
	// Small objects are searched; large ones would make that quadratic.
	var seen map[string]bool
	for p.err == nil {
		if p.next() != '"' {
			p.fail("is malformed")
			return
		}
		key := p.string()
		if len(out.keys) == 16 {
			seen = make(map[string]bool, 64)
			for _, k := range out.keys {
				seen[k] = true
			}
		}
		if (seen == nil && out.member(key) != nil) || seen[key] {
			p.err = &jsonError{what: "has one key twice", duplicate: key}
			return
		}
		if seen != nil {
			seen[key] = true
		}
		if !p.take(':') {
			p.fail("is malformed")
			return
		}
		var item node
		p.value(&item, depth+1)
		out.keys, out.items = append(out.keys, key), append(out.items, item)
		if p.take('}') {
			return
		}
		if !p.take(',') {
			p.fail("is malformed")
		}
	}
}

func (p *parser) array(out *node, depth int) {
	out.kind = arrayNode
	p.pos++
	if p.take(']') {
		return
	}
	for p.err == nil {
		var item node
		p.value(&item, depth+1)
		out.items = append(out.items, item)
		if p.take(']') {
			return
		}
		if !p.take(',') {
			p.fail("is malformed")
		}
	}
}

// number reads a number by RFC 8259's grammar and keeps its spelling.
func (p *parser) number() string {
	start := p.pos
	p.skip("-")
	whole := p.digits()
	good := whole == 1 || (whole > 1 && p.text[p.pos-whole] != '0')
	if p.skip(".") {
		good = p.digits() > 0 && good
	}
	if p.skip("eE") {
		p.skip("+-")
		good = p.digits() > 0 && good
	}
	if !good {
		p.fail("has a malformed number")
	}
	return p.text[start:p.pos]
}

// skip passes one byte if it is in set.
func (p *parser) skip(set string) bool {
	if p.pos < len(p.text) && strings.IndexByte(set, p.text[p.pos]) >= 0 {
		p.pos++
		return true
	}
	return false
}

func (p *parser) digits() int {
	start := p.pos
	for p.pos < len(p.text) && p.text[p.pos] >= '0' && p.text[p.pos] <= '9' {
		p.pos++
	}
	return p.pos - start
}
