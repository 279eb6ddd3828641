package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sallyport/sallyport/internal/audit"
)

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	Due  DeliveryState = "due"
	Done DeliveryState = "done"
	Dead DeliveryState = "dead" // given up; a person may have it sent again
)

// Bounds of deliveries: how many of one channel, and of one tenant, are on their way
// at a time, so that those which do not answer keep nobody else's waiting, and for
// how long it is known what was sent.
const (
	perChannel = 4
	perTenant  = 12
	keepDone   = 30 * 24 * time.Hour
)

// Delivery is one event on its way out over one channel.
type Delivery struct {
	ID        int64
	Tenant    string
	Channel   string
	Event     State
	Intent    string
	Version   int64 // of the intent, after the event
	At        time.Time
	State     DeliveryState
	Attempts  int       // that failed
	NextAt    time.Time // due: not before; else when it ended
	Error     string    // of the last attempt
	Reference string    // what the channel calls the last delivery about the intent
}

// DeliveryClaim asks for deliveries that are due.
type DeliveryClaim struct {
	Owner string
	Limit int
	Lease time.Duration
}

// Deliveries is the part of a ledger that tells of intents. Every call is one
// transaction, as those of Store.
type Deliveries interface {
	// ClaimDeliveries leases deliveries that are due. Those about one intent leave
	// over one channel in the order of their events.
	ClaimDeliveries(ctx context.Context, claim DeliveryClaim) ([]Delivery, error)
	// Delivered ends a claimed delivery. The reference, if the channel gave one, is
	// that of every later delivery about the intent.
	Delivered(ctx context.Context, owner string, d Delivery, reference string) error
	// Undelivered notes why an attempt failed; it is made again after a while, or
	// with 0 never, unless a person asks for it.
	Undelivered(ctx context.Context, owner string, d Delivery, why string, again time.Duration) error
	// Redeliver has a tenant's dead delivery sent again, else ErrNotFound.
	Redeliver(ctx context.Context, tenant string, id int64) error
	// Unheard gives a tenant's deliveries that failed at least once and are due or
	// dead, the oldest first.
	Unheard(ctx context.Context, tenant string, limit int) ([]Delivery, error)
}

var _ Deliveries = (*SQL)(nil)

// leaseDeliveries takes the owner, the end of the lease, now twice, the bound of one
// channel, now, and the bounds of one tenant and of all. What is told to several people
// over one channel, mail/ann and mail/bob, is of that one; each subscription is its own.
// Tenants take turns, and what is on its way counts: whoever has much of it comes behind
// who has nothing.
const leaseDeliveries = `UPDATE deliveries SET owner = ?, lease_until = ? WHERE state = 'due' AND lease_until <= ? AND seq IN (
	SELECT seq FROM (
		SELECT seq, next_at, lease_until, ROW_NUMBER() OVER (PARTITION BY tenant ORDER BY lease_until DESC, next_at, seq) AS turn FROM (
			SELECT d.seq, d.tenant, d.next_at, d.lease_until, ROW_NUMBER() OVER (
				PARTITION BY d.tenant, CASE WHEN d.channel LIKE '%/%' AND d.channel NOT LIKE '` + SubscriptionPrefix + `%' THEN RTRIM(d.channel, REPLACE(d.channel, '/', '')) ELSE d.channel END ORDER BY d.lease_until DESC, d.next_at, d.seq) AS place
			FROM deliveries d WHERE d.state = 'due' AND d.next_at <= ? AND NOT EXISTS (
				SELECT 1 FROM deliveries e WHERE e.tenant = d.tenant AND e.channel = d.channel AND e.intent = d.intent AND e.seq < d.seq AND e.state = 'due')
		) placed WHERE place <= ?
	) ranked WHERE lease_until <= ? AND turn <= ? ORDER BY turn, next_at, seq LIMIT ?) RETURNING seq`

const deliveryColumns = "d.seq, d.tenant, d.channel, d.event, d.intent, d.version, d.at, d.state, d.attempts, d.next_at, d.error"

// announce writes the deliveries of rows that leave the outbox, in the
// transaction that deletes them: each event is told over each channel once.
func (w *work) announce(ctx context.Context, a *audit.Approval, channels []string) error {
	for _, name := range channels {
		err := w.later(ctx, `INSERT INTO deliveries (tenant, channel, event, intent, version, at, state, attempts, next_at, owner, lease_until, error, reference)
			VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, '', 0, '', '')`,
			a.Tenant, name, eventOf(a), a.Intent, a.Seq, micros(a.Time), string(Due), micros(w.now))
		if err != nil {
			return fmt.Errorf("announce: %w", err)
		}
	}
	return nil
}

// ClaimDeliveries implements Deliveries.
func (s *SQL) ClaimDeliveries(ctx context.Context, claim DeliveryClaim) ([]Delivery, error) {
	var out []Delivery
	err := s.write(ctx, outgoing, func(ctx context.Context, w *work) (err error) {
		out = nil
		if _, err = w.tx.ExecContext(ctx, "DELETE FROM deliveries WHERE state = ? AND next_at < ?", string(Done), micros(w.now.Add(-keepDone))); err != nil {
			return err
		}
		now, until := micros(w.now), micros(w.now.Add(claim.Lease))
		leased, err := ids(w.tx.QueryContext(ctx, leaseDeliveries, claim.Owner, until, now, now, perChannel, now, perTenant, claim.Limit))
		if err != nil || len(leased) == 0 {
			return err
		}
		out, err = readDeliveries(ctx, w.tx, "WHERE d.seq IN ("+placeholders(len(leased))+") ORDER BY d.next_at, d.seq", leased...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return out, nil
}

// Delivered implements Deliveries.
func (s *SQL) Delivered(ctx context.Context, owner string, d Delivery, reference string) error {
	return s.endDelivery(ctx, owner, d, func(w *work) []any {
		return []any{string(Done), d.Attempts, micros(w.now), "", reference}
	})
}

// Undelivered implements Deliveries.
func (s *SQL) Undelivered(ctx context.Context, owner string, d Delivery, why string, again time.Duration) error {
	return s.endDelivery(ctx, owner, d, func(w *work) []any {
		state := Due
		if again <= 0 {
			state = Dead
		}
		return []any{string(state), d.Attempts + 1, micros(w.now.Add(again)), why, ""}
	})
}

func (s *SQL) endDelivery(ctx context.Context, owner string, d Delivery, values func(*work) []any) error {
	err := s.write(ctx, outgoing, func(ctx context.Context, w *work) error {
		_, err := w.tx.ExecContext(ctx, "UPDATE deliveries SET state = ?, attempts = ?, next_at = ?, error = ?, reference = ?, owner = '', lease_until = 0 WHERE seq = ? AND owner = ?",
			append(values(w), d.ID, owner)...)
		return err
	})
	if err != nil {
		return fmt.Errorf("end delivery %d: %w", d.ID, err)
	}
	return nil
}

// Redeliver implements Deliveries.
func (s *SQL) Redeliver(ctx context.Context, tenant string, id int64) error {
	return s.write(ctx, outgoing, func(ctx context.Context, w *work) error {
		result, err := w.tx.ExecContext(ctx, "UPDATE deliveries SET state = ?, attempts = 0, next_at = ? WHERE seq = ? AND tenant = ? AND state = ?",
			string(Due), micros(w.now), id, tenant, string(Dead))
		if err != nil {
			return fmt.Errorf("redeliver %d: %w", id, err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrNotFound)
		}
		return nil
	})
}

// Unheard implements Deliveries.
func (s *SQL) Unheard(ctx context.Context, tenant string, limit int) (out []Delivery, err error) {
	err = s.db.Read(ctx, func(tx *sql.Tx) (err error) {
		out, err = readDeliveries(ctx, tx, "WHERE d.tenant = ? AND (d.state = ? OR d.state = ? AND d.attempts > 0) ORDER BY d.seq LIMIT ?",
			tenant, string(Dead), string(Due), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	return out, nil
}

// ids reads a column of numbers.
func ids(rows *sql.Rows, failed error) (out []any, err error) {
	if failed != nil {
		return nil, failed
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

func readDeliveries(ctx context.Context, tx *sql.Tx, where string, args ...any) (out []Delivery, err error) {
	// #nosec G202 -- the clauses are this file's
	rows, err := tx.QueryContext(ctx, "SELECT "+deliveryColumns+`, COALESCE((SELECT e.reference FROM deliveries e
		WHERE e.tenant = d.tenant AND e.channel = d.channel AND e.intent = d.intent AND e.reference <> '' ORDER BY e.seq DESC LIMIT 1), '')
		FROM deliveries d `+where, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d Delivery
		if err := rows.Scan(&d.ID, &d.Tenant, &d.Channel, &d.Event, &d.Intent, &d.Version, instant{&d.At}, &d.State,
			&d.Attempts, instant{&d.NextAt}, &d.Error, &d.Reference); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}
