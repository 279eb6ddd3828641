package execute

import (
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Sums are the counters an effect is added to: what to ask the ledger, and what
// to reserve there. An action without money has none.
func Sums(t *tenant.Tenant, act *action.Action, args action.Args, facts action.Facts, amount money.Amount, now time.Time) ([]ledger.SumQuery, []ledger.Reservation, error) {
	if act.MoneyArg == "" {
		return nil, nil, nil
	}
	var queries []ledger.SumQuery
	var reserve []ledger.Reservation
	value := func(path string) (string, bool) { return lookup(path, args, facts) }
	for _, sum := range t.Limits.Sums() {
		if !sum.Applies(act.Name) {
			continue
		}
		key, err := sum.Key(t.Name, value)
		if err != nil {
			return nil, nil, err
		}
		queries = append(queries, ledger.SumQuery{Name: sum.Name, Key: key, Currency: amount.Currency, Since: now.Add(-sum.Window)})
		reserve = append(reserve, ledger.Reservation{Sum: sum.Name, Key: key, Amount: amount})
	}
	return queries, reserve, nil
}

// lookup reads "args.charge" and "facts.charge.customer".
func lookup(path string, args action.Args, facts action.Facts) (string, bool) {
	if name, ok := strings.CutPrefix(path, "args."); ok {
		return args.Text(name)
	}
	rest, ok := strings.CutPrefix(path, "facts.")
	if !ok {
		return "", false
	}
	fact, field, ok := strings.Cut(rest, ".")
	if !ok {
		return "", false
	}
	value, ok := facts[fact][field]
	if !ok {
		return "", false
	}
	return value.Spell()
}
