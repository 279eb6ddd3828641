package policy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/shared"
)

// about is what the policy says about one action: the rules whose pattern it fits,
// each with its condition compiled for the action. Rules of one role stand side by
// side, in the order of the file.
type about struct {
	env     *environment
	roles   []int32 // that have rules, sorted
	ends    []int32 // of each role's rules in the entries
	entries []entry
}

// vocabulary numbers actions by their names. Tenants with the same tools share one.
type vocabulary map[string]int

var vocabularies shared.Things[string, vocabulary]

func vocabularyOf(actions []*action.Action) *vocabulary {
	var key strings.Builder
	for _, act := range actions {
		key.WriteString(act.Name + "\n")
	}
	made, _ := vocabularies.Get(key.String(), func() (*vocabulary, error) { // it never fails
		numbers := vocabulary{}
		for i, act := range actions {
			numbers[act.Name] = i
		}
		return &numbers, nil
	})
	return made
}

// about is what the policy says about an action, nil about one that the tenant does not
// have.
func (e *Engine) about(action string) *about {
	number, ok := (*e.actions)[action]
	if !ok {
		return nil
	}
	return &e.abouts[number]
}

// entry is one rule, by its place in Engine.ordered, with the condition it has
// for the action.
type entry struct {
	condition *condition
	rule      int32
	allow     bool
}

// newAbout sorts the rules about an action, which come in the order of the file.
func newAbout(env *environment, found []entry, role func(entry) int32) about {
	a := about{env: env, entries: slices.Clone(found)}
	slices.SortStableFunc(a.entries, func(x, y entry) int { return cmp.Compare(role(x), role(y)) })
	var ends []int32
	for i, e := range a.entries {
		if n := len(a.roles); n == 0 || a.roles[n-1] != role(e) {
			a.roles, ends = append(a.roles, role(e)), append(ends, 0)
		}
		ends[len(ends)-1] = int32(i + 1)
	}
	n := len(a.roles) // side by side, because they are read together
	both := slices.Concat(a.roles, ends)
	a.roles, a.ends = both[:n:n], both[n:]
	return a
}

// of are the rules of a role.
func (a *about) of(role int32) []entry {
	i, ok := slices.BinarySearch(a.roles, role)
	if !ok {
		return nil
	}
	return a.at(i)
}

// at are the rules of roles[i].
func (a *about) at(i int) []entry {
	from := int32(0)
	if i > 0 {
		from = a.ends[i-1]
	}
	return a.entries[from:a.ends[i]]
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
		// No ceiling is most tokens, and the name of a role is one more place in memory.
		if v.in.Identity.Roles == nil || e.permits(&v.in.Identity, e.names[role], true) {
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
