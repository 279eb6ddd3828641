package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	writer *sql.DB // exactly one connection
	reader *sql.DB
	busy   func(error) bool // the engine asks to try again
}

// Close ends both pools. A second Close does nothing.
func (db *DB) Close() error {
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// Write runs f in a read-write transaction and commits it when f returns nil.
// While the engine reports that another writer was in the way, f is run again
// on a fresh transaction, so it must not keep anything from an earlier run.
func (db *DB) Write(ctx context.Context, f func(*sql.Tx) error) error {
	pause := firstPause
	for try := 1; ; try++ {
		err := run(ctx, db.writer, &sql.TxOptions{}, f)
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
	return run(ctx, db.reader, &sql.TxOptions{ReadOnly: true}, f)
}

func run(ctx context.Context, pool *sql.DB, options *sql.TxOptions, f func(*sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// A panic in f must not keep the only write connection. After a commit the
	// rollback does nothing.
	defer func() { _ = tx.Rollback() }()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", errors.Join(ctx.Err(), err))
	}
	return nil
}
