package ledgertest

import (
	"context"
	"errors"
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
