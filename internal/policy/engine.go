package policy

import (
	"maps"
	"slices"

	"github.com/sallyport/sallyport/internal/reason"
)

// Engine is a tenant's compiled policy. With own and named nil it has the default
// model; at most one of the two is set.
type Engine struct {
	ordered []Rule      // in the order of the file
	actions *vocabulary // all of the tenant
	abouts  []about     // the rules about each action, by its number
	own     *whole      // a model of the tenant's own
	named   *named      // one that speaks about requests by name
	*roster             // who has which roles
	sums    []string    // names that limits.yaml declares
}

// Named says whether the tenant's model speaks about requests by names of its own.
// Only the model knows then which calls a rule matches, so nothing can be said about
// its rules one by one.
func (e *Engine) Named() bool { return e.named != nil }

// Rules are the p lines, in the order of the file.
func (e *Engine) Rules() []Rule { return slices.Clone(e.ordered) }

// Rule is the p line that a verdict names, like "policy.csv:4".
func (e *Engine) Rule(named string) (Rule, bool) {
	for _, r := range e.ordered {
		if place(r.Line) == named {
			return r, true
		}
	}
	return Rule{}, false
}

// Roles are an agent's roles, inherited ones included, sorted.
func (e *Engine) Roles(agent string) []string { return slices.Clone(e.roles[agent]) }

// Agents are all names in g and p lines that may be an agent's, sorted. Every agent
// that may do anything is among them, and so are roles: the file does not tell the
// two apart.
func (e *Engine) Agents() []string {
	out := slices.Collect(maps.Keys(e.roles))
	for _, r := range e.ordered {
		out = append(out, r.Role)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Decide answers one input. It is safe for concurrent use.
func (e *Engine) Decide(in Input) Verdict {
	if in.Action == nil {
		return Verdict{Reason: reason.Internal}
	}
	about := e.about(in.Action.Name)
	if about == nil || len(e.ordered) == 0 {
		return Verdict{Reason: reason.PolicyNoRule}
	}
	v := newEvaluation(e, about, in)
	defer v.release()
	if e.named != nil {
		return e.named.decide(v)
	}
	if e.own != nil {
		allowed, err := e.own.decide(v)
		if err != nil {
			return Verdict{Reason: reason.PolicyUnevaluable}
		}
		out := v.verdict(allowed)
		out.Hint = v.hint(out.Reason)
		return out
	}
	v.candidates()
	out := v.verdict(v.find(yes, true))
	out.Hint = v.hint(out.Reason)
	return out
}

// verdict combines the outcomes of all rules that were asked. allowed is the rule by
// which the model allows, nil for none: a tenant's own model may ask for more than a
// condition, so that the first allow whose condition is true is not always it.
func (v *evaluation) verdict(allowed *Rule) Verdict {
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

// isTrue says whether a rule is an allow whose condition was asked and is true. A
// model that allows by any other rule allows nothing.
func (v *evaluation) isTrue(rule *Rule) bool {
	return rule.Allow && slices.ContainsFunc(v.seen, func(s seen) bool { return s.rule == rule && s.outcome == yes })
}

// find is the first rule that was asked and has this outcome and effect, nil for
// none.
func (v *evaluation) find(want outcome, allow bool) *Rule {
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

// needed are the facts and sums that pending conditions wait for, as in
// Verdict.FactsNeeded.
func (v *evaluation) needed() []string {
	var out []string
	for _, s := range v.seen {
		if s.outcome != pending {
			continue
		}
		c := s.condition
		for _, fact := range c.facts {
			if _, ok := v.in.Facts[fact]; !ok {
				out = append(out, fact)
			}
		}
		if slices.ContainsFunc(c.args, func(arg string) bool { return v.waitsFor(arg) }) {
			for _, f := range v.in.Action.Facts {
				if v.lacks(&f) {
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

// verdict is one by this rule. The rule's words (say) are left out where its
// condition could not be evaluated: nobody knows whether they are true.
func (r *Rule) verdict(effect Effect, code reason.Code) Verdict {
	v := Verdict{Effect: effect, Reason: code, Rule: place(r.Line), Condition: r.Condition, Say: r.Say}
	if code == reason.PolicyUnevaluable {
		v.Say = ""
	}
	return v
}
