package policy

import (
	"errors"
	"slices"
	"strconv"

	"github.com/sallyport/sallyport/internal/reason"
)

// decide asks the model as the agent (byRole: once for each of its roles). A token
// that names fewer roles must not be worth more, so with such a ceiling the model is
// asked twice, as if there were none and as each role that is left, and only what
// both allow is allowed.
func (n *named) decide(v *evaluation) Verdict {
	id := v.in.Identity
	subjects := []subject{{id.Agent, ""}}
	if n.byRole {
		subjects = nil
		for _, role := range v.engine.roles[id.Agent] {
			subjects = append(subjects, subject{id.Agent, role})
		}
	}
	whole := n.as(v, subjects)
	if id.Roles == nil || whole.Effect != Allow {
		return whole
	}
	subjects = nil
	for _, role := range v.engine.effective(id.Agent, id.Roles) {
		subjects = append(subjects, subject{role, role})
	}
	left := newEvaluation(v.engine, v.about, v.in)
	left.may = v.may
	return n.as(left, subjects)
}

// subject is the agent and the role for which Casbin is asked. A role that is asked
// for by itself stands in both.
type subject struct{ agent, role string }

// as asks Casbin for each subject. The first line that allows, of all of them, is
// the one whose obligations count.
func (n *named) as(v *evaluation, subjects []subject) Verdict {
	var allowed *Rule
	for _, s := range subjects {
		rule, err := n.ask(v, s)
		if err != nil {
			return Verdict{Reason: reason.PolicyUnevaluable}
		}
		if rule != nil && (allowed == nil || rule.Line < allowed.Line) {
			allowed = rule
		}
	}
	slices.SortStableFunc(v.seen, func(a, b seen) int { return a.rule.Line - b.rule.Line })
	out := v.verdict(allowed)
	out.Hint = v.hint(out.Reason)
	return out
}

var errNoPath = errors.New("the call has no path")

// ask is one question to Casbin; the rule is the one that allowed, nil for none.
func (n *named) ask(v *evaluation, s subject) (*Rule, error) {
	values := make([]any, 0, len(n.request)+1)
	for _, name := range n.request {
		value, ok := v.requestValue(name, s)
		if !ok {
			return nil, errNoPath
		}
		values = append(values, value)
	}
	allowed, row, err := n.enforcer.EnforceEx(append(values, v)...)
	if err != nil || !allowed || len(row) == 0 {
		return nil, err
	}
	index, err := strconv.Atoi(row[len(row)-1])
	if err != nil {
		return nil, err
	}
	return &v.engine.ordered[index], nil
}

// requestValue is the value of one of requestNames for this call; false when the
// call has no path.
func (v *evaluation) requestValue(name string, s subject) (string, bool) {
	switch name {
	case "tenant":
		return v.in.Tenant, true
	case "agent":
		return s.agent, true
	case "role":
		return s.role, true
	case "tool":
		return v.in.Call.Tool, true
	case "action":
		return v.in.Action.Name, true
	case "effect":
		if v.in.Action.Effect {
			return "effect", true
		}
		return "read", true
	}
	method, path, ok := v.in.Action.Target(v.in.Call.Args)
	if name == "method" {
		return method, ok
	}
	return "/" + v.in.Call.Tool + path, ok
}
