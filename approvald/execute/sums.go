package execute

import (
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// Effect is a call whose sums are wanted: resolved, with its facts.
type Effect struct {
	Tenant   *tenant.Tenant
	Tool     *tenant.Tool
	Action   *action.Action
	Identity token.Identity
	Call     action.Call
	Facts    action.Facts
	Amount   money.Amount
}

// Of is the effect of an intent.
func Of(by Caller, act *action.Action, i ledger.Intent, facts action.Facts) Effect {
	return Effect{by.Tenant, by.Tool, act, i.Identity, i.Call, facts, i.Amount}
}

// Sums are the counters an effect is added to: what to ask the ledger, and what
// to reserve there.
func Sums(e Effect) ([]ledger.SumQuery, []ledger.Reservation, error) {
	subject := decision.Subject(decision.Question{Tenant: e.Tenant, Tool: e.Tool, Action: e.Action, Identity: e.Identity, Call: e.Call, Facts: e.Facts})
	entries, err := e.Tenant.Limits.Entries(subject, e.Action.MoneyArg != "", e.Amount)
	if err != nil {
		return nil, nil, err
	}
	var queries []ledger.SumQuery
	var reserve []ledger.Reservation
	for _, n := range entries {
		queries = append(queries, ledger.SumQuery{Name: n.Name, Key: n.Key, Currency: n.Amount.Currency, Since: n.Period.Since})
		reserve = append(reserve, ledger.Reservation{Sum: n.Name, Key: n.Key, Amount: n.Amount})
	}
	return queries, reserve, nil
}
