package policy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/shared"
)

// roster says who has which roles. Tenants with the same g lines and the same roles in
// their p lines share one.
type roster struct {
	roles map[string][]string // of an agent or a role, inherited ones included, sorted

	// Roles of p lines are numbered, so that looking rules up compares numbers.
	names   []string           // of the roles, by number
	ids     map[string]int32   // numbers, by role
	members map[string][]int32 // numbers of the roles that an agent has; a rule may name the agent itself
}

var rosters shared.Things[string, roster]

// rosterOf is that of p and g lines. It makes the rules name their roles by its texts,
// not by parts of their lines, which would be kept whole.
func rosterOf(rules []Rule, grants []grant) *roster {
	names, ids := numbered(rules)
	var key strings.Builder
	write := func(text string) { key.WriteString(strconv.Itoa(len(text)) + ":" + text) }
	for _, name := range names {
		write(name)
	}
	key.WriteByte('\n')
	for _, g := range grants {
		write(g.member)
		write(g.role)
	}
	made, _ := rosters.Get(key.String(), func() (*roster, error) { return newRoster(names, ids, grants), nil }) // it never fails
	for i := range rules {
		rules[i].Role = made.names[ids[rules[i].Role]]
	}
	return made
}

// numbered are the roles of p lines, in the order in which they come.
func numbered(rules []Rule) (names []string, ids map[string]int32) {
	ids = map[string]int32{}
	for _, r := range rules {
		if _, ok := ids[r.Role]; !ok {
			role := strings.Clone(r.Role)
			ids[role] = int32(len(names))
			names = append(names, role)
		}
	}
	return names, ids
}

func newRoster(names []string, ids map[string]int32, grants []grant) *roster {
	r := &roster{roles: inherit(grants), names: names, ids: ids, members: map[string][]int32{}}
	for member, roles := range r.roles {
		var held []int32
		if id, ok := ids[member]; ok && !slices.Contains(roles, member) {
			held = append(held, id)
		}
		for _, role := range roles {
			if id, ok := ids[role]; ok {
				held = append(held, id)
			}
		}
		r.members[member] = held
	}
	return r
}

// held are the roles of p lines that an agent has: a rule can also name the
// agent itself.
func (r *roster) held(agent string) []int32 {
	if held, ok := r.members[agent]; ok {
		return held
	}
	if id, ok := r.ids[agent]; ok {
		return []int32{id}
	}
	return nil
}

// deepest is how many g lines Casbin follows from an agent to a role.
const deepest = 10

// inherit closes g lines: a member has its roles and their roles.
func inherit(grants []grant) map[string][]string {
	direct := map[string][]string{}
	for _, g := range grants {
		direct[g.member] = append(direct[g.member], g.role)
	}
	out := map[string][]string{}
	for member := range direct {
		found, level := map[string]bool{}, []string{member}
		for depth := 0; depth < deepest && len(level) > 0; depth++ {
			var next []string
			for _, name := range level {
				for _, role := range direct[name] {
					if !found[role] {
						found[role] = true
						next = append(next, role)
					}
				}
			}
			level = next
		}
		for role := range found {
			out[member] = append(out[member], role)
		}
		slices.Sort(out[member])
	}
	return out
}
