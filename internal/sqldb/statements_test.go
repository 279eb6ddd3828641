package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// keeping shows the statements that a pool's one connection keeps.
func keeping(t *testing.T, pool *sql.DB) (idle map[string]sqliteStmt) {
	t.Helper()
	conn, err := pool.Conn(t.Context())
	if err == nil {
		err = errors.Join(conn.Raw(func(c any) error { idle = c.(*keeper).idle; return nil }), conn.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return idle
}

func TestStatementsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, other := open(t, path), open(t, path)
	if err := db.Migrate(t.Context(), counter); err != nil {
		t.Fatal(err)
	}
	const add, ask = "UPDATE counter SET n = n + ?", "SELECT n FROM counter WHERE n < ?"
	exec := func(query string, args ...any) error {
		_, err := db.writer.ExecContext(t.Context(), query, args...)
		return err
	}
	check(t, exec(add, 1))
	first := keeping(t, db.writer)[add]
	check(t, exec(add, 2))
	if first == nil || keeping(t, db.writer)[add] != first {
		t.Error("a statement was compiled twice")
	}
	if err := exec(add, nil); err == nil || keeping(t, db.writer)[add] != nil {
		t.Errorf("a statement that failed is kept, %v", err)
	}
	check(t, exec(add, 4))
	_, err := other.writer.ExecContext(t.Context(), "ALTER TABLE counter RENAME TO c; CREATE TABLE counter AS SELECT 10 AS more, n FROM c")
	check(t, err)
	check(t, exec(add, 8)) // compiled for another schema
	if got := nested(t, db, ask); fmt.Sprint(got) != "[15 15]" {
		t.Errorf("read %v", got)
	}
	for n := range 2 * kept {
		check(t, exec(fmt.Sprintf("UPDATE counter SET n = %d", n)))
	}
	if got := len(keeping(t, db.writer)); got != kept {
		t.Errorf("%d statements are kept", got)
	}
}

// nested asks the same question while its rows are read.
func nested(t *testing.T, db *DB, ask string) (got []int) {
	err := db.Write(t.Context(), func(_ context.Context, w Turn) error {
		tx := w.Tx
		rows, err := tx.Query(ask, 100)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var outer, inner int
			if err := errors.Join(rows.Scan(&outer), tx.QueryRow(ask, 50).Scan(&inner)); err != nil {
				return err
			}
			got = append(got, outer, inner)
		}
		return rows.Err()
	})
	check(t, err)
	return got
}
