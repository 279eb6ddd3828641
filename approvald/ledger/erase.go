package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// overLong selects a tenant's intents that have been over since before a time and
// still have bodies. How one ended, and for how much, is clear.
const overLong = "tenant = ? AND sealed <> 2 AND updated_at < ? AND state IN ('succeeded', 'failed', 'denied', 'expired', 'cancelled')"

// Erase implements Store.
func (s *SQL) Erase(ctx context.Context, tenant string, keep time.Duration, limit int) (erased int, err error) {
	if keep <= 0 || limit < 1 {
		return 0, errors.New("erase: a time and a limit are needed")
	}
	before, any, err := s.overLong(ctx, tenant, keep)
	if err != nil || !any {
		return 0, err
	}
	err = s.write(ctx, of(tenant), func(ctx context.Context, w *work) error {
		erased = 0
		seqs, err := ids(w.tx.QueryContext(ctx, "SELECT seq FROM intents WHERE "+overLong+" ORDER BY updated_at LIMIT ?", tenant, micros(before), limit))
		if err != nil {
			return err
		}
		for _, seq := range seqs {
			if err := w.erase(ctx, seq); err != nil {
				return err
			}
		}
		erased = len(seqs)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("erase bodies of %s: %w", tenant, err)
	}
	return erased, nil
}

// overLong says whether there is anything to erase, without a transaction that
// writes: mostly there is nothing.
func (s *SQL) overLong(ctx context.Context, tenant string, keep time.Duration) (before time.Time, any bool, err error) {
	err = s.db.Read(ctx, func(tx *sql.Tx) error {
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		before = now.Add(-keep)
		return tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM intents WHERE "+overLong+")", tenant, micros(before)).Scan(&any)
	})
	return before, any, err
}

// erase is a mark, no new version, as deliver's: what can be known of the intent
// besides its bodies stays as it is. What people said of it goes with them: it is
// free text about somebody.
func (w *work) erase(ctx context.Context, seq any) error {
	_, err := w.tx.ExecContext(ctx, "UPDATE intents SET args = ?, facts = ?, outcome_body = ?, said = ?, say = '', sealed = ? WHERE seq = ?", []byte{}, []byte{}, []byte{}, []byte{}, isErased, seq)
	if err == nil {
		_, err = w.tx.ExecContext(ctx, "UPDATE votes SET reason = '' WHERE intent = ?", seq)
	}
	if err == nil {
		_, err = w.tx.ExecContext(ctx, "UPDATE edits SET args = ? WHERE intent = ?", []byte{}, seq)
	}
	return err
}
