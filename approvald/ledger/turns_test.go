package ledger

import (
	"context"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/rig/postgres"
)

// An effect waits for its database as few times as it can: the network between them
// may be slow, and the tenant's next effect waits for as long.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	way := postgres.Start(t, postgres.Fast).Counted(t)
	s := ledgerOn(t, openPostgres(t, way.URL(), "trips"), nil)
	trips := func() (opened, advanced int64) {
		before := way.Turns()
		q := budgeted(time.Now())
		q.Sums = append(q.Sums, SumQuery{Name: "charge", Key: "t/charge", Currency: "USD"})
		q.Reserve = append(q.Reserve, Reservation{Sum: "charge", Key: "t/charge", Amount: q.Reserve[0].Amount})
		o, err := s.Open(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		between := way.Turns()
		if _, err := s.Advance(t.Context(), succeeded(o.Intent)); err != nil {
			t.Fatal(err)
		}
		return between - before, way.Turns() - between
	}
	shared := func() (opened, advanced int64) {
		err := s.write(t.Context(), of("t"), func(ctx context.Context, w *work) error {
			var at []int64
			for n := range 3 {
				q := budgeted(w.now)
				o, err := w.open(ctx, &q)
				if err != nil || n == 0 {
					continue
				}
				at = append(at, way.Turns())
				r, err := w.byID(ctx, "t", o.Intent.ID)
				if err == nil {
					err = w.advance(ctx, r, succeeded(r.Intent))
				}
				if err != nil {
					return err
				}
				at = append(at, way.Turns())
			}
			opened, advanced = at[2]-at[1], at[3]-at[2]
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return opened, advanced
	}
	trips() // statements are prepared once a connection
	if opened, advanced := trips(); opened != 4 || advanced != 3 {
		t.Errorf("%d to open an effect, %d to commit its outcome", opened, advanced)
	}
	if opened, advanced := shared(); opened != 2 || advanced != 1 {
		t.Errorf("in a shared transaction %d to open an effect, %d for its outcome", opened, advanced)
	}
}
