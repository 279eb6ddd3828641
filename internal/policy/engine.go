package policy

import (
	"slices"

	"github.com/casbin/casbin/v2"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// Engine is a tenant's compiled policy.
type Engine struct {
	enforcers map[string]*casbin.Enforcer // by action
	rules     map[string]*compiled        // by key
	ordered   []*compiled
	roles     map[string][]string // of agents and roles, inherited ones included
	sums      []string
}

// Rules are the p lines, in the order of the file.
func (e *Engine) Rules() []Rule {
	out := make([]Rule, len(e.ordered))
	for i, r := range e.ordered {
		out[i] = r.Rule
	}
	return out
}

// Rule is the p line that a verdict names, like "policy.csv:4".
func (e *Engine) Rule(named string) (Rule, bool) {
	for _, r := range e.ordered {
		if place(r.Line) == named {
			return r.Rule, true
		}
	}
	return Rule{}, false
}

// Roles are an agent's roles, inherited ones included, sorted.
func (e *Engine) Roles(agent string) []string { return slices.Clone(e.roles[agent]) }

// effective are the roles a token may use: nil narrows nothing.
func (e *Engine) effective(agent string, narrowed []string) []string {
	if narrowed == nil {
		return e.roles[agent]
	}
	var out []string
	for _, role := range e.roles[agent] {
		if e.reaches(narrowed, role) {
			out = append(out, role)
		}
	}
	return out
}

// permits says whether a token's ceiling leaves a rule of a role. Denies always
// stay: a token that names fewer roles must not be worth more.
func (e *Engine) permits(id token.Identity, role string, allow bool) bool {
	return !allow || id.Roles == nil || e.reaches(id.Roles, role)
}

// reaches: a ceiling that names a role leaves what that role inherits.
func (e *Engine) reaches(ceiling []string, role string) bool {
	for _, c := range ceiling {
		if c == role || slices.Contains(e.roles[c], role) {
			return true
		}
	}
	return false
}

// inherit closes g lines: a member has its roles and their roles.
func inherit(grants []grant) map[string][]string {
	direct := map[string][]string{}
	for _, g := range grants {
		direct[g.member] = append(direct[g.member], g.role)
	}
	out := map[string][]string{}
	for member := range direct {
		found, todo := map[string]bool{}, []string{member}
		for len(todo) > 0 {
			next := todo[0]
			todo = todo[1:]
			for _, role := range direct[next] {
				if !found[role] {
					found[role] = true
					todo = append(todo, role)
				}
			}
		}
		for role := range found {
			out[member] = append(out[member], role)
		}
		slices.Sort(out[member])
	}
	return out
}

// Decide answers one input. It is safe for concurrent use.
func (e *Engine) Decide(in Input) Verdict {
	if in.Action == nil {
		return Verdict{Reason: reason.Internal}
	}
	enforcer, ok := e.enforcers[in.Action.Name]
	if !ok {
		return Verdict{Reason: reason.PolicyNoRule}
	}
	v := newEvaluation(e, in)
	allowed, row, err := enforcer.EnforceEx(in.Identity.Agent, in.Action.Name, v)
	if err != nil {
		return Verdict{Reason: reason.PolicyUnevaluable}
	}
	if !allowed || len(row) <= rowKey {
		return v.verdict(nil)
	}
	return v.verdict(e.rules[row[rowKey]])
}

// rowKey is where a rule's key stands in a row of Casbin.
const rowKey = 2

// verdict combines the outcomes of all candidates. allowed is the rule that
// Casbin itself gives for an allow, nil for none: a tenant's model may ask for
// more than a condition, so that the first true condition is not always it.
func (v *evaluation) verdict(allowed *compiled) Verdict {
	denied, broken, first := v.find(yes, false), v.find(unevaluable, true), v.find(yes, true)
	if broken == nil {
		broken = v.find(unevaluable, false)
	}
	switch {
	case denied != nil:
		return denied.verdict(Deny, reason.PolicyDenied)
	case broken != nil:
		return broken.verdict(Deny, reason.PolicyUnevaluable)
	case first == nil && v.find(pending, true) == nil:
		return Verdict{Reason: reason.PolicyNoRule}
	case v.depends():
		return Verdict{Effect: Defer, Reason: reason.FactsNeeded, FactsNeeded: v.needed()}
	case allowed == nil || !v.isTrue(allowed):
		return Verdict{Reason: reason.PolicyNoRule}
	}
	out := allowed.verdict(Allow, reason.Allowed)
	out.Obligations = allowed.Obligations
	if v.in.Action.Effect {
		out.Obligations.Once = true
	}
	return out
}

// isTrue: a model that allows by a rule whose condition was not true, or by a
// deny, allows nothing.
func (v *evaluation) isTrue(rule *compiled) bool {
	return rule.Allow && slices.Contains(v.seen, seen{rule, yes})
}

// find is the first candidate with an outcome and an effect.
func (v *evaluation) find(want outcome, allow bool) *compiled {
	for _, s := range v.seen {
		if s.outcome == want && s.rule.Allow == allow {
			return s.rule
		}
	}
	return nil
}

// depends says whether what is pending can change the verdict: a deny always
// can, an allow only when it stands before the first one that matched.
func (v *evaluation) depends() bool {
	for _, s := range v.seen {
		switch {
		case s.outcome == pending:
			return true
		case s.outcome == yes && s.rule.Allow:
			return v.find(pending, false) != nil
		}
	}
	return false
}

// needed are the facts and sums that pending conditions speak about.
func (v *evaluation) needed() []string {
	var out []string
	for _, s := range v.seen {
		if s.outcome != pending {
			continue
		}
		c := s.rule.conditions[v.in.Action.Name]
		for _, fact := range c.facts {
			if _, ok := v.in.Facts[fact]; !ok {
				out = append(out, fact)
			}
		}
		if slices.ContainsFunc(c.args, func(arg string) bool { return v.waits[arg] }) {
			for _, f := range v.in.Action.Facts {
				if _, ok := v.in.Facts[f.Name]; !ok {
					out = append(out, f.Name)
				}
			}
		}
		if v.in.Sums == nil {
			for _, sum := range c.sums {
				out = append(out, "sums."+sum)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// verdict is by this rule. Its words are said only of what it found to be so.
func (r *compiled) verdict(effect Effect, code reason.Code) Verdict {
	v := Verdict{Effect: effect, Reason: code, Rule: place(r.Line), Condition: r.Condition, Say: r.Say}
	if code == reason.PolicyUnevaluable {
		v.Say = ""
	}
	return v
}
