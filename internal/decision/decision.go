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
	Rule        string // "policy.csv:4", "limits.yaml:NAME" of a budget; "" when none decided
	Say         string // the rule's own words for a refusal
	Field       string // which input is wrong, when a request is no call or an argument must not leave
	Hint        string // what would be accepted, for the agent; ""
	Bundle      string // version of the tenant's files that decided, sha256:…
	Lane        string // wire.LaneDirect, LaneRead or LaneEffect; "" with Deny
	Call        action.Call
	Action      *action.Action // nil until the call was named
	Obligations policy.Obligations
	FactsNeeded []string       // with reason.FactsNeeded: what to fetch; sums are "sums.NAME"
	Charges     []limit.Charge // counters that the call takes from, unless it is refused
	Shadow      Shadow         // what a policy on trial says; nothing follows from it
}

// Question is what Decide is asked: one call, and what is known about it by now.
type Question struct {
	ID       string // of the decision, dec-…
	Tenant   *tenant.Tenant
	Tool     *tenant.Tool
	Identity token.Identity // verified
	Call     action.Call
	Action   *action.Action // the one that Call names
	Facts    action.Facts   // those that were fetched, nil for none
	Sums     policy.Sums    // nil when they were not read
	Used     *limit.Used    // what budgets have given out; nil when nothing is to be spent
	Now      time.Time
}

// Refuse is the decision for a call that did not reach the policy.
func Refuse(id string, code reason.Code) Decision {
	return Decision{ID: id, Reason: code}
}

// Refused is the same decision as a refusal, for a reason that no rule speaks about.
func (d Decision) Refused(code reason.Code) Decision {
	d.Effect, d.Lane, d.Reason = Deny, "", code
	return d
}

// Decide asks the policy about a named call, then its budgets, and says which lane it
// takes. A question whose parts do not belong together is refused (reason.Internal).
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

// allow gives an allowed call its lane. A read cannot be held: nobody would see an answer that
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

// refuse makes the decision a refusal; one without a reason, or with that of an allow,
// is a fault of our own.
func (d *Decision) refuse() {
	d.Effect, d.Lane = Deny, ""
	if d.Reason == "" || d.Reason == reason.Allowed {
		d.Reason = reason.Internal
	}
}
