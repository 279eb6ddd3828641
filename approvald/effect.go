package approvald

import (
	"context"
	"errors"
	"net/http"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// effect opens the intent of a call and answers with its outcome, or with what
// it waits for.
func (h *Handler) effect(w http.ResponseWriter, r *http.Request, c call) {
	facts, missing := h.Client.Facts(r.Context(), c.Caller, c.action, c.asked.Args)
	c, thing := h.current(c)
	if thing.Code != "" {
		h.refuse(w, c, thing)
		return
	}
	ask, err := h.question(c, facts, missing)
	ask.said = c.said(r.Header)
	if err != nil {
		h.refuse(w, c, h.lacking(c, ask.unclear, err))
		return
	}
	if _, err := h.Client.Restore(r.Context(), c.Caller, c.action, ask.resolved.Args, ask.facts); err != nil && ask.unclear == "" {
		h.Logger.Info("A surrogate is not turned back", "decision", c.Decision, "error", err)
		ask.unclear = execute.RestoreReason(err) // a repetition is answered all the same
	}
	opened, err := h.Store.Open(r.Context(), h.request(c, ask))
	if err != nil {
		h.Logger.Error("An intent could not be opened", "decision", c.Decision, "error", err)
		h.refuse(w, c, answer.Thing{Code: reason.StoreUnavailable, Decision: c.Decision})
		return
	}
	if thing := h.recorded(c, ruled(c, ask, opened), ask.amount, opened.Intent.ID); thing.Code != "" {
		h.undo(r.Context(), opened)
		h.refuse(w, c, thing)
		return
	}
	h.proceed(w, r, c, opened)
}

// question is an effect with everything that facts say about it.
type question struct {
	resolved action.Call
	unclear  reason.Code // why it cannot be resolved or decided: then only a repetition is answered
	facts    action.Facts
	key      string
	amount   money.Amount
	said     string // by the agent
	sums     []ledger.SumQuery
	reserve  []ledger.Reservation
	trial    *decision.Shadow // what a policy on trial says, once the ledger asked
}

// question resolves a call. What cannot be resolved any more, the rest of a
// charge that is refunded already or one whose tool is silent, may still be the
// repetition of an intent, and whoever asks for that must not hear that nothing
// was done: the business key is taken from what was asked.
func (h *Handler) question(c call, facts action.Facts, missing error) (question, error) {
	q := question{resolved: c.asked, facts: facts, unclear: reason.FactsMismatch, trial: &decision.Shadow{}} // until all of it is known
	if missing != nil {
		q.unclear = execute.FactsReason(missing)
	}
	key, err := c.action.BusinessKey(c.asked.Args, facts)
	if err != nil {
		return q, errors.Join(err, missing)
	}
	q.key = c.Tool.Name + "/" + key // actions of two tools are two effects
	if missing != nil {
		return q, nil //nolint:nilerr // a repetition is answered all the same
	}
	args, err := c.action.Resolve(c.asked.Args, facts)
	if err != nil {
		return q, nil //nolint:nilerr // as above
	}
	q.resolved.Args = args
	if q.amount, _, err = c.action.Amount(args, facts); err != nil {
		return q, err
	}
	of := execute.Effect{Tenant: c.Tenant, Tool: c.Tool, Action: c.action, Identity: c.Identity, Call: q.resolved, Facts: facts, Amount: q.amount}
	if q.sums, q.reserve, err = execute.Sums(of); err != nil {
		q.unclear = reason.PolicyUnevaluable // it would be counted nowhere
		return q, err
	}
	q.unclear = ""
	return q, nil
}

// request is what the ledger is asked.
func (h *Handler) request(c call, q question) ledger.OpenRequest {
	times := c.Tenant.Approvals
	return ledger.OpenRequest{
		Tenant: c.Tenant.Name, Identity: c.Identity, Decision: c.Decision,
		Call: q.resolved, Asked: c.admits.Digest, Facts: q.facts, BusinessKey: q.key, Amount: q.amount, Said: q.said, Bundle: c.Tenant.Version,
		Target: h.Engine.Target(c.Tool, q.resolved), Owner: h.Owner, Lease: execute.LeaseFor(c.Tool), SendWithin: execute.SendWithin,
		SameFor: times.SameFor, DenyFor: times.DenyCooldown, ExpireAfter: c.Tenant.ExpireAfter(c.Identity, c.action, q.amount),
		Escalation: execute.Escalation(c.Tenant, c.Identity, c.action, q.amount),
		Sums:       q.sums, Reserve: q.reserve,
		Again: func(i ledger.Intent) []ledger.SumQuery { return h.sumsOf(c, q, i) },
		Rule:  func(s ledger.Situation) ledger.Ruling { return h.rule(c, q, s) },
	}
}

// sumsOf are the sums of an intent that a call repeats, or the call's own when that
// one's arguments are erased. None make a rule about them unevaluable, so it refuses.
func (h *Handler) sumsOf(c call, q question, i ledger.Intent) []ledger.SumQuery {
	if i.Bodies != ledger.Whole {
		return q.sums
	}
	queries, _, err := execute.Sums(execute.Of(c.Caller, c.action, i, i.Facts))
	if err != nil {
		h.Logger.Warn("The sums of a repeated call cannot be named", "decision", c.Decision, "intent", i.ID, "error", err)
		return nil
	}
	return queries
}

// rule decides inside the ledger's transaction. Whoever asks after an intent is
// decided about with its own facts: today's may be what it made of them, or be
// out of reach. A deliberate repetition always waits for a person, who sees the
// earlier one.
func (h *Handler) rule(c call, q question, s ledger.Situation) ledger.Ruling {
	resolved, facts := q.resolved, q.facts
	switch {
	case s.Repeated != nil && s.Repeated.Bodies == ledger.Whole: // else by what is asked
		resolved, facts = s.Repeated.Call, s.Repeated.Facts
	case q.unclear != "":
		return ledger.Ruling{Refuse: true, Reason: q.unclear}
	}
	asked := h.about(c, resolved, facts, s.Sums)
	if s.Repeated == nil {
		asked.Used = &limit.Used{Sums: s.Sums, Oldest: s.Oldest}
	}
	d := decision.Decide(asked)
	*q.trial = decision.Beside(asked, d)
	ruling := ledger.Ruling{Reason: d.Reason, Rule: d.Rule, Say: d.Say, Hint: d.Hint}
	switch {
	case d.Effect == decision.Deny:
		ruling.Refuse = true
	case len(d.FactsNeeded) > 0:
		ruling.Refuse, ruling.Reason = true, reason.PolicyUnevaluable
	default:
		ruling.Hold = d.Obligations.Hold
	}
	if ruling.Hold == nil && (s.Occurrence > 1 || decision.Outgoing(c.action, c.asked.Args).Hold) {
		ruling.Hold = &policy.Hold{Group: c.Tenant.Approvals.RepeatGroup, Votes: 1}
	}
	return ruling
}

// undo ends an intent that was opened by a call which is refused all the same,
// because its decision could not be recorded. Nothing of it was sent, and later
// nobody would know on whose word it was.
func (h *Handler) undo(ctx context.Context, o ledger.Opened) {
	if o.Relation != ledger.New && o.Relation != ledger.Retried {
		return
	}
	step := ledger.Step{
		Tenant: o.Intent.Tenant, ID: o.Intent.ID, Version: o.Intent.Version,
		To: ledger.Failed, Actor: execute.ActorGateway, Reason: reason.RecordUnavailable,
	}
	if o.Intent.State == ledger.Waiting {
		step.To = ledger.Cancelled
	}
	if _, err := h.Store.Advance(context.WithoutCancel(ctx), step); err != nil {
		h.Logger.Error("An intent could not be taken back", "intent", o.Intent.ID, "error", err)
	}
}

// ruled is the decision as it is recorded.
func ruled(c call, q question, o ledger.Opened) decision.Decision {
	d := decision.Decision{
		ID: c.Decision, Effect: decision.Mediate, Reason: o.Ruling.Reason, Rule: o.Ruling.Rule, Say: o.Ruling.Say, Hint: o.Ruling.Hint,
		Bundle: c.Tenant.Version, Lane: wire.LaneEffect, Call: q.resolved, Action: c.action, Shadow: *q.trial,
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
	leave := c.attend(func() func() { return h.Engine.Waiters().Join(o.Intent.ID, c.later()) })
	defer leave()
	// An outcome is delivered to nobody who has left, or may hear nothing more.
	defer context.AfterFunc(r.Context(), leave)()
	defer h.Revoked.AfterFunc(c.holder(), c.Tool.Name, leave)()
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
		leave()
		intent = h.last(r.Context(), intent)
		h.handed(r.Context(), c, intent)
	}
	h.outcome(w, c, intent, o.Relation == ledger.Replayed)
}
