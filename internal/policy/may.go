package policy

import (
	"slices"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/token"
)

// MayAllow says whether some allow rule is for this action and for a role that
// the identity has and its token leaves. Whether its condition holds, and whether
// a deny stands against it, is for Decide to say.
func (e *Engine) MayAllow(id token.Identity, act *action.Action) bool {
	for i := range e.ordered {
		r := &e.ordered[i]
		if r.Allow && matchesAction(r.Action, act.Name) && e.permits(&id, r.Role, true) &&
			(r.Role == id.Agent || slices.Contains(e.roles[id.Agent], r.Role)) {
			return true
		}
	}
	return false
}
