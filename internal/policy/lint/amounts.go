package lint

import (
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
)

// most is the largest amount that is tried: nobody moves more in one call.
const most = 999_999_999_999

// Amounts is what becomes of an action's amounts for one role, or for somebody
// who has several that speak about it.
type Amounts struct {
	Who      string   `json:"who"`
	Action   string   `json:"action"`
	Currency string   `json:"currency,omitempty"` // "" when no rule names one
	Bands    []Band   `json:"bands"`
	Except   []string `json:"except,omitempty"`  // conditions under which it is refused all the same
	Untried  []string `json:"untried,omitempty"` // rules that allow, in circumstances that were not found
}

// Band is a range of amounts that are treated alike.
type Band struct {
	From    string   `json:"from"`         // its smallest amount
	To      string   `json:"to,omitempty"` // its largest; "" for the last
	Outcome string   `json:"outcome"`      // at once, waits, refused
	Group   string   `json:"group,omitempty"`
	Votes   int      `json:"votes,omitempty"`
	Rule    string   `json:"rule,omitempty"`
	If      []string `json:"if,omitempty"` // what else the rule asks for

	from, to int64
	verdict  policy.Verdict
}

// amounts probes every action that moves money, for every role with rules about
// it and for whoever has several such roles.
func (l *linter) amounts() {
	for _, act := range l.Actions {
		if act.MoneyArg == "" {
			continue
		}
		roles := l.rolesAbout(act)
		for _, role := range roles {
			l.probe(act, role, l.rulesOf(role, act))
		}
		for _, member := range l.members {
			has := l.Engine.Roles(member)
			n := len(slices.DeleteFunc(slices.Clone(roles), func(role string) bool { return !slices.Contains(has, role) }))
			if n > 1 && !slices.Contains(roles, member) {
				l.probe(act, member, l.rulesOf(member, act))
			}
		}
	}
}

// rolesAbout are the roles that rules about an action name, in file order.
func (l *linter) rolesAbout(act *action.Action) []string {
	var out []string
	for _, r := range l.Engine.Rules() {
		if matches(r.Action, act.Name) && !slices.Contains(out, r.Role) {
			out = append(out, r.Role)
		}
	}
	return out
}

// rulesOf are the rules about an action that somebody meets.
func (l *linter) rulesOf(who string, act *action.Action) []policy.Rule {
	roles := l.Engine.Roles(who)
	return slices.DeleteFunc(l.Engine.Rules(), func(r policy.Rule) bool {
		return r.Role != who && !slices.Contains(roles, r.Role) || !matches(r.Action, act.Name)
	})
}

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

// prober asks the engine about one subject, action and currency.
type prober struct {
	l        *linter
	act      *action.Action
	who      string
	rules    []policy.Rule
	currency string
	points   []int64
	choices  map[string][]any
	world    world
	left     int // rules that settle may still ask
}

func (p *prober) ask(w world, minor int64) policy.Verdict {
	return p.l.Engine.Decide(w.input(p.l.Tenant, p.who, nil, p.l.Sums, minor))
}

// together bounds how many named amounts are added to each other.
const together = 8

// points are amounts around those that conditions name, their sums and
// differences, and the smallest and largest.
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

// amounts cuts the range of amounts where the answer changes. It is false when
// the action cannot be in this currency at all.
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

// judge finds gaps between amounts that are allowed, amounts that no rule can
// say anything about, and larger amounts that need less.
func (l *linter) judge(a Amounts) {
	for i, b := range a.Bands {
		if b.verdict.Reason == reason.PolicyUnevaluable && !impossible(b.verdict.Condition) {
			l.add(lineOf(b.Rule), true, a.Who+": "+a.Action+": "+a.span(i)+" is refused because this condition cannot be evaluated there",
				"ask for the currency before the amount, and only for what the call has")
		}
		if i == 0 {
			continue
		}
		before := a.Bands[i-1]
		if b.verdict.Reason == reason.PolicyNoRule && before.Outcome != "refused" && i+1 < len(a.Bands) && a.Bands[i+1].Outcome != "refused" {
			l.add(lineOf(a.Bands[i+1].Rule), true, a.Who+": "+a.Action+": no rule speaks about "+a.span(i)+", between amounts that are allowed",
				"let this rule begin where "+before.Rule+" ends")
		}
		if before.Outcome == "waits" && b.Outcome != "refused" && (b.Outcome == "at once" || b.Group == before.Group && b.Votes < before.Votes) {
			l.add(lineOf(b.Rule), true, a.Who+": "+a.Action+": "+a.span(i)+" needs less than "+a.span(i-1)+" ("+before.Rule+")",
				"bound this rule below that amount, or hold for it too")
		}
		if before.verdict.Reason == reason.PolicyDenied && b.Outcome != "refused" {
			l.add(lineOf(b.Rule), false, a.Who+": "+a.Action+": "+a.span(i)+" is allowed, and the smaller "+a.span(i-1)+" is denied ("+before.Rule+")",
				"turn the comparison round if that is not meant")
		}
	}
}

// impossible conditions have a finding of their own.
func impossible(condition string) bool {
	_, _, found := never(parts(condition))
	return found
}
