package explain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Outcome is what one rule came to.
type Outcome string

// The outcomes.
const (
	True        Outcome = "true"
	False       Outcome = "false"
	Waits       Outcome = "waits"       // for facts or sums
	Unevaluable Outcome = "unevaluable" // refuses the call
	LeftOut     Outcome = "left out"    // the token does not have the role
)

// Tried is one rule of the policy that speaks about the call.
type Tried struct {
	Rule      string  `json:"rule"`
	Role      string  `json:"role"`
	Condition string  `json:"condition"`
	Effect    string  `json:"effect"`
	Hold      *Hold   `json:"hold,omitempty"`
	Outcome   Outcome `json:"outcome"`
}

// Trace fills in the rules that were tried, in the order of the file. Each is
// asked alone, by the same decision: a policy of that one rule, and an allow
// behind it that shows whether the rule itself decided.
func (a *Answer) Trace(b tenant.Bundle) error {
	q := a.question
	if q.Action == nil {
		return nil
	}
	if q.Tenant.Policy.Named() {
		a.decided(q.Tenant.Policy)
		return nil
	}
	roles := append(q.Tenant.Policy.Roles(q.Identity.Agent), q.Identity.Agent)
	for _, rule := range q.Tenant.Policy.Rules() {
		if !slices.Contains(roles, rule.Role) || !(limit.Sum{Actions: []string{rule.Action}}).Applies(q.Action.Name) {
			continue
		}
		outcome, err := alone(q, rule, b.Files["policy.csv"])
		if err != nil {
			return err
		}
		a.Rules = append(a.Rules, tried(rule, outcome))
	}
	return nil
}

// decided is all that can be said of a model of one's own: the rule that decided.
func (a *Answer) decided(engine *policy.Engine) {
	rule, ok := engine.Rule(a.Rule)
	if !ok {
		return
	}
	outcome := True
	if a.Reason == reason.PolicyUnevaluable {
		outcome = Unevaluable
	}
	a.Rules = append(a.Rules, tried(rule, outcome))
}

func tried(rule policy.Rule, outcome Outcome) Tried {
	out := Tried{Rule: place(rule), Role: rule.Role, Condition: rule.Condition, Effect: "deny", Outcome: outcome}
	if rule.Allow {
		out.Effect = "allow"
	}
	if h := rule.Obligations.Hold; h != nil {
		out.Hold = &Hold{h.Group, h.Votes}
	}
	return out
}

func place(rule policy.Rule) string { return fmt.Sprintf("policy.csv:%d", rule.Line) }

func alone(q decision.Question, rule policy.Rule, file []byte) (Outcome, error) {
	if _, ok := witness(rule, q); !ok && !strings.Contains(rule.Condition, "agent.roles") {
		q.Identity.Roles = nil // no allow is left to show it; a deny does not ask for the token's roles
	}
	engine, problems := policy.Compile(policy.Source{
		Policy: with(rule, q, string(file)), Actions: []*action.Action{q.Action},
		Sums: q.Tenant.Limits.SumNames(), Groups: q.Tenant.People.Groups(),
	})
	if len(problems) > 0 {
		return "", fmt.Errorf("try %s alone: %w", place(rule), problems)
	}
	shop := *q.Tenant
	shop.Policy = engine
	q.Tenant = &shop
	d := decision.Decide(q)
	switch own := d.Rule == place(rule); {
	case d.Reason == reason.PolicyUnevaluable && own:
		return Unevaluable, nil
	case own:
		return True, nil
	case d.Reason == reason.FactsNeeded:
		return Waits, nil
	case d.Reason == reason.PolicyNoRule && rule.Allow:
		return LeftOut, nil
	}
	return False, nil
}

// with is a policy of one rule, in its line, with everybody's roles. Roles keep
// a rule each, which never matches: a role without any is a mistake.
func with(rule policy.Rule, q decision.Question, file string) []byte {
	lines := strings.Split(file, "\n")
	var roles []string
	for i, line := range lines {
		fields := strings.Split(line, ",")
		switch {
		case i+1 == rule.Line:
		case strings.TrimSpace(fields[0]) == "g" && len(fields) == 3:
			roles = append(roles, strings.TrimSpace(fields[2]))
		default:
			lines[i] = ""
		}
	}
	slices.Sort(roles)
	for _, role := range slices.Compact(roles) {
		lines = append(lines, "p, "+role+", *, false, deny, -")
	}
	behind, _ := witness(rule, q)
	return []byte(strings.Join(append(lines, "p, "+behind+", "+q.Action.Name+", true, allow, -"), "\n"))
}

// witness is the role of the allow behind: the rule's own, or for a deny, which
// no token can leave out, one that the token has. It is false when it has none.
func witness(rule policy.Rule, q decision.Question) (role string, ok bool) {
	if rule.Allow || q.Identity.Roles == nil {
		return rule.Role, true
	}
	engine := q.Tenant.Policy
	for _, role := range engine.Roles(q.Identity.Agent) {
		for _, ceiling := range q.Identity.Roles {
			if role == ceiling || slices.Contains(engine.Roles(ceiling), role) {
				return role, true
			}
		}
	}
	return rule.Role, false
}
