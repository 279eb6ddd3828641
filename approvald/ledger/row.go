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
	p := &packed{args: action.MarshalArgs(r.Call.Args), facts: action.MarshalFacts(r.Facts), said: []byte(r.Said)}
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

// unpack completes an intent that was scanned, as far as it can be read.
func (r *row) unpack(p *packed, sealer Sealer) {
	r.Identity.Tenant = r.Tenant
	if p.hold.Votes > 0 {
		hold := p.hold
		r.Hold = &hold
	}
	switch {
	case !r.State.Known():
		r.spoil(fmt.Errorf("it has the unknown state %q", r.State))
	case p.sealed == isErased && !r.State.Final():
		r.spoil(errors.New("what is not over has no bodies"))
	case p.sealed == isErased:
		r.Bodies = Erased
	default:
		r.spoil(r.unseal(p, sealer))
	}
	if p.roles.Valid {
		if err := json.Unmarshal([]byte(p.roles.String), &r.Identity.Roles); err != nil {
			r.spoil(fmt.Errorf("roles: %w", err))
		}
	}
}

// spoil marks an intent that cannot be read.
func (r *row) spoil(err error) {
	if err == nil {
		return
	}
	r.unread = fmt.Errorf("intent %s: %w: %w", r.ID, ErrUnreadable, err)
	r.Bodies, r.Call.Args, r.Facts, r.Outcome, r.Edits = Unreadable, nil, nil, nil, nil
}

func (r *row) unseal(p *packed, sealer Sealer) (err error) {
	if err := p.open(sealer, r); err != nil {
		return err
	}
	if r.Call.Args, err = action.UnmarshalArgs(p.args); err != nil {
		return fmt.Errorf("arguments: %w", err)
	}
	if r.Facts, err = action.UnmarshalFacts(p.facts); err != nil {
		return fmt.Errorf("facts: %w", err)
	}
	r.Said = string(p.said)
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

// find reads the intents a clause selects, with their votes. All of them can be
// read, or it fails.
func (v view) find(ctx context.Context, where string, args ...any) ([]*row, error) {
	found, err := v.findAll(ctx, where, args...)
	for _, r := range found {
		err = errors.Join(err, r.unread)
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

// findAll is find with those that cannot be read among them.
func (v view) findAll(ctx context.Context, where string, args ...any) (_ []*row, err error) {
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
	r.Edits = make([]Edit, p.edits) // findAll reads them
	r.unpack(p, v.sealer)
	return r, nil
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
