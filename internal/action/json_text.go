package action

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// string reads a text; without escapes it shares the memory of the source.
func (p *parser) string() string {
	p.pos++
	start := p.pos
	for ; p.pos < len(p.text); p.pos++ {
		switch b := p.text[p.pos]; {
		case b == '"':
			p.pos++
			return p.text[start : p.pos-1]
		case b == '\\':
			return p.escaped(start)
		case b < 0x20:
			p.fail("has a raw control character in a text")
			return ""
		}
	}
	p.fail("ends inside a text")
	return ""
}

func (p *parser) escaped(start int) string {
	out := append(make([]byte, 0, 2*(p.pos-start)+32), p.text[start:p.pos]...)
	for p.pos < len(p.text) && p.err == nil {
		b := p.text[p.pos]
		p.pos++
		switch {
		case b == '"':
			return string(out)
		case b == '\\':
			out = p.escape(out)
		case b < 0x20:
			p.fail("has a raw control character in a text")
		default:
			out = append(out, b)
		}
	}
	p.fail("ends inside a text")
	return ""
}

func (p *parser) escape(out []byte) []byte {
	if p.pos == len(p.text) {
		return out
	}
	b := p.text[p.pos]
	p.pos++
	if b == 'u' {
		return p.unicode(out)
	}
	at := strings.IndexByte(`"\/bfnrt`, b)
	if at < 0 {
		p.fail("has an unknown escape")
		return out
	}
	return append(out, "\"\\/\b\f\n\r\t"[at])
}

func (p *parser) unicode(out []byte) []byte {
	r := p.hex4()
	if utf16.IsSurrogate(r) {
		if !strings.HasPrefix(p.text[p.pos:], `\u`) {
			p.fail("has half a surrogate pair")
			return out
		}
		p.pos += 2
		if r = utf16.DecodeRune(r, p.hex4()); r == utf8.RuneError {
			p.fail("has half a surrogate pair")
		}
	}
	if r == 0 {
		p.fail("has a NUL in a text")
	}
	return utf8.AppendRune(out, r)
}

func (p *parser) hex4() rune {
	if p.pos+4 > len(p.text) {
		p.fail("has a malformed escape")
		return 'x'
	}
	n, err := strconv.ParseUint(p.text[p.pos:p.pos+4], 16, 32)
	if err != nil {
		p.fail("has a malformed escape")
		return 'x'
	}
	p.pos += 4
	return rune(n)
}

// appendText writes a JSON text. Bytes that are not UTF-8 are kept: a digest
// must not make two of them equal.
func appendText(out []byte, text string) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	for i := range len(text) {
		switch b := text[i]; {
		case b == '"' || b == '\\':
			out = append(out, '\\', b)
		case b == '\n':
			out = append(out, '\\', 'n')
		case b < 0x20 || b == 0x7f:
			out = append(out, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
		default:
			out = append(out, b)
		}
	}
	return append(out, '"')
}
