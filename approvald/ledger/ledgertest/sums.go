package ledgertest

import (
	"context"
	"math"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
)

// asked is the sum that the rule of a call with this key was given.
func (f *fixture) asked(edits ...edit) (got money.Amount) {
	f.Helper()
	f.open(append(edits, rule(func(s ledger.Situation) ledger.Ruling {
		got = s.Sums["day"]
		return ledger.Ruling{Refuse: true}
	}))...)
	return got
}

// sumsFollow: every state counts but the ones in which nothing happened.
func sumsFollow(f *fixture) {
	counted := map[string]struct {
		state earlier
		want  int64
	}{
		"waiting": {waiting, 4000}, "approved": {approved, 4000}, "executing": {executing, 4000}, "unknown": {to(ledger.Unknown), 4000},
		"succeeded": {to(ledger.Succeeded), 4000}, "failed": {to(ledger.Failed), 0}, "denied": {denied, 0}, "denied live": {deniedLive, 0},
		"expired": {ended(ledger.Expired), 0}, "cancelled": {ended(ledger.Cancelled), 0},
	}
	var total int64
	for name, c := range counted {
		i := c.state(f, key(name))
		total += c.want
		if got := f.sum(); got != total {
			f.Fatalf("%s: the sum is %d, want %d", name, got, total)
		}
		without, err := f.store.Sums(context.Background(), "acme", i.ID, f.call().Sums)
		f.must(err)
		same(f, without, policy.Sums{"day": {Minor: total - c.want, Currency: "USD"}})
	}
	same(f, f.asked(key("another")), money.Amount{Minor: total, Currency: "USD"})
	// A retry counts its new amount, once.
	same(f, f.asked(key("failed")), money.Amount{Minor: total, Currency: "USD"})
	same(f, f.open(key("failed"), amount(700, "USD")).Relation, ledger.Retried)
	same(f, f.sum(), total+700)
}

func sumsScope(f *fixture) {
	f.advance(f.made(key("1"), amount(100, "USD")), ledger.Succeeded)
	f.clock.Advance(time.Hour)
	since := f.clock.Now()
	f.advance(f.made(key("2"), amount(20, "USD")), ledger.Succeeded)
	f.made(key("3"), amount(3, "USD"), func(q *ledger.OpenRequest) { q.Reserve[0].Key = "acme/day/ch_2" })
	globex := func(q *ledger.OpenRequest) { q.Tenant, q.Identity.Tenant = "globex", "globex" }
	f.made(key("4"), globex) // under acme's key: only the tenant keeps it apart
	sums, err := f.store.Sums(context.Background(), "acme", "", []ledger.SumQuery{
		{Name: "all", Key: "acme/day/ch_1", Currency: "USD"},
		{Name: "window", Key: "acme/day/ch_1", Currency: "USD", Since: from(since)},
		{Name: "after", Key: "acme/day/ch_1", Currency: "USD", Since: from(since.Add(tick))},
		{Name: "other", Key: "acme/day/ch_2", Currency: "USD"},
		{Name: "none", Key: "acme/day/ch_3", Currency: "JPY"},
	})
	f.must(err)
	same(f, sums, policy.Sums{
		"all": {Minor: 120, Currency: "USD"}, "window": {Minor: 20, Currency: "USD"}, "after": {Currency: "USD"},
		"other": {Minor: 3, Currency: "USD"}, "none": {Currency: "JPY"},
	})
}

// from is a window that begins at one time.
func from(at time.Time) func(time.Time) time.Time {
	return func(time.Time) time.Time { return at }
}

// sumsClock: a window begins by the store's time, whatever the clock of who asks says.
func sumsClock(f *fixture) {
	var asked []time.Time
	window := func(q *ledger.OpenRequest) {
		q.Sums[0].Since = func(now time.Time) time.Time {
			asked = append(asked, now)
			return now
		}
	}
	i := f.made(window)
	f.clock.Advance(time.Hour)
	q := f.call(window)
	_, err := f.store.Sums(context.Background(), "acme", i.ID, q.Sums)
	f.must(err)
	f.edit(f.made(held(1), key("2")), "bo", key("2"), amount(1, "USD"), window)
	now := f.clock.Now()
	same(f, asked, []time.Time{now.Add(-time.Hour), now, now})
}

// sumsWindow: what may still be done counts whatever its age, and what was done
// counts from then on.
func sumsWindow(f *fixture) {
	done, open := f.made(key("done"), amount(100, "USD"), held(1)), f.made(key("open"), amount(20, "USD"), held(1))
	f.clock.Advance(expireAfter - tick)
	done = f.vote(done, "ana", true)
	f.vote(open, "ana", true)
	f.claim("one")
	f.advance(f.get(done), ledger.Succeeded)
	moved := f.clock.Now()
	f.clock.Advance(time.Hour)
	sums, err := f.store.Sums(context.Background(), "acme", "", []ledger.SumQuery{
		{Name: "since", Key: "acme/day/ch_1", Currency: "USD", Since: from(moved)},
		{Name: "after", Key: "acme/day/ch_1", Currency: "USD", Since: from(moved.Add(tick))},
	})
	f.must(err)
	same(f, sums, policy.Sums{"since": {Minor: 120, Currency: "USD"}, "after": {Minor: 20, Currency: "USD"}})
}

// sumsCurrency: whatever the order, the rule sees a currency that is not its own.
func sumsCurrency(f *fixture) {
	f.made(key("1"), amount(100, "USD"))
	same(f, f.asked(key("2"), amount(1, "EUR")), money.Amount{Minor: 100, Currency: "USD"})
	euro := f.made(key("3"), amount(7, "EUR"))
	same(f, f.asked(key("4"), amount(1, "USD")), money.Amount{Minor: 7, Currency: "EUR"})
	same(f, f.asked(key("5"), amount(1, "EUR")), money.Amount{Minor: 100, Currency: "USD"})
	f.advance(euro, ledger.Failed)
	same(f, f.asked(key("6"), amount(1, "USD")), money.Amount{Minor: 100, Currency: "USD"})
}

// recounted: other sums take the place of those that an intent was opened by, until
// it is aimed.
func recounted(f *fixture) {
	monthly := []ledger.SumQuery{{Name: "month", Key: "acme/month", Currency: "USD"}}
	var others policy.Sums
	recount := func(i ledger.Intent, reserve ...ledger.Reservation) (ledger.Intent, error) {
		return f.store.Advance(context.Background(), f.step(i, ledger.Executing, func(s *ledger.Step) {
			s.Target, s.Recount = "", &ledger.Recount{Reserve: reserve, Sums: monthly, Before: func(sums policy.Sums) { others = sums }}
		}))
	}
	month := func(minor int64) ledger.Reservation {
		return ledger.Reservation{Sum: "month", Key: "acme/month", Amount: money.Amount{Minor: minor, Currency: "USD"}}
	}
	counted := func(day, monthly int64) {
		f.Helper()
		sums, err := f.store.Sums(context.Background(), "acme", "", []ledger.SumQuery{{Name: "day", Key: "acme/day/ch_1", Currency: "USD"}, {Name: "month", Key: "acme/month", Currency: "USD"}})
		f.must(err)
		same(f, sums, policy.Sums{"day": {Minor: day, Currency: "USD"}, "month": {Minor: monthly, Currency: "USD"}})
	}
	i := f.vote(f.made(held(1), amount(100, "USD")), "ana", true)
	f.claim("one")
	i = f.get(i)
	for _, minor := range []int64{700, 300} {
		after, err := recount(i, month(minor))
		f.must(err)
		same(f, []any{after.Version, after.Target, after.SendBefore, after.LeaseUntil}, []any{i.Version + 1, "", i.SendBefore, i.LeaseUntil})
		f.stored(after)
		i = after
		counted(0, minor)
		same(f, others, policy.Sums{"month": {Currency: "USD"}})
	}
	beside := f.vote(f.made(held(1), key("beside"), amount(100, "USD")), "ana", true)
	f.claim("one")
	beside, err := recount(f.get(beside), month(40))
	f.must(err)
	same(f, others, policy.Sums{"month": {Minor: 300, Currency: "USD"}})
	f.advance(beside, ledger.Failed)
	if _, err := recount(i, month(-1)); err == nil {
		f.Error("less than nothing is counted")
	}
	i, err = recount(i)
	f.must(err)
	counted(0, 0)
	i, err = recount(i, month(500))
	f.must(err)
	i, err = f.store.Advance(context.Background(), f.step(i, ledger.Executing, func(s *ledger.Step) { s.Target = "there" }))
	f.must(err)
	for name, other := range map[string]ledger.Intent{"aimed": i, "waiting": f.made(key("2"), held(1), amount(1, "USD"))} {
		if _, err := recount(other); err == nil {
			f.Errorf("%s, it is counted anew", name)
		}
	}
	counted(1, 500)
	f.advance(i, ledger.Succeeded)
	counted(1, 500)
}

// sumsOverflow: what cannot be counted any more is not opened, until it can.
func sumsOverflow(f *fixture) {
	first := f.made(key("1"), amount(math.MaxInt64, "USD"))
	if opened, err := f.store.Open(context.Background(), f.call(key("2"), amount(1, "USD"))); err == nil {
		f.Errorf("opened %+v", opened)
	}
	same(f, f.sum(), math.MaxInt64)
	f.advance(first, ledger.Failed)
	f.made(key("2"), amount(1, "USD"))
	same(f, f.sum(), 1)
}
