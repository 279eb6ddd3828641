package approvald

import (
	"errors"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/reason"
)

// question is an effect as the ledger is asked about it: the call, and what facts
// say about it.
type question struct {
	resolved action.Call // with what absent arguments mean, from facts
	unclear  reason.Code // why it cannot be resolved or decided: then only a repetition is answered
	facts    action.Facts
	key      string // the business key, with the tool in front
	amount   money.Amount
	said     string               // why the agent asks, in its words
	sums     []ledger.SumQuery    // that its rules and budgets speak about
	reserve  []ledger.Reservation // what it takes of them
	trial    *decision.Shadow     // what a policy on trial says, once the ledger asked
}

// question resolves a call by its facts. missing is why they could not be fetched.
//
// A call that cannot be resolved (the rest of a charge that is refunded already, a
// tool that does not answer) may still repeat an earlier intent, and whoever repeats
// one must not be told that nothing was done. So the business key is taken from what
// was asked, unclear says why there can be no new effect, and the error is nil as long
// as there is a key.
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
