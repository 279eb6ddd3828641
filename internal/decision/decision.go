package decision

import (
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// Effect is what becomes of a call. The zero Effect is Deny.
type Effect uint8

// The effects. Mediate means that approvald goes on: it fetches facts, holds
// and executes.
const (
	Deny Effect = iota
	Allow
	Mediate
)

// String is the word records use.
func (e Effect) String() string {
	switch e {
	case Allow:
		return "allow"
	case Mediate:
		return "mediate"
	default:
		return "deny"
	}
}

// Decision is the answer for one call at one step.
type Decision struct {
	ID          string // dec-…
	Effect      Effect
	Reason      reason.Code
	Rule        string // "policy.csv:4", "" when none decided
	Say         string // the rule's own words for a refusal
	Field       string // of a request that is no call: what is wrong with it
	Hint        string
	Bundle      string // version of the tenant's bundle
	Lane        string // wire.LaneDirect, LaneRead or LaneEffect; "" with Deny
	Call        action.Call
	Action      *action.Action // nil until the call was named
	Obligations policy.Obligations
	FactsNeeded []string // facts and sums a rule waits for
	Charges     []limit.Charge
	Shadow      Shadow // what a policy on trial says; nothing follows from it
}

// Question is what Decide is asked.
type Question struct {
	ID       string
	Tenant   *tenant.Tenant
	Tool     *tenant.Tool
	Identity token.Identity
	Call     action.Call
	Action   *action.Action
	Facts    action.Facts
	Sums     policy.Sums
	Used     *limit.Used // of budgets; nil where nothing is to be spent
	Now      time.Time
}

// Refuse is the decision for a call that did not reach the policy.
func Refuse(id string, code reason.Code) Decision {
	return Decision{ID: id, Reason: code}
}

// Refused is the decision turned into a refusal, because of something that no
// rule speaks about.
func (d Decision) Refused(code reason.Code) Decision {
	d.Effect, d.Lane, d.Reason = Deny, "", code
	return d
}

// Name finds the tool of an agent's request and the call it makes. The
// request's path is the agent's: the tool is its first segment. When the
// returned decision is not nil, it refuses. What an MCP server's catalog lists
// is called over MCP, and has no request of its own.
func Name(id string, t *tenant.Tenant, request action.Request) (*tenant.Tool, action.Call, *action.Action, *Decision) {
	name, rest := splitTool(request.Path)
	if name == wire.PathGateway {
		request.Path = rest
		tool, call, act, refused := matched(id, t, Gateway(), request, (*action.Catalog).Match)
		if act != nil && act.Name == AnswerAction { // it comes over MCP alone
			d := Refuse(id, reason.ActionUnlisted)
			return tool, action.Call{}, nil, &d
		}
		return tool, call, act, refused
	}
	if tool, ok := t.Tool(name); ok && overMCP(tool) {
		d := Refuse(id, reason.ActionUnlisted)
		d.Bundle, d.Hint = t.Version, "the actions of this tool are called over MCP"
		return tool, action.Call{}, nil, &d
	}
	return ofTool(id, t, request, (*action.Catalog).Match)
}

func overMCP(tool *tenant.Tool) bool {
	_, _, over := tool.Catalog.MCP()
	return over
}

// NameSent is Name for a request of the gateway to a tool, which may be an MCP
// server's, and may bear the gateway's mark.
func NameSent(id string, t *tenant.Tenant, request action.Request) (*tenant.Tool, action.Call, *action.Action, *Decision) {
	return ofTool(id, t, request, (*action.Catalog).MatchSent)
}

// matching reads a request by a catalog.
type matching func(*action.Catalog, action.Request) (action.Call, *action.Action, *action.Mismatch)

func ofTool(id string, t *tenant.Tenant, request action.Request, match matching) (*tenant.Tool, action.Call, *action.Action, *Decision) {
	name, rest := splitTool(request.Path)
	tool, ok := t.Tool(name)
	if !ok {
		d := Refuse(id, reason.ToolUnknown)
		d.Bundle = t.Version
		return nil, action.Call{}, nil, &d
	}
	request.Path = rest
	return matched(id, t, tool, request, match)
}

// matched names the call of a request to one tool.
func matched(id string, t *tenant.Tenant, tool *tenant.Tool, request action.Request, match matching) (*tenant.Tool, action.Call, *action.Action, *Decision) {
	call, act, mismatch := match(tool.Catalog, request)
	call.Tool = tool.Name
	if mismatch != nil {
		d := Refuse(id, mismatch.Reason)
		d.Bundle, d.Field, d.Hint, d.Call, d.Action = t.Version, mismatch.Field, mismatch.Hint, call, act
		return tool, call, act, &d
	}
	return tool, call, act, nil
}

// splitTool cuts "/stripe/v1/refunds" into "stripe" and "/v1/refunds".
func splitTool(path string) (tool, rest string) {
	if len(path) == 0 || path[0] != '/' {
		return "", ""
	}
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			return path[1:i], path[i:]
		}
	}
	return path[1:], "/"
}

// Decide asks the policy about a named call and says which lane it takes.
func Decide(q Question) Decision {
	d := Decision{ID: q.ID, Reason: reason.Internal, Call: q.Call, Action: q.Action}
	if !q.consistent() {
		return d
	}
	d.Bundle = q.Tenant.Version
	verdict := q.Tenant.Policy.Decide(policy.Input{
		Tenant: q.Tenant.Name, Identity: q.Identity, Call: q.Call, Action: q.Action,
		Facts: q.Facts, Sums: q.Sums, Now: q.Now,
	})
	d.Reason, d.Rule, d.Say, d.Hint = verdict.Reason, verdict.Rule, verdict.Say, verdict.Hint
	switch verdict.Effect {
	case policy.Allow:
		verdict.Obligations.Hold = q.staffed(verdict.Obligations.Hold)
		d.allow(verdict)
	case policy.Defer:
		d.FactsNeeded = verdict.FactsNeeded
		d.mediate()
	default:
		d.refuse()
	}
	d.budget(q)
	if d.Effect != Deny {
		d.Charges = q.Tenant.Limits.Charges(Subject(q))
	}
	return d
}

// consistent says that the parts of a question speak about one call of one
// tenant: a rule for one action must never decide about another.
func (q Question) consistent() bool {
	if q.Tenant == nil || q.Tool == nil || q.Action == nil || q.Tenant.Name != q.Identity.Tenant {
		return false
	}
	act, ok := q.Tool.Catalog.Action(q.Call.Action)
	return ok && act == q.Action && q.Call.Tool == q.Tool.Name
}

// allow gives a lane. A read cannot be held: nobody would see an answer that
// was approved after its reader had gone, so a rule that asks for it refuses.
func (d *Decision) allow(v policy.Verdict) {
	d.Obligations = v.Obligations
	switch {
	case d.Action.Effect:
		d.mediate()
	case v.Obligations.Hold != nil:
		d.refuse()
		d.Reason, d.Say = reason.PolicyUnevaluable, "A read cannot wait for a person; the rule must allow or deny it."
	default:
		d.Effect, d.Lane = Allow, wire.LaneDirect
	}
}

// mediate hands a call to approvald. An upload never goes there: nobody may hold
// its body, and nobody has read it.
func (d *Decision) mediate() {
	if d.Action.Upload {
		d.refuse()
		d.Reason, d.Say = reason.PolicyUnevaluable, "An upload cannot wait for facts; the rule must allow or deny it without."
		return
	}
	d.Effect, d.Lane = Mediate, wire.LaneRead
	if d.Action.Effect {
		d.Lane = wire.LaneEffect
	}
}

// refuse also corrects a verdict that refuses with a reason for allowing.
func (d *Decision) refuse() {
	d.Effect, d.Lane = Deny, ""
	if d.Reason == "" || d.Reason == reason.Allowed {
		d.Reason = reason.Internal
	}
}
