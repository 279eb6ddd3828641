package policy

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2/model"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/config"
)

var patternPattern = regexp.MustCompile(`^(\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?)$`)

// Compile builds the engine of a tenant, or lists every mistake.
func Compile(src Source) (*Engine, config.Problems) {
	if n, problems := readNamed(src.Model); n != nil || len(problems) > 0 {
		return compileNamed(src, n, problems)
	}
	rules, grants, problems := readPolicy(src.Policy, usualRule)
	if len(problems) == 0 { // else a line that could not be read may be what is missing
		problems = checkRoles(rules, grants)
	}
	b := newBuilder(src, rules, grants)
	e := b.engine
	problems = append(problems, b.each(b.rule)...)
	modelText, found := readModel(src.Model)
	problems = append(problems, found...)
	if len(problems) > 0 {
		return nil, problems
	}
	if err := b.build(modelText, grants); err != nil {
		problems.Add(fileModel, "cannot be used: "+err.Error(), nil)
		return nil, problems
	}
	if problems := e.affordable(src.Actions); len(problems) > 0 {
		return nil, problems
	}
	return e, nil
}

// builder carries one Compile.
type builder struct {
	engine   *Engine
	source   Source
	compiler *compiler
	found    map[string][]entry // by action
}

func newBuilder(src Source, rules []Rule, grants []grant) *builder {
	e := &Engine{ordered: rules, roster: rosterOf(rules, grants), sums: src.Sums}
	return &builder{engine: e, source: src, compiler: newCompiler(src.Sums), found: map[string][]entry{}}
}

// maxCompiled bounds the conditions that are compiled for a tenant, one for each action
// that a rule is about: other tenants' changes wait meanwhile, ten seconds for as many.
const maxCompiled = 100_000

// each takes rule by rule, and no more of a policy that is too much work.
func (b *builder) each(rule func(index int) config.Problems) config.Problems {
	var problems config.Problems
	for i, r := range b.engine.ordered {
		problems = append(problems, rule(i)...)
		if b.compiler.compiled > maxCompiled {
			problems.Add(place(r.Line), fmt.Sprintf("is one too many: a rule counts once for each action that it is about, and all together %d at most; name actions in place of patterns, or say it with fewer rules", maxCompiled), r.Action)
			break
		}
	}
	return problems
}

// rule checks a rule against every action it matches.
func (b *builder) rule(index int) config.Problems {
	var problems config.Problems
	r := &b.engine.ordered[index]
	at := place(r.Line)
	if !patternPattern.MatchString(r.Action) {
		problems.Add(at, "the action must be a name, a pattern like stripe.*, or *", r.Action)
		return problems
	}
	if h := r.Obligations.Hold; h != nil && !slices.Contains(b.source.Groups, h.Group) {
		problems.Add(at, "hold names a group that people.yaml does not have; it has "+list(b.source.Groups), h.Group)
	}
	matched := false
	for _, act := range b.source.Actions {
		if !matchesAction(r.Action, act.Name) {
			continue
		}
		matched = true
		if r.Obligations.Hold != nil && !act.Effect {
			problems.Add(at, "hold is for effects, and "+act.Name+" is a read: nobody would wait for its answer", r.Action)
			return problems
		}
		c, err := b.compiler.compile(r.Condition, act)
		if err != nil {
			problems.Add(at, err.Error(), r.Condition)
			return problems
		}
		if err := r.refused(act, c); err != nil {
			problems.Add(at, err.Error(), r.Condition)
			return problems
		}
		r.share(act, c)
		b.found[act.Name] = append(b.found[act.Name], entry{c, int32(index), r.Allow})
	}
	if !matched {
		problems.Add(at, "matches no action of the tenant's tools"+b.like(r.Action), r.Action)
	}
	return problems
}

// like names the action that a mistyped one is like.
func (b *builder) like(mistyped string) string {
	var names []string
	for _, act := range b.source.Actions {
		names = append(names, act.Name)
	}
	if near := closest(mistyped, names); near != "" {
		return "; it is like " + near
	}
	return ""
}

// build puts the rules of each action together, and tries a model of one's own.
func (b *builder) build(modelText string, grants []grant) error {
	if err := b.index(); err != nil || len(b.engine.ordered) == 0 || usual(modelText) {
		return err
	}
	var err error
	b.engine.own, err = newWhole(b.engine, modelText, grants, b.source.Actions)
	return err
}

// index makes the rules of each action findable.
func (b *builder) index() error {
	role := func(e entry) int32 { return b.engine.ids[b.engine.ordered[e.rule].Role] }
	b.engine.actions, b.engine.abouts = vocabularyOf(b.source.Actions), make([]about, len(b.source.Actions))
	for i, act := range b.source.Actions {
		env, err := b.compiler.env(act)
		if err != nil {
			return err
		}
		b.engine.abouts[i] = newAbout(env, b.found[act.Name], role)
	}
	return nil
}

// share makes a rule hold texts that are kept anyway, equal to its own: its own are
// parts of the file's line, which would be kept whole.
func (r *Rule) share(act *action.Action, c *condition) {
	r.Condition = c.text
	if r.Action == act.Name {
		r.Action = act.Name
	}
}

// refused is why a rule must not have its condition, although it can be evaluated;
// nil when it may.
func (r *Rule) refused(act *action.Action, c *condition) error {
	switch {
	case !r.Allow:
		return nil
	case r.perCallOnly(act, c):
		return errors.New("bounds the amount of each call and no sum: 49.99 twice is 99.98; compare sums.NAME + args." + act.MoneyArg)
	}
	return c.checkOutside(act)
}

// perCallOnly is an allow that looks at an amount without what was given before.
func (r *Rule) perCallOnly(act *action.Action, c *condition) bool {
	return r.Allow && hasSums(act) && slices.Contains(c.args, act.MoneyArg) && len(c.sums) == 0
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
	for _, one := range [][3]string{
		{"r", "sub, act, in", list(requestNames)},
		{"p", "role, act, cond, eft, obl", list(append(slices.Clone(requestNames), policyNames...))},
	} {
		section, want, own := one[0], one[1], one[2]
		if a := m[section][section]; a == nil || strings.ReplaceAll(a.Value, " ", "") != strings.ReplaceAll(want, " ", "") {
			problems.Add(fileModel, fmt.Sprintf("must define %s = %s; a model of your own has any of %s, and nothing else", section, want, own), nil)
		}
	}
	checkEffect(&problems, m)
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
