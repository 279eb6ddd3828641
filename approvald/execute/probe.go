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
	found, err := e.found(ctx, by, act, intent)
	if err != nil {
		e.logger.Warn("A probe got no answer", "intent", intent.ID, "error", err)
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
	_, err = e.advance(ctx, step)
	return err
}

// found is what the tool shows of an effect. What is not there proves something only
// where it was sent, and as it was: another account, or a mark that it was sent
// without, never have it.
func (e *Engine) found(ctx context.Context, by Caller, act *action.Action, intent ledger.Intent) (found action.Outcome, err error) {
	if act.Probe == nil {
		return action.OutcomeUnknown, nil
	}
	if act.Probe.Read != "" {
		found, err = e.lookFor(ctx, by, act, intent)
	} else {
		var now action.Record
		if now, err = e.client.fact(ctx, by, act, act.Probe.Fact, intent.Call.Args, intent.Facts); err == nil {
			found = act.Found(intent.Call.Args, intent.Facts, now)
		}
	}
	if found == action.OutcomeNotApplied && intent.Target != e.Target(by.Tool, intent.Call) {
		found = action.OutcomeUnknown
	}
	return found, err
}

// lookFor looks for the effect's mark.
func (e *Engine) lookFor(ctx context.Context, by Caller, act *action.Action, intent ledger.Intent) (action.Outcome, error) {
	read, args, err := act.ProbeCall(intent.Call.Args, intent.Facts)
	if err != nil {
		return action.OutcomeUnknown, err
	}
	response, err := e.client.read(ctx, by, read, args)
	if err != nil {
		return action.OutcomeUnknown, err
	}
	return act.FoundMark(e.markOf(intent), response.Status, response.MediaType, response.Body), nil
}
