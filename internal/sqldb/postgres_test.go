package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/testkit"
)

func openPostgres(t *testing.T, url, schema string) *DB {
	t.Helper()
	db, err := OpenPostgres(context.Background(), PostgresOptions{URL: URL(url), Schema: schema, WithoutStandby: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestPostgres(t *testing.T) {
	server := postgres.Start(t, postgres.Fast)
	url := server.URL("postgres")
	for name, run := range map[string]func(t *testing.T, url, schema string){
		"writers never lose an update": pgWriters8,
		"scopes run side by side":      pgScopes,
		"replicas migrate together":    pgMigrate,
		"overtaken programs write no more": func(t *testing.T, url, schema string) {
			overtaken(t, openPostgres(t, url, schema), openPostgres(t, url, schema))
		},
		"a write leaves nothing behind":       pgNothingLeft,
		"one at a time":                       pgAlone,
		"a paused writer does not stop all":   pgPaused,
		"time is the database's":              pgTime,
		"a truth is a number":                 pgTruth,
		"waiting ends in an error":            func(t *testing.T, url, schema string) { pgEnded(t, server, url, schema) },
		"connections that were cut are found": func(t *testing.T, url, schema string) { pgCut(t, server, url, schema) },
	} {
		t.Run(name, func(t *testing.T) { run(t, url, strings.ReplaceAll("s_"+name[:8], " ", "_")) })
	}
}

func pgWriters8(t *testing.T, url, schema string) {
	processes := []*DB{openPostgres(t, url, schema), openPostgres(t, url, schema)}
	ctx := context.Background()
	if err := processes[0].Migrate(ctx, counter); err != nil {
		t.Fatal(err)
	}
	const writers, rounds = 8, 10
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for range rounds {
				err := processes[w%2].WriteIn(ctx, "counter", func(_ context.Context, w Turn) error { return addOne(w.Tx) })
				if err == nil {
					err = increment(ctx, processes[w%2])
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got := count(t, processes[0]); got != 2*writers*rounds {
		t.Errorf("counted %d, want %d", got, 2*writers*rounds)
	}
}

func addOne(tx *sql.Tx) error {
	var n int
	if err := tx.QueryRow("SELECT n FROM counter").Scan(&n); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE counter SET n = ?", n+1)
	return err
}

// pgScopes: one scope does not wait for another, the whole waits for all.
func pgScopes(t *testing.T, url, schema string) {
	db := openPostgres(t, url, schema)
	ctx := context.Background()
	whole := make(chan error, 1)
	err := db.WriteIn(ctx, "a", func(context.Context, Turn) error {
		err := db.WriteIn(ctx, "b", func(context.Context, Turn) error { return nil })
		go func() { whole <- db.Write(ctx, func(context.Context, Turn) error { return nil }) }()
		testkit.Eventually(t, "the whole waits", func() bool {
			var waiting int
			err := db.Read(ctx, func(tx *sql.Tx) error {
				return tx.QueryRow("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").Scan(&waiting)
			})
			return err == nil && waiting == 1
		})
		return err
	})
	if err := errors.Join(err, <-whole); err != nil {
		t.Error(err)
	}
}

func pgMigrate(t *testing.T, url, schema string) {
	steps := append(counter[:1:1], Migration{Number: 2, Name: "kinds", SQL: "CREATE TABLE kinds (id INTEGER PRIMARY KEY AUTOINCREMENT, b BLOB NOT NULL); ALTER TABLE counter ADD COLUMN m INTEGER NOT NULL DEFAULT 0"})
	var group sync.WaitGroup
	for range 6 {
		db := openPostgres(t, url, schema)
		group.Go(func() {
			if err := db.Migrate(context.Background(), steps); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := count(t, openPostgres(t, url, schema)); got != 0 {
		t.Errorf("the counter is %d", got)
	}
}

func pgNothingLeft(t *testing.T, url, schema string) {
	db := openPostgres(t, url, schema)
	ctx := context.Background()
	if err := db.Migrate(ctx, counter); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	if err := db.Write(ctx, func(_ context.Context, w Turn) error { return errors.Join(addOne(w.Tx), stop) }); !errors.Is(err, stop) {
		t.Errorf("error is %v", err)
	}
	if err := db.Read(ctx, addOne); err == nil {
		t.Error("a read could write")
	}
	if got := count(t, db); got != 0 {
		t.Errorf("the counter is %d", got)
	}
}

// pgAlone: two processes never do what has one name at once.
func pgAlone(t *testing.T, url, schema string) {
	processes := []*DB{openPostgres(t, url, schema), openPostgres(t, url, schema)}
	var inside, most atomic.Int64
	var group sync.WaitGroup
	for w := range 8 {
		group.Go(func() {
			err := processes[w%2].Alone(context.Background(), "it", func() error {
				now := inside.Add(1)
				for most.Load() < now && !most.CompareAndSwap(most.Load(), now) {
				}
				runtime.Gosched()
				inside.Add(-1)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if most.Load() != 1 {
		t.Errorf("%d at once", most.Load())
	}
}

// pgPaused: a process that sleeps inside a transaction loses it.
func pgPaused(t *testing.T, url, schema string) {
	db, other := openPostgres(t, url, schema), openPostgres(t, url, schema)
	ctx := context.Background()
	err := db.WriteIn(ctx, "a", func(context.Context, Turn) error {
		return other.WriteIn(ctx, "a", func(context.Context, Turn) error { return nil }) // goes on when this one is ended
	})
	if err == nil {
		t.Error("the paused transaction was committed")
	}
	if err := db.Write(ctx, func(context.Context, Turn) error { return nil }); err != nil {
		t.Errorf("the pool did not recover: %v", err)
	}
}

func pgTime(t *testing.T, url, schema string) {
	db := openPostgres(t, url, schema)
	err := db.Write(context.Background(), func(_ context.Context, w Turn) error {
		tx := w.Tx
		before := time.Now().Add(-time.Minute)
		now, err := db.Now(context.Background(), tx)
		later, errLater := db.Now(context.Background(), tx)
		if now.Before(before) || !later.After(now) {
			t.Errorf("it is %s, then %s", now, later)
		}
		return errors.Join(err, errLater)
	})
	if err != nil {
		t.Error(err)
	}
}

func pgTruth(t *testing.T, url, schema string) {
	db := openPostgres(t, url, schema)
	err := db.Write(context.Background(), func(_ context.Context, w Turn) error {
		tx := w.Tx
		var yes, no bool
		var text string
		err := tx.QueryRow("SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), '?'", true, false).Scan(&yes, &no, &text)
		if !yes || no || text != "?" {
			t.Errorf("got %v, %v, %q", yes, no, text)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// pgCut: a transaction on a dead connection fails, the next one has another.
func pgCut(t *testing.T, server *postgres.Server, url, schema string) {
	db := openPostgres(t, url, schema)
	if err := db.Migrate(context.Background(), counter); err != nil {
		t.Fatal(err)
	}
	err := db.Write(context.Background(), func(_ context.Context, w Turn) error { return errors.Join(server.Drop(), addOne(w.Tx)) })
	if err == nil {
		t.Error("a cut transaction was committed")
	}
	server.Kill()
	server.Run(t)
	testkit.Eventually(t, "the pool finds the server", func() bool { return increment(context.Background(), db) == nil })
	if got := count(t, db); got != 1 {
		t.Errorf("the counter is %d", got)
	}
}

// pgEnded: a query that waits for its answer ends in an error, whoever ends it.
func pgEnded(t *testing.T, server *postgres.Server, url, schema string) {
	db := openPostgres(t, url, schema)
	const asleep = "SELECT count(%s) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(%%' AND state = 'active'"
	for _, c := range []struct {
		name string
		end  func(leave func())
	}{
		{"its caller", func(leave func()) { leave() }},
		{"a word to the server", func(func()) { server.Exec(t, fmt.Sprintf(asleep, "pg_cancel_backend(pid)")) }},
		{"the end of the connection", func(func()) { server.Exec(t, fmt.Sprintf(asleep, "pg_terminate_backend(pid)")) }},
		{"the end of the server", func(func()) { server.Kill() }},
	} {
		ctx, leave := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() {
			ended <- db.Read(ctx, func(tx *sql.Tx) error {
				var nothing any
				return tx.QueryRowContext(ctx, "SELECT pg_sleep(?)", 60).Scan(&nothing)
			})
		}()
		testkit.Eventually(t, "the query waits", func() bool { return server.Exec(t, fmt.Sprintf(asleep, "*")) == "1" })
		c.end(leave)
		if err := <-ended; err == nil {
			t.Errorf("%s ended it without an error", c.name)
		}
		leave()
	}
	server.Run(t)
}

func TestPostgresBusy(t *testing.T) {
	for code, want := range map[string]bool{"40001": true, "40P01": true, "55P03": true, "23505": false, "08006": false} {
		if got := postgresBusy(fmt.Errorf("x: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("%s is %v", code, got)
		}
	}
	if postgresBusy(sql.ErrConnDone) {
		t.Error("a lost connection is no proof that nothing was committed")
	}
}

// A server that could forget a commit is refused, at the start and after.
func TestAStandbyIsNeeded(t *testing.T) {
	server := postgres.Start(t)
	try := func(url string) error {
		db, err := OpenPostgres(context.Background(), PostgresOptions{URL: URL(url), Schema: "s"})
		if err == nil {
			t.Cleanup(func() { _ = db.Close() })
		}
		return err
	}
	url := server.URL("postgres")
	refused := func(url, want string) {
		t.Helper()
		if err := try(url); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "for-tests") {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
	refused(url, "no synchronous standby")
	standby := server.Standby(t)
	if err := try(url); err != nil {
		t.Errorf("with a standby: %v", err)
	}
	refused(url+"&synchronous_commit=local", "synchronous_commit is local")
	both := strings.Replace(url, server.Address, standby.Address+","+server.Address, 1)
	if err := try(both); err != nil {
		t.Errorf("named after its standby: %v", err)
	}
	refused(standby.URL("postgres"), "read only")
	standby.Kill()
	testkit.Eventually(t, "the standby is missed", func() bool { return try(url) != nil })
	refused(url, "no synchronous standby of the database is connected")
}

func TestURLs(t *testing.T) {
	for text, want := range map[string]string{
		"postgres://u:p@127.0.0.1:1/d":                         "",
		"postgresql://u@[::1]/d":                               "",
		"postgres:///d?host=/run/postgresql":                   "",
		"postgres://u:p@db.example/d?sslmode=verify-full":      "",
		"postgres://u:p@db.example/d":                          "beyond this machine",
		"postgres://u:p@db.example/d?sslmode=require":          "beyond this machine",
		"postgres://u:p@127.0.0.1,db.example/d?sslmode=prefer": "on db.example is beyond",
		"postgres://u:p@10.0.0.1/d?sslmode=disable":            "beyond this machine",
		"postgres://u:sec%zzret@h/d":                           "cannot be read",
		"host=127.0.0.1 password=p":                            "cannot be read",
		"mysql://u:p@h/d":                                      "cannot be read",
	} {
		_, err := URL(text).config()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error is %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "ret@") {
			t.Errorf("the password is told: %v", err)
		}
	}
}

// However a URL is printed, its password is not.
func TestAURLPrintsWithoutItsPassword(t *testing.T) {
	const hidden = "hid/den?p@ss"
	for _, text := range []string{
		"postgres://u:" + hidden + "@h:1/d", "postgres://u:hid%40den@h:1/d?sslmode=disable", "postgres://h/d?password=hidden&user=a@b",
		"host=h password=hidden", "postgres://u:hidden@h:1,g:2/d?passfile=/hid",
	} {
		u := URL(text)
		marshalled, err := json.Marshal(map[string]any{"u": u})
		if err != nil {
			t.Fatal(err)
		}
		var logged strings.Builder
		slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "u", u)
		for _, out := range []string{u.String(), fmt.Sprintf("%v %+v %#v %s %q %x", u, u, u, u, u, u), fmt.Sprintf("%v", struct{ U URL }{u}), string(marshalled), logged.String()} {
			if strings.Contains(out, "hid") || strings.Contains(out, "p@ss") {
				t.Errorf("printed %s", out)
			}
		}
	}
	if got := URL("postgres://u:p@h:1,g:2/d?x=y").String(); got != "postgres://h:1,g:2/d" {
		t.Errorf("a plain one is %q", got)
	}
}

func TestNumbered(t *testing.T) {
	for text, want := range map[string]string{
		"a": "a", "?, ? '?' ?": "$1, $2 '?' $3", strings.Repeat("?", 11): func() (out string) {
			for n := range 11 {
				out += "$" + strconv.Itoa(n+1)
			}
			return out
		}(),
	} {
		if got := numbered(text); got != want {
			t.Errorf("%q is %q", text, got)
		}
	}
}
