package approvald

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// doneFor is how long what the gateway did by itself is the answer to the same
// once more: an effect is undone once, and followed once.
const doneFor = 100 * 365 * 24 * time.Hour

// fromItself is a call that the gateway makes about an effect, as the agent
// execute.ActorGateway in its session. cause stands in the place of a token.
func fromItself(t *tenant.Tenant, tool *tenant.Tool, about ledger.Intent, asked action.Call, act *action.Action, cause string) call {
	asked.Tool = tool.Name
	who := about.Identity
	who.Agent, who.Roles, who.TokenID = execute.ActorGateway, nil, cause
	return call{
		Caller: execute.Caller{Decision: wire.DecisionID(rand.Text()), Identity: who, Tenant: t, Tool: tool},
		asked:  asked, action: act, admits: grant.Admission{Digest: action.Digest(asked)}, stream: &stream{},
	}
}

// byItself opens and sends an effect that the gateway makes, or finds the one that
// has its key: it is done once. The policy decides it as any other. The error is a
// sentence for people: a desk.Refusal when it was refused, else trying again may help.
func (h *Handler) byItself(ctx context.Context, c call, key string) (ledger.Intent, error) {
	if leak := decision.Outgoing(c.action, c.asked.Args); leak.Reason != "" {
		return ledger.Intent{}, refused(answer.Thing{Code: leak.Reason, Decision: c.Decision, Field: leak.Field, Hint: leak.Hint})
	}
	facts, missing := h.Client.Facts(ctx, c.Caller, c.action, c.asked.Args)
	ask, err := h.question(c, facts, missing)
	if err = errors.Join(err, missing); err != nil {
		return ledger.Intent{}, said(h.lacking(c, ask.unclear, err))
	}
	ask.key = key
	request := h.request(c, ask)
	request.SameFor = doneFor
	opened, err := h.Store.Open(ctx, request)
	if err != nil {
		return ledger.Intent{}, err
	}
	if thing := h.recorded(c, ruled(c, ask, opened), ask.amount, opened.Intent.ID); thing.Code != "" {
		h.takeBack(ctx, opened)
		if thing.Code == reason.RecordUnavailable {
			return ledger.Intent{}, said(thing)
		}
		return ledger.Intent{}, refused(thing)
	}
	fresh := opened.Relation == ledger.New || opened.Relation == ledger.Retried
	if !fresh || opened.Intent.State != ledger.Executing {
		return opened.Intent, nil
	}
	return h.Engine.Now(ctx, c.Caller, opened.Intent)
}

// said is what stands in the way, as a sentence.
func said(thing answer.Thing) error { return errors.New(answer.Sentence(thing)) }
