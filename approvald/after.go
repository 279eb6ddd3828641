package approvald

import (
	"context"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
)

// After opens and sends what follows on an effect that ended in a state, where the
// tenant's files say that something does. It is an intent of its own, decided by
// the policy as a call of the agent execute.ActorGateway in the session of the
// first, and done once however often After is called; nothing follows on it. What
// needs something of the first that is not there, as the ticket of a session
// without one, is not done. A refusal is an end
// (desk.Refusal): it is decided once. Any other error means that it is to be tried again.
func (h *Handler) After(ctx context.Context, t *tenant.Tenant, first ledger.Intent, ended ledger.State) error {
	after := t.After(first.Call.Action, string(ended))
	if after == nil || first.Follows() != "" {
		return nil
	}
	tool, _, ok := t.Action(after.Action)
	if !ok {
		return errGone
	}
	session := first.Identity.Session
	asked, act, err := after.Call(tool.Catalog, action.Ended{
		Args: first.Call.Args, Facts: first.Facts, Ticket: session.Ticket, Customer: session.Customer, Intent: first.ID, Say: first.Say,
	})
	if err != nil {
		h.Logger.Warn("What follows on an effect is not done", "tenant", t.Name, "intent", first.ID, "action", after.Action, "error", err)
		return nil
	}
	done, err := h.byItself(ctx, fromItself(t, tool, first, asked, act, "after:"+first.ID), ledger.AfterKey(first.ID, ended))
	if err != nil {
		return err
	}
	h.Logger.Info("An effect was followed", "tenant", t.Name, "intent", first.ID, "by", done.ID, "state", string(done.State))
	return nil
}
