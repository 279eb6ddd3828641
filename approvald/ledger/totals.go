package ledger

import (
	"context"
	"fmt"
)

// Totals follow their parts. What is reserved and what is committed are bounded
// together, so that whatever could be reserved can be committed: more than that is
// NULL, which the column refuses.
const (
	addReserved = `INSERT INTO totals (tenant, name, currency, reserved, committed) VALUES (?, ?, ?, ?, 0)
		ON CONFLICT (tenant, name, currency) DO UPDATE SET reserved =
			CASE WHEN totals.reserved <= 9223372036854775807 - totals.committed - excluded.reserved THEN totals.reserved + excluded.reserved END`
	takeReserved = `INSERT INTO totals (tenant, name, currency, reserved, committed)
		SELECT tenant, name, currency, -CAST(SUM(minor) AS BIGINT), ? * CAST(SUM(minor) AS BIGINT) FROM reservations WHERE intent = ? GROUP BY tenant, name, currency
		ON CONFLICT (tenant, name, currency) DO UPDATE SET reserved = totals.reserved + excluded.reserved, committed = totals.committed + excluded.committed`
)

// reserve makes these the reservations of an intent, from now on. Those of an
// earlier attempt are released.
func (w *work) reserve(ctx context.Context, r *row, reservations []Reservation) error {
	if r.seq != 0 {
		if err := w.later(ctx, "DELETE FROM reservations WHERE intent = ?", r.seq); err != nil {
			return err
		}
	}
	for _, v := range reservations {
		err := w.later(ctx,
			"INSERT INTO reservations (intent, tenant, sum, name, minor, currency, made_at, state) VALUES ("+seqOf+", ?, ?, ?, ?, ?, ?, ?)",
			r.ID, r.Tenant, v.Sum, v.Key, v.Amount.Minor, v.Amount.Currency, micros(w.now), reserved)
		if err == nil {
			err = w.later(ctx, addReserved, r.Tenant, v.Key, v.Amount.Currency, v.Amount.Minor)
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
	if r.State.keeping() == committed {
		return w.commit(ctx, r)
	}
	return w.release(ctx, r)
}

func (w *work) release(ctx context.Context, r *row) error {
	if err := w.later(ctx, takeReserved, 0, r.seq); err != nil {
		return err
	}
	return w.later(ctx, "UPDATE reservations SET state = ?, made_at = ? WHERE intent = ?", released, micros(w.now), r.seq)
}

// Parts of what is committed stand one behind the other in time. What is committed
// now comes behind all that is, or before what the clock says comes later: of now,
// nothing, unless it went back.
const (
	// own are an intent's parts of the key of part p: there may be several sums of one.
	own = " FROM reservations AS s WHERE s.intent = ? AND s.tenant = p.tenant AND s.name = p.name AND s.currency = p.currency"
	// place is before those later, or behind all, and behind the intent's parts before
	// this one.
	place = `UPDATE reservations AS p SET state = 'committed', made_at = ?,
		ahead = COALESCE((SELECT MIN(l.ahead) + (SELECT SUM(s.minor)` + own + `) FROM reservations AS l WHERE l.tenant = p.tenant AND l.name = p.name AND l.currency = p.currency AND l.state = 'committed' AND l.made_at > ?),
			(SELECT t.committed FROM totals AS t WHERE t.tenant = p.tenant AND t.name = p.name AND t.currency = p.currency))
			- (SELECT SUM(s.minor)` + own + ` AND s.sum >= p.sum)
		WHERE p.intent = ?`
	// push makes room before those later.
	push = `UPDATE reservations AS p SET ahead = ahead + (SELECT SUM(s.minor)` + own + `)
		WHERE p.state = 'committed' AND p.made_at > ? AND (p.tenant, p.name, p.currency) IN (SELECT s.tenant, s.name, s.currency FROM reservations AS s WHERE s.intent = ?)`
)

// commit puts what an intent reserved into its place in time.
func (w *work) commit(ctx context.Context, r *row) error {
	if err := w.later(ctx, takeReserved, 1, r.seq); err != nil {
		return err
	}
	now := micros(w.now)
	if err := w.later(ctx, place, now, r.seq, now, r.seq, r.seq); err != nil {
		return err
	}
	return w.later(ctx, push, r.seq, now, r.seq)
}
