package policy

import (
	"slices"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/token"
)

// MayAllow says whether an identity could ever be allowed an action: whether some
// allow is about it and about a role that the identity has and its token leaves.
// Conditions and denies do not count; they are for Decide to ask. Lists of tools
// show what MayAllow leaves.
func (e *Engine) MayAllow(id token.Identity, tool string, act *action.Action) bool {
	if e.named != nil {
		return e.named.may(e, id, tool, act)
	}
	for i := range e.ordered {
		r := &e.ordered[i]
		if r.Allow && matchesAction(r.Action, act.Name) && e.permits(&id, r.Role, true) &&
			(r.Role == id.Agent || slices.Contains(e.roles[id.Agent], r.Role)) {
			return true
		}
	}
	return false
}

// may asks the model about the action with all conditions true and no deny, and
// with something in place of each argument of its path.
func (n *named) may(e *Engine, id token.Identity, tool string, act *action.Action) bool {
	about := e.about(act.Name)
	if about == nil {
		return false
	}
	in := Input{Tenant: id.Tenant, Identity: id, Action: act, Call: action.Call{Tool: tool, Action: act.Name, Args: action.Args{}}}
	for _, p := range act.Params {
		in.Call.Args[p.Name] = action.Value{Kind: p.Kind, Text: "x"}
	}
	v := newEvaluation(e, about, in)
	v.may = true
	return n.decide(v).Effect == Allow
}
