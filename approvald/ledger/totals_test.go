package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"pgregory.net/rapid"

	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/sqldb"
)

// Sums are read from totals; these tests hold them equal to the parts.

func TestTotals(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		db, err := sqldb.OpenSQLite(filepath.Join(t.TempDir(), "ledger.db"))
		if err != nil {
			t.Fatal(err)
		}
		totalsHold(t, db)
	})
	t.Run("Postgres", func(t *testing.T) {
		totalsHold(t, openPostgres(t, postgres.Start(t, postgres.Fast).URL("postgres"), "totals"))
	})
}

// totalsHold leads effects of two keys and two currencies, changed while they wait, through random lives,
// under a clock that also goes back, and asks for windows after each step. Then it
// takes the totals away, as if an older program had written the parts.
func totalsHold(t *testing.T, db *sqldb.DB) {
	s := ledgerOn(t, db, clockwork.NewFakeClockAt(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
	var histories []*spending
	rapid.Check(t, func(r *rapid.T) {
		h := &spending{t: r, tenant: "t" + strconv.Itoa(len(histories))}
		histories = append(histories, h)
		h.must(s.write(t.Context(), of(h.tenant), func(ctx context.Context, w *work) error { // one, because commits take long
			h.work, h.first, h.last = w, w.now, w.now
			for range rapid.IntRange(1, 25).Draw(r, "length") {
				h.step()
				h.must(h.compare(w.tx, h.except(), h.first.Add(time.Duration(h.below(40)-3)*time.Second/2)))
			}
			return nil
		}))
	})
	Older(t, db, 4)
	if err := db.Migrate(t.Context(), migrations()); err != nil {
		t.Fatal(err)
	}
	for _, h := range histories {
		err := db.Read(t.Context(), func(tx *sql.Tx) (err error) {
			for since := h.first; !since.After(h.last.Add(time.Second)); since = since.Add(time.Second) {
				err = errors.Join(err, h.compare(tx, "", since))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// spending is one random history of a tenant.
type spending struct {
	t           *rapid.T
	work        *work
	tenant      string
	first, last time.Time
	made        []Intent
}

var spent = []string{"month/all", "charge/ch_1"}

func (h *spending) below(n int) int { return rapid.IntRange(0, n-1).Draw(h.t, "n") }

func (h *spending) step() {
	h.work.now = h.work.now.Add(time.Duration(h.below(6)-2) * time.Second) // it also goes back, or stands still
	h.last = latest(h.last, h.work.now)
	if len(h.made) == 0 || h.below(2) == 0 {
		h.open(h.below(10))
		return
	}
	n := h.below(len(h.made))
	i := h.made[n]
	switch to := []State{Succeeded, Succeeded, Failed, Unknown, Denied}[h.below(5)]; {
	case i.State == Waiting && h.below(2) == 0:
		h.edit(n)
	case Next(Advancing, i.State, to):
		r, err := h.work.byID(context.Background(), h.tenant, i.ID)
		h.must(err)
		h.must(h.work.advance(context.Background(), r, Step{Version: i.Version, To: to, Actor: gateway}))
		h.made[n] = r.Intent
	default: // it is over
	}
}

// request is a call for an effect, which may have to wait.
func (h *spending) request(key string) OpenRequest {
	q := budgeted(h.work.now)
	q.Tenant, q.Identity.Tenant, q.BusinessKey, q.Sums, q.Reserve = h.tenant, h.tenant, key, nil, nil
	if h.below(3) == 0 {
		q.Rule = func(Situation) Ruling { return Ruling{Hold: &policy.Hold{Group: "g", Votes: 1}} }
	}
	for _, key := range spent[:1+h.below(2)] {
		price := money.Amount{Minor: int64(h.below(4)), Currency: []string{"USD", "USD", "USD", "EUR"}[h.below(4)]}
		for _, sum := range []string{key, key + " again"}[:1+h.below(2)] {
			q.Reserve = append(q.Reserve, Reservation{Sum: sum, Key: key, Amount: price})
		}
	}
	h.must(q.prepare())
	return q
}

// edit gives an effect that waits other amounts.
func (h *spending) edit(n int) {
	r, err := h.work.byID(context.Background(), h.tenant, h.made[n].ID)
	h.must(err)
	_, err = h.work.edit(context.Background(), r, &EditRequest{Intent: r.ID, Person: "ana", Digest: r.Digest, To: h.request(r.BusinessKey)})
	h.must(err)
	h.made[n] = r.Intent
}

// open makes an effect, or tries a failed one again with other amounts.
func (h *spending) open(n int) {
	q := h.request("effect " + strconv.Itoa(n))
	opened, err := h.work.open(context.Background(), &q)
	h.must(err)
	for k, i := range h.made {
		if i.ID == opened.Intent.ID {
			h.made[k] = opened.Intent
			return
		}
	}
	h.made = append(h.made, opened.Intent)
}

func (h *spending) must(err error) {
	if err != nil {
		h.t.Fatal(err)
	}
}

// except is an intent to leave out, or none.
func (h *spending) except() string {
	if n := h.below(1 + len(h.made)); n < len(h.made) {
		return h.made[n].ID
	}
	return ""
}

// compare reads sums of a window, and adds up their parts.
func (h *spending) compare(tx *sql.Tx, except string, since time.Time) error {
	for _, key := range spent {
		q := SumQuery{Name: key, Key: key, Currency: "USD", Since: func(time.Time) time.Time { return since }}
		sums, firsts, err := readSums(context.Background(), tx, since, h.tenant, except, []SumQuery{q})
		if err != nil {
			return err
		}
		got, oldest := sums[key], firsts[key]
		want, first, err := addUp(tx, h.tenant, except, q, since)
		if err != nil || got != want || !oldest.Equal(first) {
			return fmt.Errorf("%s since %s without %q is %v from %v, its parts are %v from %v: %w", key, since, except, got, oldest, want, first, err)
		}
	}
	return nil
}

// addUp is readSum, from the parts.
func addUp(tx *sql.Tx, tenant, except string, q SumQuery, since time.Time) (sum money.Amount, oldest time.Time, err error) {
	sum.Currency = q.Currency
	rows, err := tx.Query(`SELECT r.currency, SUM(minor), COALESCE(MIN(CASE WHEN r.state = 'committed' THEN made_at END), 0) FROM reservations AS r JOIN intents ON seq = intent
		WHERE r.tenant = ? AND name = ? AND (r.state = 'reserved' OR r.state = 'committed' AND made_at >= ?) AND id <> ?
		GROUP BY r.currency HAVING SUM(minor) > 0 ORDER BY r.currency`, tenant, q.Key, micros(since), except)
	if err != nil {
		return sum, oldest, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := rows.Scan(&sum.Currency, &sum.Minor, instant{&oldest}); err != nil || sum.Currency != q.Currency {
			return sum, oldest, err
		}
	}
	return sum, oldest, rows.Err()
}
