package desk

import (
	"context"
	"net/http"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/tenant"
)

// undo is the word that compensates what was done.
const undo = "undo"

// compensate undoes an effect for a person of those who decide about repetitions.
// What comes of it is an intent of its own, and the policy may ask people first.
func (d *Desk) compensate(ctx context.Context, b ballot, intent ledger.Intent) (ledger.Intent, *Error) {
	if !d.undoable(b.tenant, intent) {
		return intent, &Error{"Cannot be undone", http.StatusConflict, "Only what was done is undone, and only where the catalog says how."}
	}
	if refused := d.mayRule(b, intent, "Say why it is undone: it is logged."); refused != nil {
		return intent, refused
	}
	d.Logger.Info("A person undoes an effect", "tenant", b.tenant.Name, "intent", b.id, "person", b.person.ID, "why", b.reason)
	after, err := d.Undo(ctx, b.tenant, intent, b.person.ID)
	if err != nil {
		return intent, &Error{"Not undone", http.StatusConflict, err.Error()}
	}
	return after, nil
}

// undoable says whether an effect was done and its catalog says how to undo it.
func (d *Desk) undoable(t *tenant.Tenant, intent ledger.Intent) bool {
	act, ok := actionOf(t, intent)
	return ok && act.Undo != nil && intent.Bodies == ledger.Whole && intent.State == ledger.Succeeded && d.Undo != nil
}

// undoneBy is the newest intent that undoes an effect, "" for none, and whether
// it can still be undone: one that ended without an effect can be tried again.
func (d *Desk) undoneBy(ctx context.Context, intent ledger.Intent, undoable bool) (id string, still bool) {
	if !undoable {
		return "", false
	}
	found, err := d.Store.List(ctx, ledger.Filter{Tenant: intent.Tenant, Undoes: &intent, Limit: 1})
	if err != nil {
		d.Logger.Error("What undoes an intent could not be read", "intent", intent.ID, "error", err)
		return "", true
	}
	if len(found) == 0 {
		return "", true
	}
	return found[0].ID, found[0].State.Final() && found[0].State != ledger.Succeeded
}
