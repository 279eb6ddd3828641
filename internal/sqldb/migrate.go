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
	return db.Write(ctx, func(tx *sql.Tx) error {
		version, err := schemaVersion(ctx, tx)
		if err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		if version > len(migrations) {
			return fmt.Errorf("migrate: the database has schema %d, this program knows %d: a newer version wrote it, run that version or a later one", version, len(migrations))
		}
		for _, m := range migrations[version:] {
			if err := db.apply(ctx, tx, m); err != nil {
				return fmt.Errorf("migrate: %d %s: %w", m.Number, m.Name, err)
			}
		}
		return nil
	})
}

func schemaVersion(ctx context.Context, tx *sql.Tx) (version int, err error) {
	if _, err = tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_version (number INTEGER PRIMARY KEY, name TEXT NOT NULL)"); err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(number), 0) FROM schema_version").Scan(&version)
	return version, err
}

func (db *DB) apply(ctx context.Context, tx *sql.Tx, m Migration) error {
	if _, err := tx.ExecContext(ctx, db.schema(m.SQL)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO schema_version (number, name) VALUES (?, ?)", m.Number, m.Name)
	return err
}
