package lint

import (
	"regexp"
	"strings"

	"github.com/sallyport/sallyport/internal/money"
)

// parts are what && joins in a condition, outside texts and brackets. A
// condition with || outside brackets is one part. `true` is no part at all.
func parts(condition string) []string {
	var out []string
	start, depth := 0, 0
	var quote byte
	for i := 0; i < len(condition); i++ {
		switch c := condition[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case depth == 0 && (strings.HasPrefix(condition[i:], "||") || c == '?'):
			return []string{plain(condition)}
		case depth == 0 && strings.HasPrefix(condition[i:], "&&"):
			out = append(out, plain(condition[start:i]))
			i++
			start = i + 1
		}
	}
	out = append(out, plain(condition[start:]))
	var kept []string
	for _, part := range out {
		if part != "true" {
			kept = append(kept, part)
		}
	}
	return kept
}

// plain takes out the spaces that mean nothing: all outside texts but those
// between two words.
func plain(part string) string {
	var b strings.Builder
	var quote byte
	for i := 0; i < len(part); i++ {
		c := part[i]
		switch {
		case quote != 0 && c == '\\' && i+1 < len(part):
			b.WriteByte(c)
			i++
			c = part[i]
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == c:
			quote = 0
		case quote == 0 && (c == ' ' || c == '\t'):
			rest := strings.TrimLeft(part[i:], " \t")
			if rest == "" || !isWord(rest[0]) || b.Len() == 0 || !isWord(b.String()[b.Len()-1]) {
				continue
			}
			i, c = len(part)-len(rest)-1, ' '
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// bound is a part that compares something with a fixed amount.
type bound struct {
	of       string
	operator string
	amount   money.Amount
}

var (
	boundPattern = regexp.MustCompile(`^([^<>=!'"?|]+)(<=|>=|<|>)money\(['"]([^'"]+)['"]\)$`)
	turnedBound  = regexp.MustCompile(`^money\(['"]([^'"]+)['"]\)(<=|>=|<|>)([^<>=!'"?|]+)$`)
	turned       = strings.NewReplacer("<", ">", ">", "<")
)

// readBound reads a bound from either side.
func readBound(part string) (bound, bool) {
	var of, operator, text string
	if m := boundPattern.FindStringSubmatch(part); m != nil {
		of, operator, text = m[1], m[2], m[3]
	} else if m := turnedBound.FindStringSubmatch(part); m != nil {
		of, operator, text = m[3], turned.Replace(m[2]), m[1]
	} else {
		return bound{}, false
	}
	amount, err := money.Parse(text)
	return bound{of, operator, amount}, err == nil
}

// part is one part of a condition, read once: rules are compared in pairs.
type part struct {
	text    string
	bound   bound
	bounded bool
}

func readParts(texts []string) []part {
	out := make([]part, len(texts))
	for i, text := range texts {
		out[i].text = text
		out[i].bound, out[i].bounded = readBound(text)
	}
	return out
}

// unbounded is beyond all amounts.
const unbounded = 1 << 62

// span is the smallest and the largest amount that a bound lets through.
func (b bound) span() (least, most int64) {
	switch b.operator {
	case "<=":
		return -unbounded, b.amount.Minor
	case "<":
		return -unbounded, b.amount.Minor - 1
	case ">=":
		return b.amount.Minor, unbounded
	default:
		return b.amount.Minor + 1, unbounded
	}
}

// implies says that whenever a is true, b is. It never says so wrongly.
func implies(a, b []part) bool {
	for _, want := range b {
		found := false
		for _, have := range a {
			found = found || have.text == want.text || tighter(have, want)
		}
		if !found {
			return false
		}
	}
	return true
}

func tighter(a, b part) bool {
	x, y := a.bound, b.bound
	if !a.bounded || !b.bounded || x.of != y.of || x.amount.Currency != y.amount.Currency {
		return false
	}
	xLeast, xMost := x.span()
	yLeast, yMost := y.span()
	return xLeast >= yLeast && xMost <= yMost
}

var equalPattern = regexp.MustCompile(`^([a-z][a-z0-9_.]*)==('[^'\\]*'|"[^"\\]*"|-?[0-9]+)$`)

// never finds two parts that cannot both be true.
func never(all []string) (a, b string, found bool) {
	for i, a := range all {
		if a == "false" {
			return a, a, true
		}
		for _, b := range all[i+1:] {
			if disjoint(a, b) {
				return a, b, true
			}
		}
	}
	return "", "", false
}

func disjoint(a, b string) bool {
	if x, y := equalPattern.FindStringSubmatch(a), equalPattern.FindStringSubmatch(b); x != nil && y != nil {
		return x[1] == y[1] && strings.Trim(x[2], `'"`) != strings.Trim(y[2], `'"`)
	}
	x, ok := readBound(a)
	y, also := readBound(b)
	if !ok || !also || x.of != y.of {
		return a == "!("+b+")" || b == "!("+a+")"
	}
	if x.amount.Currency != y.amount.Currency {
		return true // one of the two is always an error
	}
	xLeast, xMost := x.span()
	yLeast, yMost := y.span()
	return xMost < yLeast || yMost < xLeast
}
