package approvald

import (
	"context"
	"errors"
	"net/http"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/limit"
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
		h.takeBack(r.Context(), opened)
		h.refuse(w, c, thing)
		return
	}
	h.proceed(w, r, c, opened)
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

// takeBack ends an intent that was opened by a call which is refused all the same,
// because its decision could not be recorded. Nothing of it was sent, and later
// nobody would know on whose word it was.
func (h *Handler) takeBack(ctx context.Context, o ledger.Opened) {
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
