package sqldb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Connections of one process, and their times. A process that pauses inside a
// transaction loses it, so that it does not hold up the others; one whose answer
// does not come gives up. There is no statement timeout: it would report a commit
// as done that the standby has not confirmed.
const (
	pgWriters     = 8
	pgReaders     = 4
	pgBudget      = 15 * time.Second
	pgConnect     = 5 * time.Second
	pgLockTimeout = "5s"
	pgIdleTimeout = "5s"
)

// PostgresOptions say which database is opened, and what it need not have.
type PostgresOptions struct {
	URL    URL
	Schema string // of this program's tables; made when there is none
	// WithoutStandby takes a database that tells of a commit before a second
	// server has it. What it forgets when it is lost was done all the same.
	WithoutStandby bool
}

var schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// OpenPostgres opens a schema of a Postgres database. A server beyond this
// machine must have a certificate that is checked, and a standby must confirm
// every commit, or it is refused.
func OpenPostgres(ctx context.Context, o PostgresOptions) (*DB, error) {
	if !schemaName.MatchString(o.Schema) {
		return nil, fmt.Errorf("open database: %q is no name for a schema", o.Schema)
	}
	config, err := o.URL.config()
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	config.ConnectTimeout = pgConnect
	config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	for name, value := range map[string]string{
		"application_name": "sallyport", "search_path": o.Schema, "lock_timeout": pgLockTimeout,
		"idle_in_transaction_session_timeout": pgIdleTimeout, "statement_timeout": "0",
	} {
		config.RuntimeParams[name] = value
	}
	c := connector{config: config, standby: !o.WithoutStandby}
	db := &DB{writer: c.pool(pgWriters), reader: c.pool(pgReaders)}
	db.dialect = postgresDialect(db, o.Schema)
	if err := db.writer.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("open database: %w", errors.Join(err, db.Close()))
	}
	err = db.Write(ctx, func(ctx context.Context, t Turn) error {
		_, err := t.Tx.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+o.Schema)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open database: make the schema %s: %w", o.Schema, errors.Join(err, db.Close()))
	}
	return db, nil
}

// postgresDialect: transactions of one scope are put in order by an advisory
// lock, which is taken first, and each of their statements sees all that was
// committed before. Serializable isolation would give up what it cannot put in
// order, under contention most of it.
func postgresDialect(db *DB, schema string) dialect {
	return dialect{
		busy:   postgresBusy,
		scoped: true,
		begin: func(ctx context.Context, s Scope, version bool) (Turn, int, error) {
			return db.beginPostgres(ctx, schema, s, version)
		},
		read:   sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead},
		budget: pgBudget, takesIn: takesIn,
		now: func(ctx context.Context, tx *sql.Tx) (now time.Time, err error) {
			err = tx.QueryRowContext(ctx, "SELECT clock_timestamp()").Scan(&now)
			return now, err
		},
		schema: postgresTypes.Replace,
		hold: func(ctx context.Context, name string) (func(), error) {
			return db.session(ctx, lockKey(schema, Scope("alone "+name)))
		},
	}
}

// beginPostgres makes the way to a transaction's turn in one round trip.
func (db *DB) beginPostgres(ctx context.Context, schema string, s Scope, known bool) (t Turn, version int, err error) {
	lock := statement{"SELECT pg_advisory_xact_lock(?)", named(lockKey(schema, Whole))}
	if s != Whole {
		lock = statement{"SELECT pg_advisory_xact_lock_shared(?), pg_advisory_xact_lock(?)", named(lockKey(schema, Whole), lockKey(schema, s))}
	}
	schemaOf := "0"
	if known {
		schemaOf = "(" + newest + ")"
	}
	first := &opening{statements: []statement{lock, {"SELECT clock_timestamp(), " + schemaOf, nil}}}
	if t.Tx, err = db.writer.BeginTx(context.WithValue(ctx, openingKey{}, first), nil); err != nil {
		return t, 0, err
	}
	if t.Now, version, err = first.said(); err != nil {
		err = errors.Join(err, t.Tx.Rollback())
	}
	return t, version, err
}

// session takes a lock that lasts until it is released or its connection ends.
func (db *DB) session(ctx context.Context, key int64) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, pgBudget)
	defer cancel()
	conn, err := db.reader.Conn(context.WithValue(ctx, bareKey{}, true))
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(?)", key); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), pgBudget)
		defer cancel()
		if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock(?)", key); err != nil {
			_ = conn.Raw(func(any) error { return errLost }) // a pooled connection must not keep the lock
		}
		_ = conn.Close()
	}, nil
}

// lockKey names an advisory lock; they are one space for the whole database.
func lockKey(schema string, s Scope) int64 {
	sum := sha256.Sum256([]byte("sallyport\x00" + schema + "\x00" + string(s)))
	return int64(binary.BigEndian.Uint64(sum[:])) // #nosec G115 -- any 64 bits do
}

// postgresTypes spells SQLite's types as Postgres does.
var postgresTypes = strings.NewReplacer(
	"INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
	"INTEGER", "BIGINT",
	"BLOB", "BYTEA",
)

// postgresBusy tells what another transaction was in the way of from every other
// error. Nothing of the transaction is there then.
func postgresBusy(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "40001", "40P01", "55P03": // serialization failure, deadlock, lock timeout
		return true
	default:
		return false
	}
}
