package policy

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
)

// compiled is a rule with its condition for each action that it matches.
type compiled struct {
	Rule
	key        string // stands for the condition inside Casbin
	conditions map[string]*condition
}

var patternPattern = regexp.MustCompile(`^(\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?)$`)

// Compile builds the engine of a tenant, or lists every mistake.
func Compile(src Source) (*Engine, config.Problems) {
	rules, grants, problems := readPolicy(src.Policy)
	if len(problems) == 0 { // else a line that could not be read may be what is missing
		problems = checkRoles(rules, grants)
	}
	e := &Engine{rules: map[string]*compiled{}, roles: inherit(grants), sums: src.Sums}
	c := newCompiler(src.Sums)
	for _, r := range rules {
		rule := &compiled{Rule: r, key: strconv.Itoa(r.Line), conditions: map[string]*condition{}}
		problems = append(problems, rule.compile(c, src)...)
		e.rules[rule.key] = rule
		e.ordered = append(e.ordered, rule)
	}
	modelText, found := readModel(src.Model)
	problems = append(problems, found...)
	if len(problems) > 0 {
		return nil, problems
	}
	if err := e.build(modelText, grants, src.Actions); err != nil {
		problems.Add(fileModel, "cannot be used: "+err.Error(), nil)
		return nil, problems
	}
	return e, nil
}

// compile checks a rule against every action it matches.
func (r *compiled) compile(c *compiler, src Source) config.Problems {
	var problems config.Problems
	at := place(r.Line)
	if !patternPattern.MatchString(r.Action) {
		problems.Add(at, "the action must be a name, a pattern like stripe.*, or *", r.Action)
		return problems
	}
	if h := r.Obligations.Hold; h != nil && !slices.Contains(src.Groups, h.Group) {
		problems.Add(at, "hold names a group that people.yaml does not have; it has "+list(src.Groups), h.Group)
	}
	matched := false
	for _, act := range src.Actions {
		if !matchesAction(r.Action, act.Name) {
			continue
		}
		matched = true
		if r.Obligations.Hold != nil && !act.Effect {
			problems.Add(at, "hold is for effects, and "+act.Name+" is a read: nobody would wait for its answer", r.Action)
			return problems
		}
		compiledCondition, err := c.compile(r.Condition, act)
		if err != nil {
			problems.Add(at, err.Error(), r.Condition)
			return problems
		}
		if r.perCallOnly(act, compiledCondition) {
			problems.Add(at, "bounds the amount of each call and no sum: 49.99 twice is 99.98; compare sums.NAME + args."+act.MoneyArg, r.Condition)
			return problems
		}
		r.conditions[act.Name] = compiledCondition
	}
	if !matched {
		problems.Add(at, "matches no action of the tenant's tools", r.Action)
	}
	return problems
}

// perCallOnly is an allow that looks at an amount without what was given before.
func (r *compiled) perCallOnly(act *action.Action, c *condition) bool {
	return r.Allow && act.MoneyArg != "" && slices.Contains(c.args, act.MoneyArg) && len(c.sums) == 0
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// readModel checks that a model asks everything that must be asked.
func readModel(data []byte) (string, config.Problems) {
	var problems config.Problems
	if len(bytes.TrimSpace(data)) == 0 {
		return defaultModel, nil
	}
	m, err := model.NewModelFromString(string(data))
	if err != nil {
		problems.Add(fileModel, "is no Casbin model: "+err.Error(), nil)
		return "", problems
	}
	for section, want := range map[string]string{"r": "sub, act, in", "p": "role, act, cond, eft, obl"} {
		if a := m[section][section]; a == nil || strings.ReplaceAll(a.Value, " ", "") != strings.ReplaceAll(want, " ", "") {
			problems.Add(fileModel, fmt.Sprintf("must define %s = %s", section, want), nil)
		}
	}
	matcher := ""
	if a := m["m"]["m"]; a != nil {
		matcher = strings.ReplaceAll(a.Value, " ", "")
	}
	for _, call := range []string{"permits(r_in,p_role,p_eft)", "condition(r_in,p_cond)"} {
		if !strings.Contains(matcher, call) {
			problems.Add(fileModel, "the matcher must ask "+strings.NewReplacer("r_", "r.", "p_", "p.").Replace(call), nil)
		}
	}
	if strings.Contains(matcher, "eval(") {
		problems.Add(fileModel, "the matcher must not use eval(): conditions are compiled", nil)
	}
	return string(data), problems
}

// build makes one Casbin enforcer for each action with the rules that match
// it; a model of the tenant's own may look at anything, so it gets all rules.
func (e *Engine) build(modelText string, grants []grant, actions []*action.Action) error {
	own := modelText != defaultModel
	e.enforcers = map[string]*casbin.Enforcer{}
	for _, act := range actions {
		var rules []*compiled
		for _, r := range e.ordered {
			if own || matchesAction(r.Action, act.Name) {
				rules = append(rules, r)
			}
		}
		if len(rules) == 0 {
			continue
		}
		enforcer, err := enforcer(modelText, rules, grants)
		if err != nil {
			return err
		}
		if err := e.try(enforcer, act); err != nil {
			return err
		}
		e.enforcers[act.Name] = enforcer
	}
	return nil
}

// try asks the model once for every role with all conditions true. Casbin finds
// an unknown function, name or effect only when it evaluates; on a live call
// that would be a refusal nobody can explain.
func (e *Engine) try(enforcer *casbin.Enforcer, act *action.Action) error {
	tried := map[string]bool{}
	for _, r := range e.ordered {
		if tried[r.Role] || !matchesAction(r.Action, act.Name) {
			continue
		}
		tried[r.Role] = true
		v := newEvaluation(e, Input{Action: act})
		v.probe = true
		if _, err := enforcer.Enforce(r.Role, act.Name, v); err != nil {
			return err
		}
	}
	return nil
}

// enforcer loads rules into Casbin, each condition as the key of its rule.
func enforcer(modelText string, rules []*compiled, grants []grant) (*casbin.Enforcer, error) {
	m, err := model.NewModelFromString(modelText)
	if err != nil {
		return nil, err
	}
	out, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	out.EnableAutoSave(false)
	out.AddFunction("permits", permitsFunction)
	out.AddFunction("matches", matchesFunction)
	out.AddFunction("condition", conditionFunction)
	for _, r := range rules {
		effect := "deny"
		if r.Allow {
			effect = "allow"
		}
		if _, err := out.AddPolicy(r.Role, r.Action, r.key, effect, r.key); err != nil {
			return nil, err
		}
	}
	for _, g := range grants {
		if _, err := out.AddGroupingPolicy(g.member, g.role); err != nil {
			return nil, err
		}
	}
	return out, nil
}
