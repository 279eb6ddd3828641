package lint

import (
	"slices"

	"github.com/sallyport/sallyport/internal/policy"
)

// all are the amounts where most is allowed, and under the circumstances that
// each rule asks for which decides nothing there.
func (p *prober) all() []Amounts {
	first, ok := p.amounts()
	if !ok {
		return nil
	}
	out, plain := []Amounts{first}, p.starts()[0]
	var untried []string
	for i, r := range p.rules {
		if decided(out, r) || !p.could(r, p.rules[:i]) {
			continue
		}
		p.left -= len(p.points) * len(p.rules)
		if p.left <= 0 {
			if !first.allows() {
				untried = append(untried, place(r))
			}
			break
		}
		p.world = world{p.act, p.currency, p.asked(r, plain.chosen)}
		if a, ok := p.amounts(); ok && decided([]Amounts{a}, r) {
			out = append(out, a)
		} else {
			untried = append(untried, place(r))
		}
	}
	out[0].Untried = untried
	return out
}

// allows says that some amount is.
func (a Amounts) allows() bool {
	return slices.ContainsFunc(a.Bands, func(b Band) bool { return b.Outcome != "refused" })
}

// decided says that a rule decides about some amount.
func decided(all []Amounts, r policy.Rule) bool {
	return slices.ContainsFunc(all, func(a Amounts) bool {
		return slices.ContainsFunc(a.Bands, func(b Band) bool { return b.Rule == place(r) })
	})
}

// could says that nothing is known for which a rule never allows in this currency.
func (p *prober) could(r policy.Rule, before []policy.Rule) bool {
	named := currencies(r.Condition)
	if !r.Allow || len(named) > 0 && !slices.Contains(named, p.currency) || impossible(r.Condition) {
		return false
	}
	if slices.ContainsFunc(before, func(other policy.Rule) bool { return other.Allow && p.l.coversAction(other, r) }) {
		return false
	}
	_, denied := p.l.denier(r)
	return !denied
}
