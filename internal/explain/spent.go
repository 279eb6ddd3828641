package explain

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/money"
)

// spend gives a question what was moved before: as the sums say, else nothing
// yet. uncounted is why the call is counted nowhere, so that it is refused.
func (a Ask) spend(q *decision.Question, amount money.Amount) (uncounted, err error) {
	entries, uncounted := q.Tenant.Limits.Entries(decision.Subject(*q), q.Action.MoneyArg != "", amount)
	if uncounted != nil {
		return uncounted, nil
	}
	q.Sums = map[string]money.Amount{}
	for _, e := range entries {
		if q.Sums[e.Name], err = a.spent(e); err != nil {
			return nil, err
		}
	}
	q.Used = &limit.Used{Sums: q.Sums}
	return nil, nil
}

// spent reads "40 USD", "3 calls" and "40 USD, 3 calls".
func (a Ask) spent(e limit.Entry) (money.Amount, error) {
	name, counts := strings.CutSuffix(e.Name, "#")
	out := money.Amount{Currency: e.Amount.Currency}
	for part := range strings.SplitSeq(a.Sums[name], ", ") {
		number, calls := strings.CutSuffix(part, " calls")
		if part == "" || calls != counts {
			continue
		}
		var err error
		if calls {
			out.Minor, err = strconv.ParseInt(number, 10, 64)
		} else {
			out, err = money.Parse(part)
		}
		switch {
		case err != nil:
			return out, fmt.Errorf("sums.%s: %w", name, err)
		case out.Currency != e.Amount.Currency:
			return out, fmt.Errorf("sums.%s is counted in the call's currency, %s (got %s)", name, e.Amount.Currency, part)
		}
	}
	return out, nil
}
