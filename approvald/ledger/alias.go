package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sallyport/sallyport/internal/reason"
)

// keyKind tells the keys of one agent, session and tool apart.
type keyKind string

// The kinds of keys.
const (
	businessKey keyKind = "business"
	clientKey   keyKind = "client"
)

func (k keyKind) of(q *OpenRequest) string {
	if k == clientKey {
		return q.Call.ClientKey
	}
	return q.BusinessKey
}

// named finds the intent that decides what a call means. The client key goes
// first, as long as its intent is on its way or has succeeded: a retry of an
// SDK gets its own answer even when the effect was repeated since. Otherwise
// the newest intent of the business key decides, so that nothing runs beside
// one that is on its way. misused: the client key named other arguments before.
func (w *work) named(ctx context.Context, q *OpenRequest) (found *row, mine, misused bool, err error) {
	if q.Call.ClientKey != "" {
		var asked string
		found, asked, err = w.byKey(ctx, q, clientKey)
		switch {
		case err != nil:
			return nil, false, false, err
		case found != nil && asked != q.Asked:
			return nil, false, true, nil
		case found != nil && (!found.State.Final() || found.State == Succeeded):
			return found, true, false, nil
		}
	}
	found, _, err = w.byKey(ctx, q, businessKey)
	return found, false, false, err
}

// byKey finds the newest intent of a key and the digest that was asked with it.
// One that waited too long is expired first.
func (w *work) byKey(ctx context.Context, q *OpenRequest, kind keyKind) (*row, string, error) {
	var seq int64
	var asked string
	err := w.tx.QueryRowContext(ctx, `SELECT intent, asked FROM aliases
		WHERE tenant = ? AND agent = ? AND session = ? AND tool = ? AND kind = ? AND name = ? ORDER BY intent DESC LIMIT 1`,
		q.Tenant, q.Identity.Agent, q.Identity.Session.ID, q.Call.Tool, string(kind), kind.of(q)).Scan(&seq, &asked)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	r, err := w.findOne(ctx, "WHERE seq = ?", seq)
	if err != nil {
		return nil, "", err
	}
	if r.State == Waiting && !w.now.Before(r.DueAt) {
		err = w.expire(ctx, r, Opening)
	}
	return r, asked, err
}

// alias remembers that the call's key of a kind names the intent.
func (w *work) alias(ctx context.Context, q *OpenRequest, r *row, kind keyKind) error {
	if kind.of(q) == "" {
		return nil
	}
	return w.later(ctx, `INSERT INTO aliases (tenant, agent, session, tool, kind, name, intent, asked)
		VALUES (?, ?, ?, ?, ?, ?, `+seqOf+`, ?) ON CONFLICT DO NOTHING`,
		q.Tenant, q.Identity.Agent, q.Identity.Session.ID, q.Call.Tool, string(kind), kind.of(q), r.ID, q.Asked)
}

// expire ends a waiting intent that nobody answered in time.
func (w *work) expire(ctx context.Context, r *row, by Move) error {
	r.Reason = reason.HoldExpired
	if err := w.move(ctx, r, by, Expired, gateway, r.Reason); err != nil {
		return fmt.Errorf("expire %s: %w", r.ID, err)
	}
	return nil
}
