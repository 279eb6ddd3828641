package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/reason"
)

// outboxMost bounds one call of Outbox.
const outboxMost = 1000

// Outbox implements Store. The rows stay until ship has returned nil; a crash
// between that and the deletion hands them out again. Their deletion is what
// announces them: once, however often they were handed out.
func (s *SQL) Outbox(ctx context.Context, limit int, ship func([]audit.Approval) error) (shipped int, err error) {
	err = s.db.Alone(ctx, "outbox", func() (err error) { // or the order would be lost
		shipped, err = s.ship(ctx, limit, ship)
		return err
	})
	return shipped, err
}

func (s *SQL) ship(ctx context.Context, limit int, ship func([]audit.Approval) error) (int, error) {
	var rows []audit.Approval
	var shipped []leaving
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
	if err := s.write(ctx, outgoing, func(ctx context.Context, w *work) error { return s.clear(ctx, w, rows, shipped) }); err != nil {
		return 0, fmt.Errorf("clear outbox: %w", err)
	}
	return len(rows), nil
}

// leaving is a row of the outbox that was shipped.
type leaving struct {
	seq   int64
	group string // that decides about the intent, or by now may too; "" without a hold
}

func (s *SQL) clear(ctx context.Context, w *work, rows []audit.Approval, shipped []leaving) error {
	seqs := make([]any, len(shipped))
	for i, l := range shipped {
		seqs[i] = l.seq
	}
	// #nosec G202 -- only placeholders are spelled
	left, err := ids(w.tx.QueryContext(ctx, "DELETE FROM outbox WHERE seq IN ("+placeholders(len(seqs))+") RETURNING seq", seqs...))
	if err != nil {
		return err
	}
	for i := range rows {
		if !slices.Contains(left, any(shipped[i].seq)) { // another process was faster, and has announced it
			continue
		}
		names, err := s.told(ctx, w, &rows[i], shipped[i].group)
		if err != nil {
			return err
		}
		if err := w.announce(ctx, &rows[i], names); err != nil {
			return err
		}
	}
	return nil
}

func readOutbox(ctx context.Context, tx *sql.Tx, limit int) (out []audit.Approval, shipped []leaving, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT o.seq, CASE WHEN o.reason = ? THEN i.escalate_to WHEN i.escalate_to <> '' AND i.escalate_at = 0 THEN i.hold_group || '|' || i.escalate_to ELSE i.hold_group END, o.at, o.tenant, o.decision, o.intent, o.version, o.state, o.actor, o.reason, o.action, o.digest, o.amount, o.currency
		FROM outbox o JOIN intents i ON i.id = o.intent ORDER BY o.seq LIMIT ?`, string(reason.Escalated), limit)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var l leaving
		var a audit.Approval
		if err := rows.Scan(&l.seq, &l.group, instant{&a.Time}, &a.Tenant, &a.Decision, &a.Intent, &a.Seq, &a.State, &a.Actor,
			&a.Reason, &a.Action, &a.Digest, &a.Amount, &a.Currency); err != nil {
			return nil, nil, err
		}
		out, shipped = append(out, a), append(shipped, l)
	}
	return out, shipped, rows.Err()
}
