package ledgertest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/reason"
)

const racers = 16

// race runs f at once in two processes, several times in each, and returns
// what came of it in any order.
func race[T any](f *fixture, run func(n int, store ledger.Store) (T, error)) []T {
	f.Helper()
	results, failures := make([]T, racers), make([]error, racers)
	start := make(chan struct{})
	var group sync.WaitGroup
	for n := range racers {
		group.Go(func() {
			<-start
			store := f.store
			if n%2 == 1 {
				store = f.other
			}
			results[n], failures[n] = run(n, store)
		})
	}
	close(start)
	group.Wait()
	for _, err := range failures {
		f.must(err)
	}
	return results
}

func raceOneKey(f *fixture) {
	opened := race(f, func(n int, store ledger.Store) (ledger.Opened, error) {
		return store.Open(context.Background(), f.call(once("k"+strconv.Itoa(n))))
	})
	relations, ids := map[ledger.Relation]int{}, map[string]bool{}
	for _, o := range opened {
		relations[o.Relation]++
		ids[o.Intent.ID] = true
	}
	same(f, relations, map[ledger.Relation]int{ledger.New: 1, ledger.Joined: racers - 1})
	same(f, len(ids), 1)
	same(f, f.sum(), int64(4000))
}

// raceSum: each call passes alone, five fit together.
func raceSum(f *fixture) {
	const limit = 5 * 4000
	opened := race(f, func(n int, store ledger.Store) (ledger.Opened, error) {
		return store.Open(context.Background(), f.call(key(strconv.Itoa(n)), rule(func(s ledger.Situation) ledger.Ruling {
			return ledger.Ruling{Refuse: s.Sums["day"].Minor+4000 > limit, Reason: reason.PolicyDenied}
		})))
	})
	relations := map[ledger.Relation]int{}
	for _, o := range opened {
		relations[o.Relation]++
	}
	same(f, relations, map[ledger.Relation]int{ledger.New: 5, ledger.Refused: racers - 5})
	same(f, f.sum(), int64(limit))
}

func raceClaim(f *fixture) {
	const due = 5
	for n := range due {
		approved(f, key(strconv.Itoa(n)))
	}
	claimed := race(f, func(n int, store ledger.Store) ([]ledger.Intent, error) {
		return store.Claim(context.Background(), claimBy("owner "+strconv.Itoa(n), 2))
	})
	owners := map[string]string{}
	for _, intents := range claimed {
		for _, i := range intents {
			if owners[i.ID] != "" {
				f.Errorf("%s and %s have %s", owners[i.ID], i.LeaseOwner, i.ID)
			}
			owners[i.ID] = i.LeaseOwner
			f.stored(i)
		}
	}
	same(f, len(owners), due)
}

// raceVotes: people who click twice count once, and nobody counts after the end.
func raceVotes(f *fixture) {
	i := f.made(held(3))
	counted := race(f, func(n int, store ledger.Store) (bool, error) {
		_, err := store.Vote(context.Background(), ballot(i, "person "+strconv.Itoa(n%4), true))
		if errors.Is(err, ledger.ErrVoted) || errors.Is(err, ledger.ErrTransition) {
			return false, nil
		}
		return true, err
	})
	total := 0
	for _, c := range counted {
		if c {
			total++
		}
	}
	got := f.get(i)
	same(f, []any{total, len(got.Votes), got.State, got.Version}, []any{3, 3, ledger.Approved, int64(4)})
}

// raceWords: of two words that cannot both count one does, and the other is told so.
func raceWords(f *fixture) {
	cancel := func(i ledger.Intent) ledger.Step { return f.step(i, ledger.Cancelled) }
	for name, c := range map[string]struct {
		of        ledger.Intent
		one, two  func(store ledger.Store, i ledger.Intent, n int) error
		ends      [2]ledger.State // when the first counts, and when the second does
		otherwise []error         // what the one that does not count is told
	}{
		"approve and deny": {f.made(held(1), key("approve and deny")), votes1(true), votes1(false), [2]ledger.State{ledger.Approved, ledger.Denied}, []error{ledger.ErrTransition}},
		"approve and edit": {f.made(held(1), key("approve and edit")), votes1(true), func(store ledger.Store, i ledger.Intent, n int) error {
			_, _, err := store.Edit(context.Background(), f.change(i, "editor "+strconv.Itoa(n), key("approve and edit"), amount(3000, "USD")))
			return err
		}, [2]ledger.State{ledger.Approved, ledger.Waiting}, []error{ledger.ErrTransition, ledger.ErrDigest}},
		"approve and cancel": {f.made(held(1), key("approve and cancel")), votes1(true), func(store ledger.Store, i ledger.Intent, _ int) error {
			_, err := store.Advance(context.Background(), cancel(i))
			return err
		}, [2]ledger.State{ledger.Approved, ledger.Cancelled}, []error{ledger.ErrTransition, ledger.ErrConflict}},
		"execute and cancel": {approved(f, key("execute and cancel")), func(store ledger.Store, i ledger.Intent, n int) error {
			claimed, err := store.Claim(context.Background(), claimBy("owner "+strconv.Itoa(n), 100))
			if err == nil && !slices.ContainsFunc(claimed, func(c ledger.Intent) bool { return c.ID == i.ID }) {
				err = ledger.ErrConflict
			}
			return err
		}, func(store ledger.Store, i ledger.Intent, _ int) error {
			_, err := store.Advance(context.Background(), cancel(i))
			return err
		}, [2]ledger.State{ledger.Executing, ledger.Cancelled}, []error{ledger.ErrConflict}},
	} {
		counted := race(f, func(n int, store ledger.Store) (int, error) {
			word, which := c.one, 1
			if n/2%2 == 1 { // both words in both processes
				word, which = c.two, 2
			}
			err := word(store, c.of, n)
			if err != nil && slices.ContainsFunc(c.otherwise, func(known error) bool { return errors.Is(err, known) }) {
				return 0, nil
			}
			return which, err
		})
		counted = slices.DeleteFunc(counted, func(which int) bool { return which == 0 })
		if len(counted) != 1 {
			f.Errorf("%s: %v counted", name, counted)
			continue
		}
		same(f, []any{name, f.get(c.of).State}, []any{name, c.ends[counted[0]-1]})
	}
}

// votes1 is a vote of a person of its own.
func votes1(approve bool) func(ledger.Store, ledger.Intent, int) error {
	return func(store ledger.Store, i ledger.Intent, n int) error {
		_, err := store.Vote(context.Background(), ballot(i, "person "+strconv.Itoa(n), approve))
		return err
	}
}

// raceDue: an approval that arrives as the time ends counts, or the intent expires.
func raceDue(f *fixture) {
	i := f.made(held(1))
	f.clock.Advance(expireAfter - tick)
	counted := race(f, func(n int, store ledger.Store) (bool, error) {
		switch n {
		case racers / 2:
			f.clock.Advance(tick)
			return false, nil
		case 0, 1:
			err := votes1(true)(store, i, n)
			if errors.Is(err, ledger.ErrTransition) {
				return false, nil
			}
			return true, err
		default:
			_, err := store.Claim(context.Background(), claimBy("owner "+strconv.Itoa(n), 10))
			return false, err
		}
	})
	f.must(func() error { _, err := f.store.Claim(context.Background(), claimBy("last", 10)); return err }())
	votes := len(slices.DeleteFunc(counted, func(c bool) bool { return !c }))
	got := f.get(i)
	switch {
	case votes == 1 && len(got.Votes) == 1 && got.State == ledger.Executing:
	case votes == 0 && len(got.Votes) == 0 && got.State == ledger.Expired:
	default:
		f.Errorf("%d votes counted, and it is %s with %v", votes, got.State, got.Votes)
	}
	same(f, f.sum(), map[ledger.State]int64{ledger.Executing: 4000}[got.State])
}
