package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many transactions read at the same time.
const readers = 4

// OpenSQLite opens the SQLite database at path and makes it, with mode 0600,
// when there is none; the folder must be there. A file that others may read or
// write, or that belongs to somebody else, is refused.
func OpenSQLite(path string) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := guard(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db := &DB{}
	db.dialect = sqlite3Dialect(db)
	if db.writer, err = pool(path, 1, "_txlock=immediate", "journal_mode(WAL)"); err != nil {
		return nil, err
	}
	if db.reader, err = pool(path, readers, "mode=rw", "query_only(ON)"); err != nil {
		_ = db.writer.Close()
		return nil, err
	}
	return db, nil
}

// sqlite3Dialect: the transaction has the only write lock from its begin, and the
// processes on one file share the machine's clock.
func sqlite3Dialect(db *DB) dialect {
	return dialect{
		busy:    sqliteBusy,
		begin:   db.beginSQLite,
		read:    sql.TxOptions{ReadOnly: true},
		takesIn: takesIn,
		now:     func(context.Context, *sql.Tx) (time.Time, error) { return time.Now(), nil },
		schema:  func(text string) string { return text },
		hold:    func(context.Context, string) (func(), error) { return func() {}, nil },
	}
}

func (db *DB) beginSQLite(ctx context.Context, _ Scope, known bool) (t Turn, version int, err error) {
	if t.Tx, err = db.writer.BeginTx(ctx, nil); err != nil {
		return t, 0, err
	}
	t.Now = time.Now()
	if known {
		version, err = schemaVersion(ctx, t.Tx)
	}
	if err != nil {
		err = errors.Join(err, t.Tx.Rollback())
	}
	return t, version, err
}

// pool opens connections that are set up alike: a setting holds for one
// connection only, so each of them carries all.
func pool(path string, size int, option, pragma string) (*sql.DB, error) {
	query := option
	for _, p := range []string{"busy_timeout(5000)", pragma, "synchronous(FULL)", "foreign_keys(ON)", "trusted_schema(OFF)"} {
		query += "&_pragma=" + url.QueryEscape(p)
	}
	dsn := (&url.URL{Scheme: "file", Path: path, RawQuery: query}).String()
	db, err := openCompiled(dsn)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	var mode string
	if err = db.QueryRowContext(context.Background(), "PRAGMA journal_mode").Scan(&mode); err == nil && mode != "wal" {
		err = fmt.Errorf("its journal mode is %s, not wal: the file system may not support shared memory", mode)
	}
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	return db, nil
}

// sqliteBusy tells a lock held by another connection from every other error.
func sqliteBusy(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	primary := e.Code() & 0xff
	return primary == sqlite3.SQLITE_BUSY || primary == sqlite3.SQLITE_LOCKED
}
