package action

import (
	"math"
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

// fromText reads a scalar as a path, query or form spells it.
func (p *param) fromText(text string) (v Value, ok bool) {
	v.Kind = p.Kind
	switch p.Kind {
	case String, ID, Enum:
		v.Text = text
		return v, p.acceptsText(text)
	case Integer, Money:
		if p.Major {
			return p.fromMajor(text)
		}
		v.Int, ok = parseInt(text)
		return v, ok && p.inRange(v.Int)
	case Bool:
		v.Bool = text == "true"
		return v, v.Bool || text == "false"
	case Decimal:
		var whole int64
		v.Text, whole, ok = parseDecimal(text, p.Scale)
		return v, ok && p.decimalInRange(v.Text, whole)
	case Time:
		if v.Text, ok = parseTime(text); p.unix {
			v.Text, ok = timeFromUnix(text)
		}
		return v, ok
	default:
		return v, false
	}
}

// acceptsText says whether a text is a value of the argument.
func (p *param) acceptsText(text string) bool {
	switch p.Kind {
	case String:
		return (text != "" || p.lenient) && (int64(len(text)) <= p.most() || p.Restorable && int64(len(text)-standIns(text)) <= p.most()) && validText(text)
	case ID:
		return int64(len(text)) <= p.most() && p.acceptsID(text)
	case Enum:
		for _, v := range p.Values {
			if v == text {
				return true
			}
		}
		return false
	default:
		_, ok := p.fromText(text)
		return ok
	}
}

func (p *param) acceptsID(text string) bool {
	if p.pattern != nil {
		return isVisible(text) && p.pattern(text)
	}
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

// isVisible reports whether a text is of visible ASCII characters: a pattern
// that is generous (`.`, `(?i)k`) takes no space, control or look-alike.
func isVisible(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return text != ""
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
		return true // and so for patterns: whether two of them meet is not found out
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
