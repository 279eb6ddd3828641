package approvald

import (
	"context"
	"errors"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// Undo opens and sends the compensation of an effect that was done, for a person.
// It is an intent of its own, decided by the policy as a call of the agent
// execute.ActorGateway in the session of the first, and done once. The error is a
// sentence for the person.
func (h *Handler) Undo(ctx context.Context, t *tenant.Tenant, first ledger.Intent, person string) (ledger.Intent, error) {
	c, err := h.compensation(t, first, person)
	if err != nil {
		return ledger.Intent{}, err
	}
	return h.byItself(ctx, c, ledger.UndoKey(first.ID))
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
	return fromItself(t, tool, first, asked, undoing, token.PersonPrefix+person), nil
}
