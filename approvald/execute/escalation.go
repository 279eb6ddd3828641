package execute

import (
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// Escalation is who may vote besides on a call that waits, as the matrix says.
func Escalation(t *tenant.Tenant, id token.Identity, act *action.Action, amount money.Amount) ledger.Escalation {
	row, ok := t.Row(id, act, amount)
	if !ok {
		return ledger.Escalation{}
	}
	return ledger.Escalation{After: row.Escalation.After, Groups: authority.Join(row.Escalation.Groups)}
}
