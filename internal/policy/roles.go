package policy

import (
	"slices"

	"github.com/sallyport/sallyport/internal/token"
)

// held are the roles of p lines that an agent has: a rule can also name the
// agent itself.
func (e *Engine) held(agent string) []int32 {
	if held, ok := e.members[agent]; ok {
		return held
	}
	if id, ok := e.ids[agent]; ok {
		return []int32{id}
	}
	return nil
}

// Effective are the roles that an identity has, narrowed by its token.
func (e *Engine) Effective(id token.Identity) []string { return e.effective(id.Agent, id.Roles) }

// Granted are the roles that g lines give to anybody, sorted.
func (e *Engine) Granted() []string {
	var out []string
	for _, roles := range e.roles {
		out = append(out, roles...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// effective are the roles a token may use: nil narrows nothing.
func (e *Engine) effective(agent string, narrowed []string) []string {
	if narrowed == nil {
		return e.roles[agent]
	}
	var out []string
	for _, role := range e.roles[agent] {
		if e.reaches(narrowed, role) {
			out = append(out, role)
		}
	}
	return out
}

// permits says whether a token's ceiling leaves a rule of a role. Denies always
// stay: a token that names fewer roles must not be worth more.
func (e *Engine) permits(id *token.Identity, role string, allow bool) bool {
	return !allow || id.Roles == nil || e.reaches(id.Roles, role)
}

// reaches: a ceiling that names a role leaves what that role inherits.
func (e *Engine) reaches(ceiling []string, role string) bool {
	for _, c := range ceiling {
		if c == role || slices.Contains(e.roles[c], role) {
			return true
		}
	}
	return false
}

// number numbers the roles of p lines, and notes which of them everybody has.
func (e *Engine) number() {
	e.ids = map[string]int32{}
	for i := range e.ordered {
		if _, ok := e.ids[e.ordered[i].Role]; !ok {
			e.ids[e.ordered[i].Role] = int32(len(e.names))
			e.names = append(e.names, e.ordered[i].Role)
		}
		e.ordered[i].Role = e.names[e.ids[e.ordered[i].Role]] // one text, and not a part of each line
	}
	e.members = map[string][]int32{}
	for member, roles := range e.roles {
		var held []int32
		if id, ok := e.ids[member]; ok && !slices.Contains(roles, member) {
			held = append(held, id)
		}
		for _, role := range roles {
			if id, ok := e.ids[role]; ok {
				held = append(held, id)
			}
		}
		e.members[member] = held
	}
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
