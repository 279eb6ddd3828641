package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sallyport/sallyport/internal/reason"
)

// claimBatch bounds one claim's transaction, expiries and lapsed leases included.
const claimBatch = 128

// Claim implements Store.
func (s *SQL) Claim(ctx context.Context, claim ClaimRequest) ([]Intent, error) {
	if claim.Owner == "" || claim.Limit < 1 || claim.Lease <= 0 || claim.SendWithin <= 0 || claim.Settle < 0 {
		return nil, errors.New("claim: an owner, a limit and positive times are needed")
	}
	tenants, err := s.due(ctx)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	var claimed []Intent
	var failed error
	for _, tenant := range tenants {
		rest := claim
		if rest.Limit -= len(claimed); rest.Limit == 0 {
			break
		}
		var more []Intent
		var unread error
		err := s.write(ctx, of(tenant), func(ctx context.Context, w *work) (err error) {
			more, unread, err = w.claim(ctx, tenant, rest)
			return err
		})
		if err != nil {
			return claimed, fmt.Errorf("claim: %w", err) // what was claimed before is leased
		}
		claimed, failed = append(claimed, more...), errors.Join(failed, unread)
	}
	return claimed, failed
}

// due names the tenants of which something is due, whoever waits longest first.
// Mostly there is none, and nobody has to wait for a transaction that finds that
// out.
func (s *SQL) due(ctx context.Context) (tenants []string, err error) {
	err = s.db.Read(ctx, func(tx *sql.Tx) (err error) {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		tenants = nil
		rows, err := tx.QueryContext(ctx, "SELECT tenant FROM intents WHERE wake_at <= ? GROUP BY tenant ORDER BY MIN(wake_at), tenant LIMIT ?", micros(now), claimBatch)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			var tenant string
			if err := rows.Scan(&tenant); err != nil {
				return err
			}
			tenants = append(tenants, tenant)
		}
		return rows.Err()
	})
	return tenants, err
}

// claim takes what is due, and says what of it cannot be read: that is looked at
// again after a while.
func (w *work) claim(ctx context.Context, tenant string, claim ClaimRequest) (claimed []Intent, unread, err error) {
	due, err := w.findAll(ctx, "WHERE tenant = ? AND wake_at <= ? ORDER BY wake_at, seq LIMIT ?", tenant, micros(w.now), max(claimBatch, claim.Limit))
	if err != nil {
		return nil, nil, err
	}
	for _, r := range due {
		if r.unread != nil {
			unread = errors.Join(unread, r.unread)
			if err := w.postpone(ctx, r); err != nil {
				return nil, nil, err
			}
			continue
		}
		if err := w.lapse(ctx, r, claim); err != nil {
			return nil, nil, err
		}
		if len(claimed) == claim.Limit || !w.ready(r) {
			continue
		}
		if err := w.take(ctx, r, claim); err != nil {
			return nil, nil, err
		}
		claimed = append(claimed, r.Intent)
	}
	return claimed, unread, nil
}

// unreadFor is how long what cannot be read is passed over: a key may be put back.
const unreadFor = 10 * time.Minute

// postpone leaves everything of an intent as it is but when it is looked at again.
func (w *work) postpone(ctx context.Context, r *row) error {
	return w.later(ctx, "UPDATE intents SET wake_at = ? WHERE seq = ?", micros(w.now.Add(unreadFor)), r.seq)
}

// lapse ends what time has ended: a hold nobody answered, and an attempt whose
// owner is gone. One that was never aimed was never sent, and its owner cannot
// aim it any more; any other may still land until its order is too late and the
// tool's timeout has passed.
func (w *work) lapse(ctx context.Context, r *row, claim ClaimRequest) error {
	switch r.State {
	case Waiting:
		if w.now.Before(r.DueAt) {
			return w.escalate(ctx, r)
		}
		return w.expire(ctx, r, Claiming)
	case Executing:
		r.LeaseOwner, r.LeaseUntil = "", fromMicros(0)
		if r.Target == "" {
			return w.move(ctx, r, Claiming, Approved, gateway, "")
		}
		r.NotBefore, r.Reason = r.SendBefore.Add(claim.Settle), reason.OutcomeUnknown
		return w.move(ctx, r, Claiming, Unknown, gateway, r.Reason)
	default:
		return nil
	}
}

func (w *work) ready(r *row) bool {
	at := r.wakeAt()
	return in(r.State, Approved, Unknown) && at.Int64 <= micros(w.now)
}

// take leases an intent. An Unknown one keeps its attempt, and with it the
// provider's key; it rests again until this owner's sending can have landed,
// in case the owner goes too.
func (w *work) take(ctx context.Context, r *row, claim ClaimRequest) error {
	r.lease(w.now, claim.Owner, claim.Lease, claim.SendWithin)
	if r.State == Unknown {
		r.NotBefore = r.SendBefore.Add(claim.Settle)
		return w.move(ctx, r, Claiming, Unknown, gateway, r.Reason)
	}
	r.attempt(w.now)
	r.Reason, r.Say = "", ""
	return w.move(ctx, r, Claiming, Executing, gateway, r.Reason)
}
