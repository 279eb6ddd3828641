package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/sallyport/sallyport/internal/audit"
)

// outboxMost bounds one call of Outbox.
const outboxMost = 1000

// Outbox implements Store. The rows stay until ship has returned nil; a crash
// between that and the deletion hands them out again.
func (s *SQL) Outbox(ctx context.Context, limit int, ship func([]audit.Approval) error) (int, error) {
	s.shipping.Lock()
	defer s.shipping.Unlock()
	var rows []audit.Approval
	var shipped []any
	err := s.db.Read(ctx, func(tx *sql.Tx) (err error) {
		rows, shipped, err = readOutbox(ctx, tx, min(limit, outboxMost))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read outbox: %w", err)
	}
	if len(rows) == 0 {
		return 0, nil
	}
	if err := ship(rows); err != nil {
		return 0, fmt.Errorf("ship outbox: %w", err)
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		// #nosec G202 -- only placeholders are spelled
		_, err := tx.ExecContext(ctx, "DELETE FROM outbox WHERE seq IN ("+placeholders(len(shipped))+")", shipped...)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("clear outbox: %w", err)
	}
	return len(rows), nil
}

func readOutbox(ctx context.Context, tx *sql.Tx, limit int) (out []audit.Approval, seqs []any, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT seq, at, tenant, decision, intent, version, state, actor, reason, action, digest, amount, currency
		FROM outbox ORDER BY seq LIMIT ?`, limit)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var seq int64
		var a audit.Approval
		if err := rows.Scan(&seq, instant{&a.Time}, &a.Tenant, &a.Decision, &a.Intent, &a.Seq, &a.State, &a.Actor,
			&a.Reason, &a.Action, &a.Digest, &a.Amount, &a.Currency); err != nil {
			return nil, nil, err
		}
		out, seqs = append(out, a), append(seqs, seq)
	}
	return out, seqs, rows.Err()
}
