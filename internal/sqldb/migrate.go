package sqldb

import (
	"context"
	"database/sql"
	"fmt"
)

// Migration is one step of a schema. Numbers start at 1 and have no gap. A
// migration that was released is never changed again.
type Migration struct {
	Number int
	Name   string
	SQL    string // one or more statements, in SQLite's words for types
}

// Migrate applies the migrations that the database does not have yet, all of
// them or none. A database with a migration that is not among them was written
// by a newer program and is refused.
func (db *DB) Migrate(ctx context.Context, migrations []Migration) error {
	for i, m := range migrations {
		if m.Number != i+1 {
			return fmt.Errorf("migrate: %q has number %d, it must be %d", m.Name, m.Number, i+1)
		}
	}
	err := db.Write(ctx, func(ctx context.Context, t Turn) error {
		tx := t.Tx
		if _, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_version (number INTEGER PRIMARY KEY, name TEXT NOT NULL)"); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		version, err := schemaVersion(ctx, tx)
		if err == nil {
			err = outdated(version, len(migrations))
		}
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		for _, m := range migrations[version:] {
			if err := db.apply(ctx, tx, m); err != nil {
				return fmt.Errorf("migrate: %d %s: %w", m.Number, m.Name, err)
			}
		}
		return nil
	})
	if err == nil {
		db.known.Store(int64(len(migrations)))
	}
	return err
}

// newest reads which schema the database has.
const newest = "SELECT COALESCE(MAX(number), 0) FROM schema_version"

func schemaVersion(ctx context.Context, tx *sql.Tx) (version int, err error) {
	err = tx.QueryRowContext(ctx, newest).Scan(&version)
	return version, err
}

// outdated refuses a schema that a program does not know, also one that another
// process has brought forward since: what it writes could contradict what the newer
// one keeps there.
func outdated(version, known int) error {
	if version > known {
		return fmt.Errorf("the database has schema %d, this program knows %d: a newer version wrote it, run that version or a later one", version, known)
	}
	return nil
}

// touch is the scope of Touch: nobody's work waits for it.
const touch Scope = "touch"

// Touch writes to a database that was migrated, and changes nothing: its error says
// why nothing can be written now.
func (db *DB) Touch(ctx context.Context) error {
	return db.WriteIn(ctx, touch, func(ctx context.Context, t Turn) error {
		_, err := t.Tx.ExecContext(ctx, "UPDATE schema_version SET name = name WHERE number = 1")
		return err
	})
}

func (db *DB) apply(ctx context.Context, tx *sql.Tx, m Migration) error {
	if _, err := tx.ExecContext(ctx, db.schema(m.SQL)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO schema_version (number, name) VALUES (?, ?)", m.Number, m.Name)
	return err
}
