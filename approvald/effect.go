package approvald

import (
	"errors"
	"net/http"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// effect opens the intent of a call and answers with its outcome, or with what
// it waits for.
func (h *Handler) effect(w http.ResponseWriter, r *http.Request, c call) {
	facts, thing := h.facts(r, c)
	if thing.Code != "" {
		h.refuse(w, c, thing)
		return
	}
	ask, err := h.question(c, facts)
	if err != nil {
		h.Logger.Warn("An effect cannot be named", "decision", c.Decision, "error", err)
		h.refuse(w, c, answer.Thing{Code: reason.FactsMismatch, Decision: c.Decision})
		return
	}
	opened, err := h.Store.Open(r.Context(), h.request(c, ask))
	if err != nil {
		h.Logger.Error("An intent could not be opened", "decision", c.Decision, "error", err)
		h.refuse(w, c, answer.Thing{Code: reason.StoreUnavailable, Decision: c.Decision})
		return
	}
	if thing := h.recorded(c, ruled(c, ask, opened), ask.amount, opened.Intent.ID); thing.Code != "" {
		h.refuse(w, c, thing)
		return
	}
	h.proceed(w, r, c, opened)
}

// question is an effect with everything that facts say about it.
type question struct {
	resolved action.Call
	unclear  error // why it cannot be resolved: then only a repetition is answered
	facts    action.Facts
	key      string
	amount   money.Amount
	sums     []ledger.SumQuery
	reserve  []ledger.Reservation
}

// question resolves a call. What cannot be resolved any more, the rest of a
// charge that is refunded already, may still be the repetition of an intent:
// the business key is taken from what was asked.
func (h *Handler) question(c call, facts action.Facts) (question, error) {
	q := question{resolved: c.asked, facts: facts}
	var err error
	if q.key, err = c.action.BusinessKey(c.asked.Args, facts); err != nil {
		return q, err
	}
	q.key = c.Tool.Name + "/" + q.key // actions of two tools are two effects
	args, err := c.action.Resolve(c.asked.Args, facts)
	if err != nil {
		q.unclear = err
		return q, nil //nolint:nilerr // kept: a repetition is answered all the same
	}
	q.resolved.Args = args
	if q.amount, _, err = c.action.Amount(args, facts); err != nil {
		return q, err
	}
	q.sums, q.reserve, err = execute.Sums(c.Tenant, c.action, args, facts, q.amount, h.Clock.Now())
	return q, err
}

// request is what the ledger is asked.
func (h *Handler) request(c call, q question) ledger.OpenRequest {
	times := c.Tenant.Approvals
	return ledger.OpenRequest{
		Tenant: c.Tenant.Name, Identity: c.Identity, Decision: c.Decision,
		Call: q.resolved, Asked: c.admits.Digest, Facts: q.facts, BusinessKey: q.key, Amount: q.amount, Bundle: c.Tenant.Version,
		Owner: h.Owner, Lease: execute.LeaseFor(c.Tool), SendWithin: execute.SendWithin,
		SameFor: times.SameFor, DenyFor: times.DenyCooldown, ExpireAfter: times.ExpireAfter,
		Sums: q.sums, Reserve: q.reserve,
		Rule: func(s ledger.Situation) ledger.Ruling { return h.rule(c, q, s) },
	}
}

// rule decides inside the ledger's transaction. A deliberate repetition always
// waits for a person, who sees the earlier one.
func (h *Handler) rule(c call, q question, s ledger.Situation) ledger.Ruling {
	if q.unclear != nil {
		return ledger.Ruling{Refuse: true, Reason: reason.FactsMismatch}
	}
	d := h.decide(c, q.resolved, q.facts, s.Sums)
	ruling := ledger.Ruling{Reason: d.Reason, Rule: d.Rule, Say: d.Say}
	switch {
	case d.Effect == decision.Deny:
		ruling.Refuse = true
	case len(d.FactsNeeded) > 0:
		ruling.Refuse, ruling.Reason = true, reason.PolicyUnevaluable
	default:
		ruling.Hold = d.Obligations.Hold
	}
	if ruling.Hold == nil && s.Occurrence > 1 {
		ruling.Hold = &policy.Hold{Group: c.Tenant.Approvals.RepeatGroup, Votes: 1}
	}
	return ruling
}

// ruled is the decision as it is recorded.
func ruled(c call, q question, o ledger.Opened) decision.Decision {
	d := decision.Decision{
		ID: c.Decision, Effect: decision.Mediate, Reason: o.Ruling.Reason, Rule: o.Ruling.Rule, Say: o.Ruling.Say,
		Bundle: c.Tenant.Version, Lane: wire.LaneEffect, Call: q.resolved, Action: c.action,
	}
	switch o.Relation {
	case ledger.Refused:
		d.Effect, d.Lane = decision.Deny, ""
	case ledger.Same:
		d.Effect, d.Lane, d.Reason, d.Say = decision.Deny, "", o.Intent.Reason, o.Intent.Say
	case ledger.Replayed:
		d.Reason = reason.Replayed
	case ledger.Joined:
		d.Reason = reason.InProgress
	case ledger.New, ledger.Retried:
		if o.Intent.State == ledger.Waiting {
			d.Reason = reason.Held
		}
	}
	return d
}

// proceed executes, waits, or repeats an outcome.
func (h *Handler) proceed(w http.ResponseWriter, r *http.Request, c call, o ledger.Opened) {
	leave := h.Engine.Waiters().Join(o.Intent.ID)
	defer leave()
	intent := o.Intent
	fresh := o.Relation == ledger.New || o.Relation == ledger.Retried
	if fresh && intent.State == ledger.Executing {
		after, err := h.Engine.Now(r.Context(), c.Caller, intent)
		switch {
		case err == nil:
			intent = after
		case !errors.Is(err, ledger.ErrConflict):
			h.Logger.Error("An outcome could not be committed", "intent", intent.ID, "error", err)
		}
	}
	if o.Relation != ledger.Replayed && o.Relation != ledger.Same {
		intent = h.wait(r.Context(), c, intent)
	}
	h.outcome(w, c, intent, o.Relation == ledger.Replayed)
}
