package execute

import (
	"context"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

// What a probe found, for people and the agent.
const (
	foundDone = "The gateway asked the tool afterwards: it was done."
	foundNone = "The gateway asked the tool afterwards: it was not done."
)

// probe looks whether an Unknown effect was done, at the earliest when nothing that
// was sent can still land. Only a certain answer ends the intent. Without one it
// rests, to be looked at again, or until a person has found out.
func (e *Engine) probe(ctx context.Context, by Caller, act *action.Action, intent ledger.Intent) error {
	found := action.OutcomeUnknown
	if act.Probe != nil {
		now, err := e.client.fact(ctx, by, act, act.Probe.Fact, intent.Call.Args, intent.Facts)
		if err != nil {
			e.logger.Warn("A probe got no answer", "intent", intent.ID, "error", err)
		} else {
			found = act.Found(intent.Call.Args, intent.Facts, now)
		}
	}
	step := ledger.Step{Tenant: intent.Tenant, ID: intent.ID, Version: intent.Version, Actor: ActorGateway, Delivered: e.waiters.Any(intent.ID)}
	switch found {
	case action.OutcomeApplied:
		step.To, step.Reason, step.Say = ledger.Succeeded, reason.Settled, foundDone
	case action.OutcomeNotApplied:
		step.To, step.Reason, step.Say = ledger.Failed, reason.Cancelled, foundNone
	default:
		return e.rest(ctx, intent, reason.OutcomeUnknown, restUnknown)
	}
	_, err := e.advance(ctx, step)
	return err
}
