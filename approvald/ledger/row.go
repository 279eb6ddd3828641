package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/action"
)

// pack prepares an intent for storing.
func (r *row) pack(sealer Sealer) (*packed, error) {
	p := &packed{args: action.MarshalArgs(r.Call.Args), facts: action.MarshalFacts(r.Facts)}
	if r.Identity.Roles != nil {
		roles, err := json.Marshal(r.Identity.Roles)
		if err != nil {
			return nil, err
		}
		p.roles = sql.NullString{String: string(roles), Valid: true}
	}
	if r.Hold != nil {
		p.hold = *r.Hold
	}
	if r.Outcome != nil {
		p.outcome, p.status = *r.Outcome, sql.NullInt64{Int64: int64(r.Outcome.Status), Valid: true}
	}
	return p, p.seal(sealer, r)
}

// unpack completes an intent that was scanned.
func (r *row) unpack(p *packed, sealer Sealer) (err error) {
	r.Identity.Tenant = r.Tenant
	if !r.State.Known() {
		return fmt.Errorf("intent %s has the unknown state %q", r.ID, r.State)
	}
	if err := p.open(sealer, r); err != nil {
		return fmt.Errorf("intent %s: %w", r.ID, err)
	}
	if p.roles.Valid {
		if err := json.Unmarshal([]byte(p.roles.String), &r.Identity.Roles); err != nil {
			return fmt.Errorf("intent %s: roles: %w", r.ID, err)
		}
	}
	if r.Call.Args, err = action.UnmarshalArgs(p.args); err != nil {
		return fmt.Errorf("intent %s: arguments: %w", r.ID, err)
	}
	if r.Facts, err = action.UnmarshalFacts(p.facts); err != nil {
		return fmt.Errorf("intent %s: facts: %w", r.ID, err)
	}
	if p.hold.Votes > 0 {
		hold := p.hold
		r.Hold = &hold
	}
	if p.status.Valid {
		outcome := p.outcome
		outcome.Status = int(p.status.Int64)
		r.Outcome = &outcome
	}
	return nil
}

// view is a transaction that reads intents.
type view struct {
	tx     *sql.Tx
	sealer Sealer
}

// find reads the intents a clause selects, with their votes.
func (v view) find(ctx context.Context, where string, args ...any) (_ []*row, err error) {
	rows, err := v.tx.QueryContext(ctx, selectIntents(where), args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var found []*row
	for rows.Next() {
		r, err := v.scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if err := v.addEdits(ctx, found); err != nil {
		return nil, err
	}
	return found, addVotes(ctx, v.tx, found)
}

func (v view) scan(rows *sql.Rows) (*row, error) {
	r, p := &row{}, &packed{}
	into := []any{&r.seq}
	for _, c := range r.columns(p) {
		into = append(into, c.into)
	}
	if err := rows.Scan(into...); err != nil {
		return nil, err
	}
	r.Edits = make([]Edit, p.edits) // find reads them
	return r, r.unpack(p, v.sealer)
}

// findOne is find for at most one intent; it is nil when there is none.
func (v view) findOne(ctx context.Context, where string, args ...any) (*row, error) {
	found, err := v.find(ctx, where, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// byID finds an intent of a tenant, else ErrNotFound.
func (v view) byID(ctx context.Context, tenant, id string) (*row, error) {
	r, err := v.findOne(ctx, "WHERE id = ? AND tenant = ?", id, tenant)
	if err == nil && r == nil {
		err = ErrNotFound
	}
	return r, err
}

func addVotes(ctx context.Context, tx *sql.Tx, found []*row) error {
	for _, r := range found {
		if r.Hold == nil {
			continue
		}
		if err := r.readVotes(ctx, tx); err != nil {
			return fmt.Errorf("votes on %s: %w", r.ID, err)
		}
	}
	return nil
}

func (r *row) readVotes(ctx context.Context, tx *sql.Tx) (err error) {
	rows, err := tx.QueryContext(ctx, "SELECT person, approve, digest, reason, at FROM votes WHERE intent = ? ORDER BY seq", r.seq)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var v Vote
		if err := rows.Scan(&v.Person, &v.Approve, &v.Digest, &v.Reason, instant{&v.At}); err != nil {
			return err
		}
		r.Votes = append(r.Votes, v)
	}
	return rows.Err()
}

// wakeAt is when Claim must look at an intent again; NULL is never.
func (r *row) wakeAt() sql.NullInt64 {
	var at time.Time
	switch r.State {
	case Waiting:
		at = r.DueAt
		if !r.EscalateAt.IsZero() && r.EscalateAt.Before(at) {
			at = r.EscalateAt
		}
	case Approved:
		at = r.NotBefore
	case Executing:
		at = r.LeaseUntil
	case Unknown:
		at = latest(r.NotBefore, r.LeaseUntil)
	default:
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: micros(at), Valid: true}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func placeholders(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }
