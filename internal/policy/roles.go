package policy

import (
	"slices"

	"github.com/sallyport/sallyport/internal/config"
)

// checkRoles refuses rules that nobody meets. A mistyped role in a deny is a
// hole that nobody sees: it holds only for an agent of that name.
func checkRoles(rules []Rule, grants []grant) config.Problems {
	var problems config.Problems
	for _, r := range rules {
		if !slices.ContainsFunc(grants, func(g grant) bool { return g.role == r.Role }) {
			problems.Add(place(r.Line), "no g line gives anybody this role", r.Role)
		}
	}
	return problems
}
