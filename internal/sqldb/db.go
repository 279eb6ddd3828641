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
	turns turns
	known atomic.Int64 // the newest migration of this program; 0 before Migrate
}

// dialect is what the engines do not have in common.
type dialect struct {
	busy   func(error) bool // the engine asks to try again
	scoped bool             // transactions of two scopes run beside each other
	// begin waits until a transaction's turn has come, and says which schema the
	// database has then, when it is asked for that, else 0.
	begin  func(ctx context.Context, s Scope, schema bool) (t Turn, version int, err error)
	read   sql.TxOptions
	budget time.Duration // of one transaction; 0 for none
	// takesIn is how long one that is shared takes others in.
	takesIn time.Duration
	now     func(ctx context.Context, tx *sql.Tx) (time.Time, error)
	schema  func(text string) string // spells a migration
	hold    func(ctx context.Context, name string) (release func(), err error)
}

// Turn is a transaction that writes, when its turn has come.
type Turn struct {
	Tx  *sql.Tx
	Now time.Time // the database's, the same for all processes on it
}

// Scope is a part of the database whose transactions run one at a time.
type Scope string

// Whole is the scope of all others too.
const Whole Scope = ""

// Close ends both pools. A second Close does nothing.
func (db *DB) Close() error {
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// Write runs f in a read-write transaction and commits it when f returns nil. f may
// be run again on a fresh one, so it must not keep anything from an earlier run; it
// must not call Write. When ctx ends before f is run, it is not; later the end of ctx
// changes nothing, and the ctx that f is given is another one.
func (db *DB) Write(ctx context.Context, f func(context.Context, Turn) error) error {
	return db.WriteIn(ctx, Whole, f)
}

// WriteIn is Write for a transaction that depends on nothing outside of its
// scope, and that no transaction of another scope depends on: an engine that can
// runs it beside those. Those of one scope that wait in this process share a
// transaction (turns.go).
func (db *DB) WriteIn(ctx context.Context, scope Scope, f func(context.Context, Turn) error) error {
	if !db.scoped {
		scope = Whole
	}
	return db.share(ctx, scope, f)
}

// write runs f in a transaction, while the engine reports that another one was in
// the way again.
func (db *DB) write(ctx context.Context, scope Scope, f func(context.Context, Turn) error) error {
	pause := firstPause
	for try := 1; ; try++ {
		err := db.turn(ctx, scope, f)
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

func (db *DB) turn(ctx context.Context, scope Scope, f func(context.Context, Turn) error) error {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	known := int(db.known.Load())
	t, version, err := db.begin(ctx, scope, known > 0)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return end(ctx, t.Tx, func() error {
		if err := outdated(version, known); err != nil {
			return err
		}
		return f(ctx, t)
	})
}

// bounded ends what takes longer than a transaction may.
func (db *DB) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if db.budget == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, db.budget)
}

// Read runs f on one snapshot. A write inside it is an error.
func (db *DB) Read(ctx context.Context, f func(*sql.Tx) error) error {
	ctx, cancel := db.bounded(ctx)
	defer cancel()
	tx, err := db.reader.BeginTx(ctx, &db.read)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return end(ctx, tx, func() error { return f(tx) })
}

// Now is the database's time, the same for all processes on it.
func (db *DB) Now(ctx context.Context, tx *sql.Tx) (time.Time, error) { return db.now(ctx, tx) }

// end commits a transaction after f, or rolls it back.
func end(ctx context.Context, tx *sql.Tx, f func() error) error {
	// A panic in f must not keep the only write connection. After a commit the
	// rollback does nothing.
	defer func() { _ = tx.Rollback() }()
	if err := f(); err != nil {
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
