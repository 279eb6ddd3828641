package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sallyport/sallyport/internal/money"
)

// part is one stored reservation of an intent.
type part struct {
	sum, key string
	amount   money.Amount
}

// reserve makes these the reservations of an intent, from now on. Those of an
// earlier attempt are released.
func (w *work) reserve(ctx context.Context, r *row, reservations []Reservation) error {
	if _, err := w.tx.ExecContext(ctx, "DELETE FROM reservations WHERE intent = ?", r.seq); err != nil {
		return err
	}
	for _, v := range reservations {
		_, err := w.tx.ExecContext(ctx,
			"INSERT INTO reservations (intent, tenant, sum, name, minor, currency, made_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			r.seq, r.Tenant, v.Sum, v.Key, v.Amount.Minor, v.Amount.Currency, micros(w.now), reserved)
		if err == nil {
			_, err = w.total(ctx, r.Tenant, part{v.Sum, v.Key, v.Amount}, v.Amount.Minor, 0)
		}
		if err != nil {
			return fmt.Errorf("reserve %s: %w", v.Sum, err)
		}
	}
	return nil
}

// settle lets the reservations of an intent that is over follow its state. A
// window counts money from when it moved, not from when somebody asked.
func (w *work) settle(ctx context.Context, r *row) error {
	parts, err := w.parts(ctx, r)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if r.State.keeping() == committed {
			err = w.commit(ctx, r, p)
		} else {
			err = w.release(ctx, r, p)
		}
		if err != nil {
			return fmt.Errorf("settle %s: %w", p.sum, err)
		}
	}
	return nil
}

func (w *work) parts(ctx context.Context, r *row) (parts []part, err error) {
	rows, err := w.tx.QueryContext(ctx, "SELECT sum, name, minor, currency FROM reservations WHERE intent = ?", r.seq)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p part
		if err := rows.Scan(&p.sum, &p.key, &p.amount.Minor, &p.amount.Currency); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, rows.Err()
}

func (w *work) release(ctx context.Context, r *row, p part) error {
	_, err := w.tx.ExecContext(ctx, "UPDATE reservations SET state = ?, made_at = ? WHERE intent = ? AND sum = ? AND name = ?",
		released, micros(w.now), r.seq, p.sum, p.key)
	if err == nil {
		_, err = w.total(ctx, r.Tenant, p, -p.amount.Minor, 0)
	}
	return err
}

// later selects what was committed under a key after a time: of now, nothing,
// unless the clock went back.
const later = " WHERE tenant = ? AND name = ? AND currency = ? AND state = 'committed' AND made_at > ?"

// commit puts a part into its place in time: behind all that is committed, or
// before what the clock says comes later.
func (w *work) commit(ctx context.Context, r *row, p part) error {
	all, err := w.total(ctx, r.Tenant, p, -p.amount.Minor, p.amount.Minor)
	if err != nil {
		return err
	}
	now := micros(w.now)
	ahead := sql.NullInt64{}
	after := []any{r.Tenant, p.key, p.amount.Currency, now}
	if err := w.tx.QueryRowContext(ctx, "SELECT MIN(ahead) FROM reservations"+later, after...).Scan(&ahead); err != nil {
		return err
	}
	if ahead.Valid {
		_, err = w.tx.ExecContext(ctx, "UPDATE reservations SET ahead = ahead + ?"+later, append([]any{p.amount.Minor}, after...)...)
	} else {
		ahead.Int64 = all - p.amount.Minor
	}
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, "UPDATE reservations SET state = ?, made_at = ?, ahead = ? WHERE intent = ? AND sum = ? AND name = ?",
		committed, now, ahead.Int64, r.seq, p.sum, p.key)
	return err
}

// total adds to what a key adds up to, and returns all that was committed. A total
// that overflows is an error: of SQLite, which gives no whole number then, when it
// is read. What is reserved and what is committed are bounded together, so that
// whatever could be reserved can be committed.
func (w *work) total(ctx context.Context, tenant string, p part, more, done int64) (all int64, err error) {
	var both int64
	err = w.tx.QueryRowContext(ctx, `INSERT INTO totals (tenant, name, currency, reserved, committed) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (tenant, name, currency) DO UPDATE SET reserved = totals.reserved + excluded.reserved, committed = totals.committed + excluded.committed
		RETURNING committed, reserved + committed`, tenant, p.key, p.amount.Currency, more, done).Scan(&all, &both)
	if err != nil {
		return 0, fmt.Errorf("add to the total of %s: %w", p.key, err)
	}
	return all, nil
}
