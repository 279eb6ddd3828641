package policy

import (
	"slices"

	"github.com/sallyport/sallyport/internal/token"
)

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
