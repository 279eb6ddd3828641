package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/sqldb"
)

// Options are what a SQL ledger needs.
type Options struct {
	DB     *sqldb.DB       // of the ledger alone; Close closes it
	Sealer Sealer          // of bodies
	Clock  clockwork.Clock // in the place of the database's time; nil takes that
	// Channels are the names of the channels that are told of a row which leaves the
	// outbox, about an intent that group decides ("" without a hold), those who may
	// since an escalation among them; of that one itself these alone. nil tells nobody.
	Channels func(row audit.Approval, group string) []string
	// People say which people are told of such a row in their browsers; nil, or a
	// nil answer, tells nobody.
	People func(row audit.Approval, group string) func(person string, claims []string) bool
}

// SQL is the Store on a database.
type SQL struct {
	db       *sqldb.DB
	sealer   Sealer
	clock    clockwork.Clock // nil for the database's time
	channels func(audit.Approval, string) []string
	people   func(audit.Approval, string) func(string, []string) bool
	watch    *watchers
}

var _ Store = (*SQL)(nil)

// NewSQL brings the schema forward and returns a SQL ledger.
func NewSQL(o Options) (*SQL, error) {
	if o.DB == nil || o.Sealer == nil {
		return nil, errors.New("ledger: an option is missing")
	}
	if err := o.DB.Migrate(context.Background(), migrations()); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	s := &SQL{db: o.DB, sealer: o.Sealer, clock: o.Clock, channels: o.Channels, people: o.People}
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
		r, err = view{tx, s.sealer}.byID(ctx, tenant, id)
		return err
	})
	if err != nil {
		return Intent{}, fmt.Errorf("get intent %s: %w", id, err)
	}
	return r.Intent, nil
}

// List implements Store.
func (s *SQL) List(ctx context.Context, filter Filter) ([]Intent, error) {
	if filter.States != nil && len(filter.States) == 0 {
		return nil, nil
	}
	where, args := "WHERE tenant = ?", []any{filter.Tenant}
	if filter.States != nil {
		where += " AND state IN (" + placeholders(len(filter.States)) + ")"
		for _, state := range filter.States {
			args = append(args, string(state))
		}
	}
	if first := filter.Undoes; first != nil {
		where += " AND seq IN (SELECT intent FROM aliases WHERE tenant = ? AND agent = ? AND session = ? AND tool = ? AND kind = ? AND name = ?)"
		args = append(args, filter.Tenant, gateway, first.Identity.Session.ID, first.Call.Tool, string(businessKey), UndoKey(first.ID))
	}
	if filter.Limit <= 0 {
		filter.Limit = 100
	}
	if filter.Denied != nil {
		denied, about := deniedLike(filter.Denied, filter.Limit)
		where, args = where+denied, append(args, about...)
	}
	var found []*row
	err := s.db.Read(ctx, func(tx *sql.Tx) (err error) {
		found, err = view{tx, s.sealer}.findAll(ctx, where+" ORDER BY seq DESC LIMIT ?", append(args, filter.Limit)...)
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
		now, err := s.now(ctx, tx)
		if err != nil {
			return err
		}
		sums, _, err = readSums(ctx, tx, now, tenant, except, queries)
		return err
	})
	return sums, err
}

// outgoing is the scope of what leaves the ledger: outbox and deliveries.
const outgoing sqldb.Scope = "outgoing"

// of is the scope of a tenant's intents and all that belongs to them.
func of(tenant string) sqldb.Scope { return sqldb.Scope("tenant " + tenant) }

// write runs one transaction that changes intents, and wakes their watchers.
// Nothing in it depends on what is outside of the scope. f goes by the ctx that it
// is given: it may share its transaction with others'.
func (s *SQL) write(ctx context.Context, scope sqldb.Scope, f func(context.Context, *work) error) error {
	var w *work
	err := s.db.WriteIn(ctx, scope, func(ctx context.Context, t sqldb.Turn) error {
		w = &work{view: view{t.Tx, s.sealer}, now: s.fine(t.Now)}
		return f(ctx, w)
	})
	if err != nil {
		return err
	}
	s.watch.wake(w.changed...)
	return nil
}

// now is the time of a transaction that reads.
func (s *SQL) now(ctx context.Context, tx *sql.Tx) (now time.Time, err error) {
	if s.clock == nil {
		now, err = s.db.Now(ctx, tx)
	}
	return s.fine(now), err
}

// fine is the database's time, or that of the clock in its place, as fine as it is
// stored.
func (s *SQL) fine(now time.Time) time.Time {
	if s.clock != nil {
		now = s.clock.Now()
	}
	return now.UTC().Truncate(time.Microsecond)
}
