package execute

import (
	"context"
	"slices"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
)

// live asks the world once more before an intent that waited is sent: the facts
// are fetched again and today's policy decides. The same or weaker obligations
// go on, more people send it back to waiting, a deny ends it.
func (e *Engine) live(ctx context.Context, by Caller, intent ledger.Intent) (ledger.Intent, ledger.Step, bool) {
	act, ok := by.Tool.Catalog.Action(intent.Call.Action)
	if !ok {
		return intent, e.unsent(by, intent, reason.ActionUnlisted), false
	}
	facts, err := e.client.Facts(ctx, by, act, intent.Call.Args)
	if err != nil {
		e.logger.Warn("Facts could not be fetched again", "intent", intent.ID, "error", err)
		return intent, e.unsent(by, intent, FactsReason(err)), false
	}
	counted, sums, err := e.recount(ctx, by, act, intent, facts)
	if err != nil {
		e.logger.Error("An effect could not be counted", "intent", intent.ID, "error", err)
		return intent, e.unsent(by, intent, reason.GatewayUnavailable), false
	}
	step, proceed := e.judge(by, act, counted, facts, sums)
	return counted, step, proceed
}

// recount has an intent counted by the files and facts of now, which may have other
// sums than those it was opened by, and gives the sums that it is judged by.
func (e *Engine) recount(ctx context.Context, by Caller, act *action.Action, intent ledger.Intent, facts action.Facts) (ledger.Intent, policy.Sums, error) {
	queries, reserve, err := Sums(Of(by, act, intent, facts))
	if err != nil {
		return intent, nil, err
	}
	if intent.Bundle == by.Tenant.Version {
		_, before, err := Sums(Of(by, act, intent, intent.Facts))
		if err == nil && slices.Equal(before, reserve) {
			sums, err := e.sums(ctx, by, act, intent, facts)
			return intent, sums, err
		}
	}
	var sums policy.Sums
	after, err := e.advance(ctx, ledger.Step{
		Tenant: intent.Tenant, ID: intent.ID, Version: intent.Version, To: ledger.Executing, Actor: ActorGateway,
		Recount: &ledger.Recount{Reserve: reserve, Sums: queries, Before: func(others policy.Sums) { sums = others }},
	})
	if err != nil {
		return intent, nil, err
	}
	return after, sums, nil
}

// judge asks today's policy about an intent and records what it says.
func (e *Engine) judge(by Caller, act *action.Action, intent ledger.Intent, facts action.Facts, sums policy.Sums) (ledger.Step, bool) {
	d := decision.Decide(decision.Question{
		ID: intent.Decision, Tenant: by.Tenant, Tool: by.Tool, Identity: intent.Identity,
		Call: intent.Call, Action: act, Facts: facts, Sums: sums, Used: &limit.Used{Sums: sums}, Now: e.clock.Now(),
	})
	if err := e.recorder.Record(Row(StepLive, by, d, intent.Amount, intent.ID, e.clock.Now())); err != nil {
		e.logger.Error("A decision could not be recorded", "intent", intent.ID, "error", err)
		return e.unsent(by, intent, reason.RecordUnavailable), false
	}
	return e.verdict(by, intent, d)
}

// sums are the money of other intents: this one's own reservation would count it
// twice.
func (e *Engine) sums(ctx context.Context, by Caller, act *action.Action, intent ledger.Intent, facts action.Facts) (policy.Sums, error) {
	queries, _, err := Sums(Of(by, act, intent, facts))
	if err != nil {
		return nil, err
	}
	return e.store.Sums(ctx, intent.Tenant, intent.ID, queries)
}

// verdict turns the live decision into a step, or lets the attempt proceed.
func (e *Engine) verdict(by Caller, intent ledger.Intent, d decision.Decision) (ledger.Step, bool) {
	step := ledger.Step{Tenant: intent.Tenant, ID: intent.ID, Version: intent.Version, Actor: ActorGateway}
	switch {
	case d.Effect == decision.Deny:
		step.To, step.Reason, step.Say = ledger.Denied, d.Reason, d.Say
		return step, false
	case len(d.FactsNeeded) > 0:
		step.To, step.Reason = ledger.Denied, reason.PolicyUnevaluable
		return step, false
	case !covers(intent, d.Obligations.Hold):
		step.To, step.Reason, step.Hold = ledger.Waiting, reason.Held, d.Obligations.Hold
		step.DueAfter = by.Tenant.ExpireAfter(intent.Identity, d.Action, intent.Amount)
		step.Escalation = Escalation(by.Tenant, intent.Identity, d.Action, intent.Amount)
		return step, false
	}
	return step, true
}

// covers says whether the approvals an intent has meet what is asked now.
func covers(intent ledger.Intent, hold *policy.Hold) bool {
	if hold == nil {
		return true
	}
	if intent.Hold == nil || intent.Hold.Group != hold.Group {
		return false
	}
	approvals := 0
	for _, v := range intent.Votes {
		if v.Approve && v.Digest == intent.Digest {
			approvals++
		}
	}
	return approvals >= hold.Votes
}
