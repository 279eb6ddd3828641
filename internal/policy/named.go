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
	"github.com/sallyport/sallyport/internal/config"
	"github.com/sallyport/sallyport/internal/reason"
)

// requestNames are what a model of the tenant's own may ask about a call, and
// write into its policy.
var requestNames = []string{"tenant", "agent", "role", "tool", "action", "effect", "method", "path"}

// policyNames are what a p line may have besides: what it says, under which
// condition, with which obligations.
var policyNames = []string{"eft", "cond", "obl"}

// The names that the engine adds: the evaluation, and the place of a rule.
const (
	hiddenRequest = "in"
	hiddenPolicy  = "key"
	hiddenTerm    = "rule(r.in, p.key)"
)

// effects that a model may have: whatever it says, a deny that matches wins.
var modelEffects = []string{
	"some(where(p.eft==allow))",
	"some(where(p.eft==allow))&&!some(where(p.eft==deny))",
}

// effectAsked is what Casbin is asked with, in its own spelling, whichever of
// them a model has: with the shorter one it ends at the first allow, and would
// not see a deny, or what cannot be evaluated, in a later line.
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

// readNamed reads a model that is not of the default one's shape; nil for one
// that is, or with problems.
func readNamed(data []byte) (*named, config.Problems) {
	var problems config.Problems
	m, err := model.NewModelFromString(string(data))
	if err != nil {
		m = model.NewModel() // readModel says what is wrong with it
	}
	if m["r"]["r"] == nil || m["p"]["p"] == nil || slices.Contains(m["r"]["r"].Tokens, "r_in") {
		return nil, nil
	}
	n := &named{request: terms(m, "r"), policy: terms(m, "p")}
	n.checkNames(&problems)
	if g := m["g"]["g"]; g != nil {
		n.roles = true
		if strings.Join(strings.Fields(g.Value), "") != "_,_" {
			problems.Add(fileModel, "g must be _, _: a tenant's roles are its own", g.Value)
		}
	}
	for section, definitions := range m {
		for key := range definitions {
			if len(section) == 1 && key != section {
				problems.Add(fileModel, "may define each of r, p, g, e and m once", key)
			}
		}
	}
	checkEffect(&problems, m)
	if a := m["m"]["m"]; a != nil {
		n.matcher = a.Value
		n.byRole = strings.Contains(a.Value, "r_role")
		if strings.Contains(strings.Join(strings.Fields(a.Value), ""), "eval(") {
			problems.Add(fileModel, "the matcher must not use eval(): conditions are compiled", nil)
		}
	}
	return n, problems
}

// checkEffect refuses an effect under which a deny that matches would not win.
func checkEffect(problems *config.Problems, m model.Model) {
	e := m["e"]["e"]
	if e == nil {
		return
	}
	text := strings.ReplaceAll(e.Value, "p_", "p.")
	if !slices.Contains(modelEffects, strings.Join(strings.Fields(text), "")) {
		problems.Add(fileModel, "the effect must be some(where (p.eft == allow)), with or without && !some(where (p.eft == deny)): a deny always wins", text)
	}
}

// terms are the names of a definition.
func terms(m model.Model, section string) []string {
	var out []string
	for _, text := range strings.Split(m[section][section].Value, ",") {
		out = append(out, strings.TrimSpace(text))
	}
	return out
}

// checkNames refuses names that nobody fills in.
func (n *named) checkNames(problems *config.Problems) {
	for _, name := range n.request {
		if !slices.Contains(requestNames, name) {
			problems.Add(fileModel, "r may have "+strings.Join(requestNames, ", ")+" (or be sub, act, in as in the default model)", name)
		}
	}
	for _, name := range n.policy {
		if !slices.Contains(requestNames, name) && !slices.Contains(policyNames, name) {
			problems.Add(fileModel, "p may have "+strings.Join(append(slices.Clone(requestNames), policyNames...), ", "), name)
		}
	}
	for _, names := range [][]string{n.request, n.policy} {
		sorted := slices.Sorted(slices.Values(names))
		if len(slices.Compact(sorted)) != len(names) {
			problems.Add(fileModel, "has a name twice", strings.Join(names, ", "))
		}
	}
}

// field is what a p line says under a name.
func (n *named) field(fields []string, name, without string) string {
	if i := slices.Index(n.policy, name); i >= 0 {
		return fields[i]
	}
	return without
}

// rule reads the fields of one p line.
func (n *named) rule(problems *config.Problems, line int, fields []string) Rule {
	if len(fields) != len(n.policy) {
		problems.Add(place(line), "must be p, "+strings.Join(n.policy, ", ")+", as model.conf says; quote a field that contains a comma", strings.Join(fields, ", "))
		return Rule{Line: line, Action: "*", Condition: "false"}
	}
	return readRule(problems, line, []string{
		n.field(fields, "role", anybody), n.field(fields, "action", "*"), n.field(fields, "cond", "true"), n.field(fields, "eft", "allow"), n.field(fields, "obl", "-"),
	})
}

// anybody stands for the role of a rule that names none.
const anybody = "anybody"

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
		v := newEvaluation(e, e.actions[actions[0].Name], Input{Action: actions[0]})
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

// decide asks the model. What a token narrows away is never worth more: with a
// ceiling the model is asked once as if there were none, and once as each role
// that is left, and both have to agree.
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

// subject is whom a question to Casbin names.
type subject struct{ agent, role string }

// as asks for each subject and puts together what came out.
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

// ask is one question to Casbin. The rule is that which it gives for an allow.
func (n *named) ask(v *evaluation, s subject) (*Rule, error) {
	values := make([]any, 0, len(n.request)+1)
	for _, name := range n.request {
		value, ok := v.named(name, s)
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

// named is what a model's name means for this call.
func (v *evaluation) named(name string, s subject) (string, bool) {
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
