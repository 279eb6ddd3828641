package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// The patience with a database that another process has locked: each try waits
// for the engine's own busy timeout first.
const (
	tries      = 4
	firstPause = 5 * time.Millisecond
)

// DB is an open database. It is safe for use by several goroutines.
type DB struct {
	writer *sql.DB // SQLite: exactly one connection
	reader *sql.DB
	dialect
	alone alone
	known atomic.Int64 // the newest migration of this program; 0 before Migrate
}

// dialect is what the engines do not have in common.
type dialect struct {
	busy   func(error) bool                                     // the engine asks to try again
	lock   func(ctx context.Context, tx *sql.Tx, s Scope) error // waits until a transaction's turn has come
	read   sql.TxOptions
	budget time.Duration // of one transaction whose context has no earlier end; 0 for none
	now    func(ctx context.Context, tx *sql.Tx) (time.Time, error)
	schema func(text string) string // spells a migration
	hold   func(ctx context.Context, name string) (release func(), err error)
}

// Scope is a part of the database whose transactions run one at a time.
type Scope string

// Whole is the scope of all others too.
const Whole Scope = ""

// Close ends both pools. A second Close does nothing.
func (db *DB) Close() error {
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// Write runs f in a read-write transaction and commits it when f returns nil.
// While the engine reports that another writer was in the way, f is run again
// on a fresh transaction, so it must not keep anything from an earlier run.
func (db *DB) Write(ctx context.Context, f func(*sql.Tx) error) error {
	return db.WriteIn(ctx, Whole, f)
}

// WriteIn is Write for a transaction that depends on nothing outside of its
// scope, and that no transaction of another scope depends on: an engine that can
// runs it beside those.
func (db *DB) WriteIn(ctx context.Context, scope Scope, f func(*sql.Tx) error) error {
	pause := firstPause
	for try := 1; ; try++ {
		err := db.run(ctx, db.writer, &sql.TxOptions{}, func(ctx context.Context, tx *sql.Tx) error {
			if err := db.lock(ctx, tx, scope); err != nil {
				return fmt.Errorf("wait for other transactions: %w", err)
			}
			if err := db.current(ctx, tx); err != nil {
				return err
			}
			return f(tx)
		})
		if err == nil || !db.busy(err) || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
			pause *= 4
		}
	}
}

// Read runs f on one snapshot. A write inside it is an error.
func (db *DB) Read(ctx context.Context, f func(*sql.Tx) error) error {
	return db.run(ctx, db.reader, &db.read, func(_ context.Context, tx *sql.Tx) error { return f(tx) })
}

// Now is the database's time, the same for all processes on it.
func (db *DB) Now(ctx context.Context, tx *sql.Tx) (time.Time, error) { return db.now(ctx, tx) }

func (db *DB) run(ctx context.Context, pool *sql.DB, options *sql.TxOptions, f func(context.Context, *sql.Tx) error) error {
	if db.budget > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, db.budget)
		defer cancel()
	}
	tx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// A panic in f must not keep the only write connection. After a commit the
	// rollback does nothing.
	defer func() { _ = tx.Rollback() }()
	if err := f(ctx, tx); err != nil {
		if errors.Is(err, sql.ErrTxDone) { // rolled back behind f's back: the end of ctx says why
			return errors.Join(ctx.Err(), err)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", errors.Join(ctx.Err(), err))
	}
	return nil
}

// alone keeps what has a name to one goroutine of this process.
type alone struct {
	mu    sync.Mutex
	named map[string]*sync.Mutex
}

func (a *alone) lock(name string) (unlock func()) {
	a.mu.Lock()
	if a.named == nil {
		a.named = map[string]*sync.Mutex{}
	}
	if a.named[name] == nil {
		a.named[name] = &sync.Mutex{}
	}
	named := a.named[name]
	a.mu.Unlock()
	named.Lock()
	return named.Unlock
}

// Alone runs f while nobody else runs something of this name on the database:
// in this process, and, on an engine that several machines share, in any. It is
// no transaction, and when the connection is lost another process may begin
// before f has ended: f must bear that.
func (db *DB) Alone(ctx context.Context, name string, f func() error) error {
	defer db.alone.lock(name)()
	release, err := db.hold(ctx, name)
	if err != nil {
		return fmt.Errorf("wait for other processes: %w", err)
	}
	defer release()
	return f()
}
