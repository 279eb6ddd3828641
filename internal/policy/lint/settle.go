package lint

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/policy"
)

// effort bounds the search for circumstances, in rules asked: a large policy is
// described under simpler ones.
const effort = 300_000

// samples are how many amounts tell how much a circumstance allows.
const samples = 32

// settle finds circumstances in which most is allowed: it begins with those that
// a rule asks for, and changes one name at a time.
func (p *prober) settle() {
	var scores []int
	starts := p.starts()
	for i, w := range starts {
		if i > 0 && p.left < effort/2 {
			break
		}
		scores = append(scores, p.score(w))
	}
	best := -1
	for best <= 0 && len(scores) > 0 {
		at := slices.Index(scores, slices.Max(scores))
		if from := scores[at]; from > best {
			p.world, best = starts[at], from
		}
		best = p.climb(starts[at], best)
		starts, scores = slices.Delete(starts, at, at+1), slices.Delete(scores, at, at+1)
	}
}

// starts are the plainest circumstances, and those that each allow asks for.
func (p *prober) starts() []world {
	plain := world{act: p.act, currency: p.currency, chosen: map[string]any{}}
	for name, values := range p.choices {
		plain.chosen[name] = values[0]
	}
	out := []world{plain}
	for _, r := range p.rules {
		if r.Allow {
			out = append(out, world{p.act, p.currency, p.asked(r, plain.chosen)})
		}
	}
	return out
}

// asked are the values that the parts of a rule's condition name.
func (p *prober) asked(r policy.Rule, plain map[string]any) map[string]any {
	out := maps.Clone(plain)
	for _, part := range p.l.parts[r.Line] {
		for name, values := range p.choices {
			if !strings.Contains(part, name) || strings.Contains(part, "!=") || part[0] == '!' {
				continue
			}
			if i := slices.IndexFunc(values, func(v any) bool { return suits(part, name, v) }); i >= 0 {
				out[name] = values[i]
			}
		}
	}
	return out
}

// suits says that a part of a condition asks for a value of a name, as far as can
// be seen from its words.
func suits(part, name string, value any) bool {
	text, plain := value.(string)
	if v, ok := value.(action.Value); ok {
		switch v.Kind {
		case action.Bool:
			return v.Bool
		case action.Integer:
			return slices.ContainsFunc(comparisons(part, name), func(n int64) bool { return n == v.Int })
		case action.List:
			return len(v.List) > 0 && suits(part, name, v.List[0])
		default:
			text, plain = v.Text, true
		}
	}
	return plain && text != "" && slices.ContainsFunc(textLiteral.FindAllStringSubmatch(part, -1), func(m []string) bool { return m[1]+m[2] == text })
}

// comparison is an operator and a whole number behind a name.
var comparison = regexp.MustCompile(`^(==|<=|>=|<|>)(\d{1,15})`)

// comparisons are whole numbers for which a comparison with a name is true.
func comparisons(part, name string) (out []int64) {
	for {
		_, rest, found := strings.Cut(part, name)
		if !found {
			return out
		}
		part = rest
		m := comparison.FindStringSubmatch(rest)
		if m == nil {
			continue
		}
		n, _ := strconv.ParseInt(m[2], 10, 64) // 15 digits fit
		switch m[1] {
		case "<":
			n--
		case ">":
			n++
		}
		out = append(out, n)
	}
}

// climb changes one name at a time while that allows more than best. What it finds
// is p.world; it returns how much that allows.
func (p *prober) climb(from world, best int) int {
	for range 2 {
		for _, name := range slices.Sorted(maps.Keys(p.choices)) {
			for _, value := range p.choices[name][1:] {
				if p.left <= 0 {
					return best
				}
				tried := world{p.act, p.currency, maps.Clone(from.chosen)}
				tried.chosen[name] = value
				if score := p.score(tried); score > best {
					p.world, from, best = tried, tried, score
				}
			}
		}
	}
	return best
}

func (p *prober) score(w world) (score int) {
	step := 1 + len(p.points)/samples
	for i := 0; i < len(p.points); i += step {
		p.left -= len(p.rules)
		if v := p.ask(w, p.points[i]); v.Effect == policy.Allow {
			score++
			if v.Obligations.Hold == nil {
				score++
			}
		}
	}
	return score
}
