package policy

import (
	"cmp"
	"slices"
)

// about is what the policy says about one action: the rules whose pattern it fits,
// each with its condition compiled for the action. Rules of one role stand side by
// side, in the order of the file.
type about struct {
	env     *environment
	groups  []group // by role
	entries []entry
}

// group is where the rules of one role stand in the entries.
type group struct{ role, from, to int32 }

// entry is one rule, by its place in Engine.ordered, with the condition it has
// for the action.
type entry struct {
	condition *condition
	rule      int32
	allow     bool
}

// newAbout sorts the rules about an action, which come in the order of the file.
func newAbout(env *environment, found []entry, role func(entry) int32) *about {
	a := &about{env: env, entries: slices.Clone(found)}
	slices.SortStableFunc(a.entries, func(x, y entry) int { return cmp.Compare(role(x), role(y)) })
	for i, e := range a.entries {
		if n := len(a.groups); n == 0 || a.groups[n-1].role != role(e) {
			a.groups = append(a.groups, group{role: role(e), from: int32(i)})
		}
		a.groups[len(a.groups)-1].to = int32(i + 1)
	}
	a.groups = slices.Clip(a.groups)
	return a
}

// of are the rules of a role.
func (a *about) of(role int32) []entry {
	i, ok := slices.BinarySearchFunc(a.groups, role, func(g group, role int32) int { return cmp.Compare(g.role, role) })
	if !ok {
		return nil
	}
	return a.entries[a.groups[i].from:a.groups[i].to]
}

// condition is that of a rule of a role, nil when the rule is not about the
// action.
func (a *about) condition(role int32, rule int) *condition {
	of := a.of(role)
	i, ok := slices.BinarySearchFunc(of, int32(rule), func(e entry, rule int32) int { return cmp.Compare(e.rule, rule) })
	if !ok {
		return nil
	}
	return of[i].condition
}

// candidates appends the rules of all roles that the agent has, but not the
// allows of those that its token leaves out, in the order of the file.
func (a *about) candidates(to []entry, v *evaluation) []entry {
	e, roles := v.engine, 0
	for _, role := range e.held(v.in.Identity.Agent) {
		of := a.of(role)
		if len(of) == 0 {
			continue
		}
		roles++
		if e.permits(&v.in.Identity, e.names[role], true) {
			to = append(to, of...)
			continue
		}
		for _, one := range of {
			if !one.allow {
				to = append(to, one)
			}
		}
	}
	if roles > 1 {
		slices.SortFunc(to, func(x, y entry) int { return cmp.Compare(x.rule, y.rule) })
	}
	return to
}
