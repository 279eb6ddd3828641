package ledgertest

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/reason"
)

// spenders is how many calls at once want something of one budget, and workers
// how many of them are in the database together.
const (
	spenders = 1000
	workers  = 32
)

const thousand = `
sums:
  charge: {actions: [stripe.refund.create], by: [args.charge], window: 24h}
budgets:
  all: {actions: [stripe.refund.create], window: day, max: 5000 USD, calls: 900}
`

// raceBudget: a thousand calls at once, from three processes, over a hundred
// charges. Some of them turn out to have had no effect, and some stay unknown.
// Nothing is spent beyond the budget, no charge passes its threshold unheld, and
// what is refused did not fit.
func raceBudget(f *fixture) {
	l, problems := limit.Parse("limits.yaml", []byte(thousand))
	if len(problems) > 0 {
		f.Fatal(problems)
	}
	const threshold = 50_00
	random := rand.New(rand.NewPCG(1, 2))
	calls := make([]ledger.OpenRequest, spenders)
	var unheld [100]atomic.Int64
	for n := range calls {
		calls[n] = f.spend(l, n, 1+random.Int64N(20_00), threshold)
	}
	var spent, refused atomic.Int64
	f.together(func(n int, store ledger.Store) error {
		opened, err := store.Open(context.Background(), calls[n])
		if err != nil {
			return err
		}
		amount := calls[n].Amount.Minor
		switch {
		case opened.Relation == ledger.Refused:
			refused.Add(1)
			return nil
		case opened.Intent.State == ledger.Waiting:
			spent.Add(amount) // reserved for as long as it waits
			return nil
		}
		to := []ledger.State{ledger.Succeeded, ledger.Unknown, ledger.Failed, ledger.Succeeded}[n%4]
		if _, err := store.Advance(context.Background(), f.step(opened.Intent, to)); err != nil {
			return err
		}
		if to != ledger.Failed {
			spent.Add(amount)
			unheld[n%len(unheld)].Add(amount)
		}
		return nil
	})
	entries, err := l.Entries(subjectOf(calls[0]), true, calls[0].Amount)
	f.must(err)
	sums, err := f.other.Sums(context.Background(), "acme", "", queriesOf(entries))
	f.must(err)
	same(f, sums["all"], money.Amount{Minor: spent.Load(), Currency: "USD"})
	if spent.Load() > 5000_00 || refused.Load() == 0 {
		f.Errorf("%d cents are spent of 500000, %d calls were refused", spent.Load(), refused.Load())
	}
	for charge := range unheld {
		if cents := unheld[charge].Load(); cents > threshold {
			f.Errorf("charge %d: %d cents without a person, %d are allowed", charge, cents, threshold)
		}
	}
	last := f.spend(l, spenders, 5000_00-spent.Load(), threshold)
	fits, err := f.store.Open(context.Background(), last)
	f.must(err)
	more, err := f.other.Open(context.Background(), f.spend(l, spenders+1, 1, threshold))
	f.must(err)
	if fits.Relation != ledger.New || more.Relation != ledger.Refused || more.Ruling.Reason != reason.BudgetExceeded {
		f.Errorf("the last cent: relation %d; one more: relation %d, %s", fits.Relation, more.Relation, more.Ruling.Reason)
	}
}

// spend is a refund that asks the budgets, and a person above a threshold in sum.
func (f *fixture) spend(l *limit.Limits, n int, minor, threshold int64) ledger.OpenRequest {
	q := f.call(key("refund "+strconv.Itoa(n)), amount(minor, "USD"))
	arg := q.Call.Args["charge"]
	arg.Text = "ch_" + strconv.Itoa(n%100)
	q.Call.Args["charge"] = arg
	entries, err := l.Entries(subjectOf(q), true, q.Amount)
	f.must(err)
	q.Sums, q.Reserve = queriesOf(entries), nil
	for _, e := range entries {
		q.Reserve = append(q.Reserve, ledger.Reservation{Sum: e.Name, Key: e.Key, Amount: e.Amount})
	}
	now := f.clock.Now()
	hold := held(1)
	q.Rule = func(s ledger.Situation) ledger.Ruling {
		if _, over := l.Over(subjectOf(q), true, q.Amount, limit.Used{Sums: s.Sums, Oldest: s.Oldest}, now); over {
			return ledger.Ruling{Refuse: true, Reason: reason.BudgetExceeded}
		}
		if s.Sums["charge"].Minor+minor > threshold {
			var asked ledger.OpenRequest
			hold(&asked)
			return asked.Rule(s)
		}
		return ledger.Ruling{Reason: reason.Allowed}
	}
	return q
}

func subjectOf(q ledger.OpenRequest) limit.Subject {
	return limit.Subject{Tenant: q.Tenant, Agent: q.Identity.Agent, Tool: q.Call.Tool, Action: q.Call.Action, Arg: q.Call.Args.Text}
}

func queriesOf(entries []limit.Entry) (out []ledger.SumQuery) {
	for _, e := range entries {
		out = append(out, ledger.SumQuery{Name: e.Name, Key: e.Key, Currency: e.Amount.Currency, Since: e.Period.Since})
	}
	return out
}

// together runs every call, many at once in three processes.
func (f *fixture) together(run func(n int, store ledger.Store) error) {
	f.Helper()
	var group sync.WaitGroup
	var next atomic.Int64
	failures := make([]error, workers)
	third := f.third()
	defer func() { f.must(third.Close()) }()
	for w := range workers {
		store := []ledger.Store{f.store, f.other, third}[w%3]
		group.Go(func() {
			for n := int(next.Add(1)) - 1; n < spenders && failures[w] == nil; n = int(next.Add(1)) - 1 {
				failures[w] = run(n, store)
			}
		})
	}
	group.Wait()
	for _, err := range failures {
		f.must(err)
	}
}

// sumsOldest: a refusal can say when the oldest part of a rolling sum is too old.
func sumsOldest(f *fixture) {
	first := f.clock.Now()
	f.advance(f.made(key("1"), amount(5, "USD")), ledger.Succeeded)
	f.clock.Advance(tick)
	f.advance(f.made(key("2"), amount(5, "USD")), ledger.Succeeded)
	f.made(key("3"), amount(5, "USD"), func(q *ledger.OpenRequest) { q.Reserve[0].Key = "on its way" })
	var seen ledger.Situation
	f.open(key("4"), func(q *ledger.OpenRequest) {
		q.Sums = append(q.Sums, ledger.SumQuery{Name: "reserved", Key: "on its way", Currency: "USD"})
	}, rule(func(s ledger.Situation) ledger.Ruling {
		seen = s
		return ledger.Ruling{Refuse: true, Reason: reason.BudgetExceeded}
	}))
	if at, of := seen.Oldest["day"]; !of || !at.Equal(first) || len(seen.Oldest) != 1 {
		f.Errorf("the oldest are of %v, want day of %v alone", seen.Oldest, first)
	}
}
