package lint

import (
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
)

// probe finds out what becomes of an action's amounts for somebody, in each currency
// that the rules name (or the action's own when they name none), and judges it.
func (l *linter) probe(act *action.Action, who string, rules []policy.Rule) {
	var all strings.Builder
	for _, r := range rules {
		all.WriteString(r.Condition + "\n")
	}
	conditions, named := all.String(), currencies(all.String())
	if len(named) == 0 {
		named = []string{"USD"}
		if own, known, err := act.Amount(action.Args{act.MoneyArg: {Kind: action.Money, Int: 1}}, nil); err == nil && known {
			named[0] = own.Currency
		}
	}
	for _, currency := range named {
		p := prober{l: l, act: act, who: who, rules: rules, currency: currency}
		p.points = points(conditions, currency, act)
		p.choices = choices(act, conditions)
		p.left = effort
		p.settle()
		for i, a := range p.all() {
			if !strings.Contains(conditions, "money(") {
				a.Currency = ""
			}
			l.report.Amounts = append(l.report.Amounts, a)
			if i == 0 {
				l.judge(a)
			}
		}
	}
}

// prober asks the engine about one role or agent, action and currency.
type prober struct {
	l        *linter
	act      *action.Action
	who      string // a role or an agent
	rules    []policy.Rule
	currency string
	points   []int64          // amounts in the currency's smallest unit, ascending, to begin with
	choices  map[string][]any // values that each name of the conditions may take
	world    world            // the circumstances that are asked about
	left     int              // rules that settle may still ask
}

// ask is the engine's verdict about an amount, in the currency's smallest unit.
func (p *prober) ask(w world, minor int64) policy.Verdict {
	return p.l.Engine.Decide(w.input(p.l.Tenant, p.who, nil, p.l.Sums, minor))
}

// together bounds how many named amounts are added to each other.
const together = 8

// points are the amounts at which the answer may change: those that conditions name,
// their sums and differences, one less and one more of each, and the smallest and
// largest that the action takes. In the currency's smallest unit, ascending.
func points(conditions, currency string, act *action.Action) []int64 {
	least, largest := int64(1), int64(most)
	if param, ok := act.Param(act.MoneyArg); ok {
		least = max(least, param.Min)
		if param.Max > 0 {
			largest = min(largest, param.Max)
		}
	}
	var named []int64
	for _, m := range moneyLiteral.FindAllStringSubmatch(conditions, -1) {
		if amount, err := money.Parse(m[1]); err == nil && amount.Currency == currency && !slices.Contains(named, amount.Minor) {
			named = append(named, min(amount.Minor, most))
		}
	}
	out := []int64{least, largest}
	for _, a := range named {
		around := []int64{a}
		for _, b := range named[:min(len(named), together)] {
			around = append(around, a+b, a-b)
		}
		for _, n := range around {
			out = append(out, n-1, n, n+1)
		}
	}
	out = slices.DeleteFunc(out, func(n int64) bool { return n < least || n > largest })
	slices.Sort(out)
	return slices.Compact(out)
}

// amounts cuts the range of amounts into bands, wherever the rule or the reason
// changes: it goes from point to point, and halves the distance where two differ.
// False when the action cannot be in this currency at all.
func (p *prober) amounts() (Amounts, bool) {
	out := Amounts{Who: p.who, Action: p.act.Name, Currency: p.currency}
	first := p.points[0]
	if !p.world.possible(p.world.input(p.l.Tenant, p.who, nil, p.l.Sums, first)) {
		return out, false
	}
	before := p.ask(p.world, first)
	start := first
	for i := 1; i < len(p.points); i++ {
		now := p.ask(p.world, p.points[i])
		if now.Rule == before.Rule && now.Reason == before.Reason {
			continue
		}
		low, high := p.points[i-1], p.points[i]
		for high-low > 1 {
			middle := low + (high-low)/2
			if v := p.ask(p.world, middle); v.Rule == before.Rule && v.Reason == before.Reason {
				low = middle
			} else {
				high, now = middle, v
			}
		}
		out.Bands = append(out.Bands, p.band(start, low, before))
		start, before = high, now
		if high < p.points[i] {
			i-- // what stands between is asked again
			p.points[i] = high
		}
	}
	last := p.band(start, 0, before)
	out.Bands = append(out.Bands, last)
	out.Except = p.except(out)
	return out, true
}

// band is the amounts from one to another with their verdict; to is 0 for the last.
func (p *prober) band(from, to int64, v policy.Verdict) Band {
	b := Band{From: spell(from, p.currency), Outcome: "refused", Rule: v.Rule, from: from, to: to, verdict: v}
	if to > 0 {
		b.To = spell(to, p.currency)
	}
	if v.Effect == policy.Allow {
		b.Outcome = "at once"
		b.If = p.others(v.Condition)
		if h := v.Obligations.Hold; h != nil {
			b.Outcome, b.Group, b.Votes = "waits", h.Group, h.Votes
		}
	}
	return b
}

// others are the parts of a condition that are not about the amount.
func (p *prober) others(condition string) []string {
	return slices.DeleteFunc(parts(condition), func(part string) bool {
		return strings.Contains(part, "money(") || strings.Contains(part, "sums.") || strings.Contains(part, "args."+p.act.MoneyArg)
	})
}

// except are the denies that decided nothing here and can elsewhere.
func (p *prober) except(a Amounts) []string {
	var out []string
	for _, r := range p.rules {
		if !r.Allow && !slices.ContainsFunc(a.Bands, func(b Band) bool { return b.Rule == place(r) }) {
			out = append(out, r.Condition)
		}
	}
	return out
}
