package policy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/sallyport/sallyport/internal/action"
)

// What the engine adds to the tenant's definitions: the evaluation to the request,
// the place of a rule to the policy, and a call of the rule's condition to the matcher.
const (
	hiddenRequest = "in"
	hiddenPolicy  = "key"
	hiddenTerm    = "rule(r.in, p.key)"
)

// effectAsked replaces the effect of every model, spelled as Casbin keeps it: with
// the shorter one of modelEffects Casbin stops at the first allow and would not see
// a deny, or a condition that cannot be evaluated, in a later line.
const effectAsked = "some(where (p_eft == allow)) && !some(where (p_eft == deny))"

// named is a model of the tenant's own that speaks about requests by name, such
// as r = agent, method, path. Casbin evaluates it over all rules; conditions and
// ceilings of tokens are added to what it asks.
type named struct {
	request  []string // names of r, in their order
	policy   []string // names of p
	byRole   bool     // it asks about r.role: once for each role that the agent has
	matcher  string
	roles    bool // it has a role definition
	enforcer *casbin.Enforcer
}

// load gives Casbin the rules, each with its place, and tries the model.
func (n *named) load(e *Engine, rows [][]string, grants []grant, actions []*action.Action) error {
	m := model.NewModel()
	m.AddDef("r", "r", strings.Join(append(slices.Clone(n.request), hiddenRequest), ", "))
	m.AddDef("p", "p", strings.Join(append(slices.Clone(n.policy), hiddenPolicy), ", "))
	if n.roles {
		m.AddDef("g", "g", "_, _")
	}
	m.AddDef("e", "e", effectAsked)
	m.AddDef("m", "m", "("+n.matcher+") && "+hiddenTerm)
	enforcer, err := casbin.NewEnforcer(m)
	if err != nil {
		return err
	}
	enforcer.EnableAutoSave(false)
	enforcer.AddFunction("rule", conditionFunction)
	for i, row := range rows {
		if _, err := enforcer.AddPolicy(append(slices.Clone(row), strconv.Itoa(i))); err != nil {
			return err
		}
	}
	for _, g := range grants {
		if !n.roles {
			return errors.New("policy.csv has g lines, and the model no role_definition")
		}
		if _, err := enforcer.AddGroupingPolicy(g.member, g.role); err != nil {
			return err
		}
	}
	n.enforcer = enforcer
	return n.try(e, rows, actions)
}

// tries bounds how many rules are tried when the file is read.
const tries = 32

// try asks about what rules name themselves, with all conditions true: Casbin
// finds unknown names and functions, and patterns that are none, only when it
// evaluates.
func (n *named) try(e *Engine, rows [][]string, actions []*action.Action) error {
	if len(actions) == 0 {
		return nil
	}
	for i, row := range rows[:min(len(rows), tries)] {
		v := newEvaluation(e, e.about(actions[0].Name), Input{Action: actions[0]})
		v.probe = true
		values := make([]any, 0, len(n.request)+1)
		for _, name := range n.request {
			without := "x"
			if name == "agent" { // a role is a member of itself
				without = n.field(row, "role", "x")
			}
			values = append(values, n.field(row, name, without))
		}
		if _, err := n.enforcer.Enforce(append(values, v)...); err != nil {
			return fmt.Errorf("for %s: %w", place(e.ordered[i].Line), err)
		}
	}
	return nil
}
