package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/sqldb"
)

// Options are what a SQL ledger needs.
type Options struct {
	DB    *sqldb.DB       // of the ledger alone; Close closes it
	Clock clockwork.Clock // the database's time: all processes on it share the machine's clock
	// Channels are the names of the channels that are told of a row which leaves the
	// outbox, about an intent that group decides ("" without a hold); nil tells nobody.
	Channels func(row audit.Approval, group string) []string
}

// SQL is the Store on a database.
type SQL struct {
	db       *sqldb.DB
	clock    clockwork.Clock
	channels func(audit.Approval, string) []string
	watch    *watchers
	shipping sync.Mutex // one Outbox at a time, or the order would be lost
}

var _ Store = (*SQL)(nil)

// NewSQL brings the schema forward and returns a SQL ledger.
func NewSQL(o Options) (*SQL, error) {
	if o.DB == nil || o.Clock == nil {
		return nil, errors.New("ledger: an option is missing")
	}
	if err := o.DB.Migrate(context.Background(), migrations()); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	s := &SQL{db: o.DB, clock: o.Clock, channels: o.Channels}
	if s.channels == nil {
		s.channels = func(audit.Approval, string) []string { return nil }
	}
	s.watch = newWatchers(s.versions)
	return s, nil
}

// Close ends every Watch and closes the database.
func (s *SQL) Close() error {
	s.watch.close()
	return s.db.Close()
}

// Get implements Store.
func (s *SQL) Get(ctx context.Context, tenant, id string) (Intent, error) {
	var r *row
	err := s.db.Read(ctx, func(tx *sql.Tx) (err error) {
		r, err = byID(ctx, tx, tenant, id)
		return err
	})
	if err != nil {
		return Intent{}, fmt.Errorf("get intent %s: %w", id, err)
	}
	return r.Intent, nil
}

// List implements Store.
func (s *SQL) List(ctx context.Context, filter Filter) ([]Intent, error) {
	where, args := "WHERE tenant = ?", []any{filter.Tenant}
	if filter.States != nil {
		where += " AND state IN (" + placeholders(len(filter.States)) + ")"
		for _, state := range filter.States {
			args = append(args, string(state))
		}
	}
	if filter.Limit <= 0 {
		filter.Limit = 100
	}
	var found []*row
	err := s.db.Read(ctx, func(tx *sql.Tx) (err error) {
		found, err = find(ctx, tx, where+" ORDER BY seq DESC LIMIT ?", append(args, filter.Limit)...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list intents: %w", err)
	}
	intents := make([]Intent, len(found))
	for i, r := range found {
		intents[i] = r.Intent
	}
	return intents, nil
}

// Sums implements Store.
func (s *SQL) Sums(ctx context.Context, tenant, except string, queries []SumQuery) (sums policy.Sums, err error) {
	err = s.db.Read(ctx, func(tx *sql.Tx) (err error) {
		sums, _, err = readSums(ctx, tx, tenant, except, queries)
		return err
	})
	return sums, err
}

// write runs one transaction that changes intents, and wakes their watchers.
func (s *SQL) write(ctx context.Context, f func(*work) error) error {
	var w *work
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		w = &work{tx: tx, now: s.clock.Now().UTC().Truncate(time.Microsecond)}
		return f(w)
	})
	if err != nil {
		return err
	}
	s.watch.wake(w.changed...)
	return nil
}
