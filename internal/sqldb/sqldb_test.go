package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var counter = []Migration{{Number: 1, Name: "counter", SQL: "CREATE TABLE counter (n INTEGER NOT NULL); INSERT INTO counter VALUES (0);"}}

func open(t *testing.T, path string) *DB {
	t.Helper()
	db, err := OpenSQLite(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func setting(t *testing.T, pool *sql.DB, name string) string {
	t.Helper()
	var value string
	if err := pool.QueryRow("PRAGMA " + name).Scan(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestEveryConnectionIsDurableAndStrict(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "odd name?&%#.db"))
	for name, pool := range map[string]*sql.DB{"writer": db.writer, "reader": db.reader} {
		got := []string{}
		for _, s := range []string{"journal_mode", "synchronous", "foreign_keys", "busy_timeout"} {
			got = append(got, setting(t, pool, s))
		}
		if strings.Join(got, " ") != "wal 2 1 5000" {
			t.Errorf("%s: settings are %v", name, got)
		}
	}
}

func TestOpenGuardsTheFile(t *testing.T) {
	cases := map[string]struct {
		prepare func(t *testing.T, path string)
		want    string // in the error; "" opens
	}{
		"no file":       {func(*testing.T, string) {}, ""},
		"own and 0600":  {func(t *testing.T, path string) { write(t, path, 0o600) }, ""},
		"group reads":   {func(t *testing.T, path string) { write(t, path, 0o640) }, "mode 0640"},
		"others write":  {func(t *testing.T, path string) { write(t, path, 0o602) }, "mode 0602"},
		"wal is public": {func(t *testing.T, path string) { write(t, path, 0o600); write(t, path+"-wal", 0o644) }, "-wal has mode 0644"},
		"a link":        {func(t *testing.T, path string) { write(t, path+".x", 0o600); link(t, path+".x", path) }, "not a regular file"},
		"a folder":      {func(t *testing.T, path string) { mkdir(t, path) }, "not a regular file"},
		"no folder":     {func(t *testing.T, path string) { remove(t, filepath.Dir(path)) }, "no such file"},
		"not SQLite":    {func(t *testing.T, path string) { garbage(t, path) }, "not a database"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			mkdir(t, dir)
			path := filepath.Join(dir, "x.db")
			c.prepare(t, path)
			db, err := OpenSQLite(path)
			if err == nil {
				_ = db.Close()
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("error is %v, want %q", err, c.want)
			}
			if info, err := os.Lstat(path); c.want == "" && (err != nil || info.Mode().Perm() != 0o600) {
				t.Errorf("the file is %v, %v", info.Mode(), err)
			}
		})
	}
}

func TestAnotherOwnerIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	write(t, path, 0o600)
	if err := private(path, os.Geteuid()); err != nil {
		t.Errorf("the owner is refused: %v", err)
	}
	if err := private(path, os.Geteuid()+1); err == nil || !strings.Contains(err.Error(), "another user") {
		t.Errorf("error is %v", err)
	}
}

func TestWritersNeverLoseAnUpdate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	processes := []*DB{open(t, path), open(t, path)} // a DB shares nothing with another one
	ctx := context.Background()
	for _, db := range processes {
		if err := db.Migrate(ctx, counter); err != nil {
			t.Fatal(err)
		}
	}
	const writers, rounds = 8, 10
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for range rounds {
				if err := increment(ctx, processes[w%2]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := count(t, processes[0]); got != writers*rounds {
		t.Errorf("counted %d, want %d", got, writers*rounds)
	}
}

func TestWriteLeavesNothingBehind(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	ctx := context.Background()
	if err := db.Migrate(ctx, counter); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	set := func(tx *sql.Tx) error {
		_, err := tx.Exec("UPDATE counter SET n = 7")
		return err
	}
	err := db.Write(ctx, func(_ context.Context, w Turn) error { return errors.Join(set(w.Tx), stop) })
	if !errors.Is(err, stop) {
		t.Errorf("error is %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		var bug []int
		_ = db.Write(ctx, func(_ context.Context, w Turn) error {
			return errors.Join(set(w.Tx), errors.New(strings.Repeat("x", bug[0])))
		})
		t.Error("the panic is gone")
	}()
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	err = db.Write(cancelled, func(_ context.Context, w Turn) error { return set(w.Tx) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	db.budget = 20 * time.Millisecond
	err = db.Write(ctx, func(_ context.Context, w Turn) error { return untilDone(w.Tx) })
	if db.budget = 0; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error after the rollback is %v", err)
	}
	if err := db.Read(ctx, set); err == nil {
		t.Error("a read could write")
	}
	if got := count(t, db); got != 0 {
		t.Errorf("the counter is %d", got)
	}
	if err := increment(ctx, db); err != nil {
		t.Errorf("the write connection is lost: %v", err)
	}
}

// untilDone asks until the transaction's context has rolled it back.
func untilDone(tx *sql.Tx) error {
	for {
		if _, err := tx.Exec("UPDATE counter SET n = 7"); errors.Is(err, sql.ErrTxDone) {
			return err
		}
	}
}

// Work that has begun is not cut off: it may share its transaction.
func TestAWriteGoesOnWhenItsCallerIsGone(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	if err := db.Migrate(t.Context(), counter); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Write(ctx, func(ctx context.Context, w Turn) error {
		cancel()
		return errors.Join(ctx.Err(), addOne(w.Tx))
	})
	if got := count(t, db); err != nil || got != 1 {
		t.Errorf("the counter is %d, %v", got, err)
	}
}

func TestMigrate(t *testing.T) {
	second := append(counter[:1:1], Migration{Number: 2, Name: "more", SQL: "ALTER TABLE counter ADD COLUMN m INTEGER"})
	broken := append(second[:2:2], Migration{Number: 3, Name: "good", SQL: "CREATE TABLE good (x INTEGER)"}, Migration{Number: 4, Name: "bad", SQL: "CREATE TABLE"})
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	steps := []struct {
		name       string
		migrations []Migration
		want       string
	}{
		{"first", counter, ""},
		{"again", counter, ""},
		{"forward", second, ""},
		{"older program", counter, "the database has schema 2, this program knows 1"},
		{"all or nothing", broken, "4 bad"},
		{"still at two", second, ""},
		{"gap", second[1:], "must be 1"},
	}
	for _, s := range steps {
		err := db.Migrate(context.Background(), s.migrations)
		if s.want == "" && err != nil || s.want != "" && (err == nil || !strings.Contains(err.Error(), s.want)) {
			t.Errorf("%s: error is %v, want %q", s.name, err, s.want)
		}
	}
}

func TestOvertakenProgramsWriteNoMore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	overtaken(t, open(t, path), open(t, path))
}

// overtaken brings the schema forward beside a program that goes on writing: what
// the migration copied is all that the older one wrote.
func overtaken(t *testing.T, older, newer *DB) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := older.Migrate(ctx, counter); err != nil {
		t.Fatal(err)
	}
	written, begun := 0, make(chan struct{})
	refused := make(chan error, 1)
	go func() {
		var err error
		for {
			if err = increment(ctx, older); err != nil {
				break
			}
			if written++; written == 3 {
				close(begun)
			}
		}
		refused <- err
	}()
	<-begun
	more := append(counter[:1:1], Migration{Number: 2, Name: "copy", SQL: "CREATE TABLE copy AS SELECT n FROM counter"})
	if err := newer.Migrate(ctx, more); err != nil {
		t.Fatal(err)
	}
	if err := <-refused; err == nil || !strings.Contains(err.Error(), "the database has schema 2, this program knows 1") {
		t.Errorf("error is %v", err)
	}
	if got := count(t, older); got != written { // it still reads
		t.Errorf("the counter is %d, %d writes were told", got, written)
	}
	var copied int
	err := newer.Read(ctx, func(tx *sql.Tx) error { return tx.QueryRow("SELECT n FROM copy").Scan(&copied) })
	if err != nil || copied != written {
		t.Errorf("%d were copied, %d written, %v", copied, written, err)
	}
	if err := increment(ctx, newer); err != nil {
		t.Error(err)
	}
}

// A file that has turned read-only takes nothing, says so, and loses nothing.
func TestReadOnlyFile(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	if err := db.Migrate(t.Context(), counter); err != nil {
		t.Fatal(err)
	}
	count := func() error {
		return db.Write(t.Context(), func(ctx context.Context, turn Turn) error {
			_, err := turn.Tx.ExecContext(ctx, "UPDATE counter SET n = n + 1")
			return err
		})
	}
	turns := func(to string) {
		t.Helper()
		if _, err := db.writer.ExecContext(t.Context(), "PRAGMA query_only = "+to); err != nil {
			t.Fatal(err)
		}
	}
	for _, readOnly := range []bool{false, true, false} {
		turns(map[bool]string{true: "ON", false: "OFF"}[readOnly])
		for name, err := range map[string]error{"a write": count(), "a touch": db.Touch(t.Context())} {
			if (err != nil) != readOnly || err != nil && !strings.Contains(err.Error(), "readonly") {
				t.Errorf("%s, read-only %v: %v", name, readOnly, err)
			}
		}
	}
	var n int
	err := db.Read(t.Context(), func(tx *sql.Tx) error { return tx.QueryRow("SELECT n FROM counter").Scan(&n) })
	if err != nil || n != 2 {
		t.Errorf("%d writes are there: %v", n, err)
	}
}

func TestBusyIsTriedAgainAndEnds(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	locked := errors.New("locked")
	db.busy = func(err error) bool { return errors.Is(err, locked) }
	runs := 0
	err := db.Write(context.Background(), func(context.Context, Turn) error { runs++; return locked })
	if !errors.Is(err, locked) || runs != tries {
		t.Errorf("after %d runs: %v", runs, err)
	}
	runs = 0
	err = db.Write(context.Background(), func(context.Context, Turn) error {
		if runs++; runs < tries {
			return locked
		}
		return nil
	})
	if err != nil || runs != tries {
		t.Errorf("after %d runs: %v", runs, err)
	}
}

func TestALockOfSQLiteIsBusy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	holder, other := open(t, path), open(t, path)
	if _, err := other.writer.Exec("PRAGMA busy_timeout = 0"); err != nil {
		t.Fatal(err)
	}
	err := holder.Write(context.Background(), func(context.Context, Turn) error {
		_, err := other.writer.Begin()
		if !sqliteBusy(err) || sqliteBusy(sql.ErrNoRows) {
			t.Errorf("not seen as busy: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func increment(ctx context.Context, db *DB) error {
	return db.Write(ctx, func(_ context.Context, w Turn) error { return addOne(w.Tx) })
}

func count(t *testing.T, db *DB) (n int) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *sql.Tx) error { return tx.QueryRow("SELECT n FROM counter").Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}
