package policy

import (
	"slices"

	"github.com/sallyport/sallyport/internal/config"
)

// asked is how often a model is asked about one call, at most.
func (e *Engine) asked() uint64 {
	most := 0
	for _, roles := range e.roles {
		most = max(most, len(roles))
	}
	switch {
	case e.named == nil:
		return 1
	case e.named.byRole:
		return uint64(max(2*most, 1))
	default:
		return uint64(1 + most)
	}
}

// compileNamed builds the engine of a tenant with such a model.
func compileNamed(src Source, n *named, problems config.Problems) (*Engine, config.Problems) {
	if len(problems) > 0 {
		return nil, problems // what a p line should be is not known
	}
	var rows [][]string
	rules, grants, problems := readPolicy(src.Policy, func(problems *config.Problems, line int, fields []string) Rule {
		rows = append(rows, fields)
		return n.rule(problems, line, fields)
	})
	if len(problems) == 0 && n.roles && slices.Contains(n.policy, "role") {
		problems = checkRoles(rules, grants)
	}
	b := newBuilder(src, rules, grants)
	problems = append(problems, b.each(func(i int) config.Problems { return b.namedRule(i, n) })...)
	if len(problems) > 0 {
		return nil, problems
	}
	err := b.index()
	if err == nil {
		b.engine.named = n
		err = n.load(b.engine, rows, grants, src.Actions)
	}
	if err != nil {
		problems.Add(fileModel, "cannot be used: "+err.Error(), nil)
		return nil, problems
	}
	if problems := b.engine.affordable(src.Actions); len(problems) > 0 {
		return nil, problems
	}
	return b.engine, nil
}

// namedRule compiles a rule's condition for every action that has the names it
// speaks about. Which of them it is about only the model knows: for any other it
// cannot be evaluated, and refuses. What asks for nothing is true of all of them,
// whatever its column of actions says: a model need not look at that.
func (b *builder) namedRule(index int, n *named) config.Problems {
	var problems config.Problems
	r := &b.engine.ordered[index]
	at := place(r.Line)
	if h := r.Obligations.Hold; h != nil && !slices.Contains(b.source.Groups, h.Group) {
		problems.Add(at, "hold names a group that people.yaml does not have; it has "+list(b.source.Groups), h.Group)
	}
	var first error
	compiled, plain := 0, slices.Contains(n.policy, "action") && patternPattern.MatchString(r.Action)
	for _, act := range b.source.Actions {
		another := plain && !matchesAction(r.Action, act.Name)
		if another && r.Condition != "true" {
			continue
		}
		c, err := b.compiler.compile(r.Condition, act)
		switch {
		case err == nil && another:
			b.found[act.Name] = append(b.found[act.Name], entry{c, int32(index), r.Allow})
		case err != nil && first == nil:
			first = err
		case err == nil:
			if err := r.refused(act, c); err != nil {
				problems.Add(at, err.Error(), r.Condition)
				return problems
			}
			compiled++
			b.found[act.Name] = append(b.found[act.Name], entry{c, int32(index), r.Allow})
		}
	}
	switch {
	case compiled == 0 && first != nil:
		problems.Add(at, first.Error(), r.Condition)
	case compiled == 0 && len(b.source.Actions) > 0:
		problems.Add(at, "matches no action of the tenant's tools", r.Action)
	}
	return problems
}
