package ledger

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/token"
)

// An effect without a hold is these two commits.
func BenchmarkOpenAdvance(b *testing.B) { benchmarkEffects(b, 0) }

// What a budget holds already makes the next effect no dearer.
func BenchmarkOpenAdvanceBudget(b *testing.B) {
	for _, n := range []int{10, 1000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) { benchmarkEffects(b, n) })
	}
}

// benchmarkEffects measures effects of a budget of 30 days which has counted
// effects already: half of them are done, the others wait for a person.
func benchmarkEffects(b *testing.B, counted int) {
	s, err := openStore(filepath.Join(b.TempDir(), "l.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx := context.Background()
	err = s.write(ctx, of("t"), func(ctx context.Context, w *work) error {
		for n := range counted {
			q := budgeted(w.now)
			q.Sums = nil
			if n%2 == 0 {
				q.Rule = func(Situation) Ruling { return Ruling{Hold: &policy.Hold{Group: "g", Votes: 1}} }
			}
			o, err := w.open(ctx, &q)
			if err == nil && n%2 == 1 {
				var r *row
				if r, err = w.byID(ctx, "t", o.Intent.ID); err == nil {
					w.now = w.now.Add(time.Millisecond)
					err = w.advance(ctx, r, succeeded(r.Intent))
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		o, err := s.Open(ctx, budgeted(time.Now()))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Advance(ctx, succeeded(o.Intent)); err != nil {
			b.Fatal(err)
		}
	}
}

func budgeted(now time.Time) OpenRequest {
	price := money.Amount{Minor: 100, Currency: "USD"}
	return OpenRequest{
		Tenant: "t", Identity: token.Identity{Tenant: "t", Agent: "a"}, BusinessKey: newID(), Owner: "o",
		Call:  action.Call{Tool: "stripe", Action: "stripe.refund.create", Args: action.Args{"charge": {Kind: action.ID, Text: "ch_1"}}},
		Lease: time.Minute, SendWithin: time.Second, ExpireAfter: time.Hour, Rule: func(Situation) Ruling { return Ruling{} },
		Sums:    []SumQuery{{Name: "month", Key: "t/month", Currency: "USD", Since: func(now time.Time) time.Time { return now.Add(-30 * 24 * time.Hour) }}},
		Reserve: []Reservation{{Sum: "month", Key: "t/month", Amount: price}},
	}
}

func succeeded(i Intent) Step {
	return Step{Tenant: "t", ID: i.ID, Version: i.Version, To: Succeeded, Actor: gateway, Outcome: &Outcome{Status: 200}}
}
