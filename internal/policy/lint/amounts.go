package lint

import (
	"slices"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
)

// most is the largest amount that is tried, in a currency's smallest unit: nobody
// moves more in one call.
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
