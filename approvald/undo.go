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
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// undoneFor is how long an undo that was done is the answer to another one: an
// effect is undone once.
const undoneFor = 100 * 365 * 24 * time.Hour

// Undo opens and sends the compensation of an effect that was done, for a person.
// It is an intent of its own, decided by the policy as a call of the agent
// execute.ActorGateway in the session of the first, and done once. The error is a
// sentence for the person.
func (h *Handler) Undo(ctx context.Context, t *tenant.Tenant, first ledger.Intent, person string) (ledger.Intent, error) {
	c, err := h.compensation(t, first, person)
	if err != nil {
		return ledger.Intent{}, err
	}
	facts, missing := h.Client.Facts(ctx, c.Caller, c.action, c.asked.Args)
	ask, err := h.question(c, facts, missing)
	if err = errors.Join(err, missing); err != nil {
		return ledger.Intent{}, said(h.lacking(c, ask.unclear, err))
	}
	ask.key = ledger.UndoKey(first.ID)
	request := h.request(c, ask)
	request.SameFor = undoneFor
	opened, err := h.Store.Open(ctx, request)
	if err != nil {
		return ledger.Intent{}, err
	}
	if thing := h.recorded(c, ruled(c, ask, opened), ask.amount, opened.Intent.ID); thing.Code != "" {
		h.undo(ctx, opened)
		return ledger.Intent{}, said(thing)
	}
	fresh := opened.Relation == ledger.New || opened.Relation == ledger.Retried
	if !fresh || opened.Intent.State != ledger.Executing {
		return opened.Intent, nil
	}
	return h.Engine.Now(ctx, c.Caller, opened.Intent)
}

// compensation is the call that undoes an effect.
func (h *Handler) compensation(t *tenant.Tenant, first ledger.Intent, person string) (call, error) {
	if first.State != ledger.Succeeded {
		return call{}, errors.New("only what was done is undone, and this is " + string(first.State))
	}
	tool, ok := t.Tool(first.Call.Tool)
	if !ok {
		return call{}, errGone
	}
	act, ok := tool.Catalog.Action(first.Call.Action)
	if !ok {
		return call{}, errGone
	}
	asked, undoing, err := tool.Catalog.UndoCall(act, first.Call.Args, first.Facts)
	if err != nil {
		return call{}, err
	}
	asked.Tool = tool.Name
	who := first.Identity
	who.Agent, who.Roles, who.TokenID = execute.ActorGateway, nil, "person:"+person
	return call{
		Caller: execute.Caller{Decision: wire.DecisionID(rand.Text()), Identity: who, Tenant: t, Tool: tool},
		asked:  asked, action: undoing, admits: grant.Admission{Digest: action.Digest(asked)}, stream: &stream{},
	}, nil
}

// said is a refusal as a sentence.
func said(thing answer.Thing) error { return errors.New(answer.Sentence(thing)) }
