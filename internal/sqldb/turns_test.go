package sqldb

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/rig/postgres"
	"github.com/sallyport/sallyport/internal/testkit"
)

func TestWhatWaitsTogetherIsCommittedTogether(t *testing.T) {
	server := postgres.Start(t, postgres.Fast)
	for engine, fresh := range map[string]func(t *testing.T, name string) *DB{
		"SQLite": func(t *testing.T, _ string) *DB { t.Helper(); return open(t, filepath.Join(t.TempDir(), "x.db")) },
		"Postgres": func(t *testing.T, name string) *DB {
			t.Helper()
			return openPostgres(t, server.URL("postgres"), "s_"+strings.ReplaceAll(name, " ", "_"))
		},
	} {
		for name, run := range map[string]func(*crowd){
			"all of it": allOfIt, "too late": tooLate, "one fails": oneFails, "one fails late": oneFailsLate, "one panics": onePanics,
			"one has gone": oneHasGone, "the first has gone": theFirstHasGone, "another scope": anotherScope,
		} {
			t.Run(engine+", "+name, func(t *testing.T) {
				c := &crowd{T: t, db: fresh(t, name)}
				check(t, c.db.Migrate(t.Context(), counter))
				begin := c.db.begin
				c.db.takesIn = time.Hour
				c.db.begin = func(ctx context.Context, s Scope, schema bool) (Turn, int, error) {
					c.begun.Add(1)
					if c.db.writer.Stats().InUse > 0 {
						c.beside.Add(1)
					}
					return begin(ctx, s, schema)
				}
				run(c)
			})
		}
	}
}

// crowd are callers that wait behind one whose turn it is.
type crowd struct {
	*testing.T
	db    *DB
	begun atomic.Int64 // transactions

	beside atomic.Int64 // of those, that began while another one ran
}

const crowded = 9

type workOf func(context.Context, Turn) error

func add(_ context.Context, w Turn) error { return addOne(w.Tx) }

// gather lets the crowd wait until the turn of its first ends, and gives the others'
// errors: of the last that which its own work has.
func (c *crowd) gather(last workOf) []error {
	c.Helper()
	told, gathered := make([]error, crowded), false
	var group sync.WaitGroup
	err := c.db.WriteIn(c.Context(), "a", func(ctx context.Context, w Turn) error {
		if gathered { // it is run again
			return add(ctx, w)
		}
		gathered = true
		for n := range crowded {
			work := workOf(add)
			if n == crowded-1 {
				work = last
			}
			group.Go(func() {
				defer func() {
					if p := recover(); p != nil {
						told[n] = errPanicked
					}
				}()
				told[n] = c.db.WriteIn(c.Context(), "a", work)
			})
		}
		testkit.Eventually(c.T, "the crowd waits", func() bool { return c.waiting() == crowded })
		return add(ctx, w)
	})
	group.Wait()
	if err != nil {
		c.Errorf("the first: %v", err)
	}
	return told
}

func (c *crowd) waiting() (n int) {
	c.db.turns.mu.Lock()
	defer c.db.turns.mu.Unlock()
	for _, q := range c.db.turns.queues {
		n += len(q.members)
	}
	return n
}

// are checks what became of the crowd, and of what it counted.
func (c *crowd) are(told []error, last error) {
	c.Helper()
	for n, err := range told {
		if want := last; n < crowded-1 && err != nil || n == crowded-1 && !errors.Is(err, want) {
			c.Errorf("number %d was told %v", n, err)
		}
	}
	counted := crowded
	if last == nil {
		counted++
	}
	if got := count(c.T, c.db); got != counted {
		c.Errorf("counted %d, want %d", got, counted)
	}
	c.db.turns.mu.Lock()
	defer c.db.turns.mu.Unlock()
	if len(c.db.turns.queues) != 0 {
		c.Error("somebody leads still")
	}
}

func allOfIt(c *crowd) {
	c.are(c.gather(add), nil)
	if got := c.begun.Load(); got != 1 {
		c.Errorf("%d transactions", got)
	}
}

// tooLate for the first's: what each leases is leased from when its own turn comes.
func tooLate(c *crowd) {
	c.db.takesIn = 0
	c.are(c.gather(add), nil)
	if got := c.begun.Load(); got != 1+crowded {
		c.Errorf("%d transactions", got)
	}
}

var errOwn = errors.New("its own")

func oneFails(c *crowd) {
	c.are(c.gather(func(ctx context.Context, w Turn) error { return errors.Join(add(ctx, w), errOwn) }), errOwn)
	if got := c.beside.Load(); got != 0 {
		c.Errorf("%d waited for their turn on a connection of the pool, which other scopes need", got)
	}
}

// oneFailsLate: nobody looked at the statement that fails.
func oneFailsLate(c *crowd) {
	told := c.gather(func(ctx context.Context, w Turn) error {
		_, err := w.Tx.ExecContext(Later(ctx), "UPDATE counter SET n = NULL")
		return err
	})
	if err := told[crowded-1]; err == nil || !strings.Contains(strings.ToLower(err.Error()), "null") {
		c.Errorf("error is %v", err)
	}
	c.are(told, told[crowded-1])
}

func onePanics(c *crowd) {
	c.are(c.gather(func(context.Context, Turn) error { panic("a bug") }), errPanicked)
}

// oneHasGone before its work began.
func oneHasGone(c *crowd) {
	ctx, cancel := context.WithCancel(c.Context())
	told := make(chan error, 1)
	err := c.db.WriteIn(ctx, "a", func(context.Context, Turn) error {
		go func() { told <- c.db.WriteIn(ctx, "a", add) }()
		testkit.Eventually(c.T, "it waits", func() bool { return c.waiting() == 1 })
		cancel()
		if err := <-told; !errors.Is(err, context.Canceled) {
			c.Errorf("error is %v", err)
		}
		return nil
	})
	if got := count(c.T, c.db); err != nil || got != 0 {
		c.Errorf("counted %d, %v", got, err)
	}
}

// theFirstHasGone while another process was at it.
func theFirstHasGone(c *crowd) {
	ctx, cancel := context.WithCancel(c.Context())
	begin := c.db.begin
	c.db.begin = func(ctx context.Context, s Scope, schema bool) (Turn, int, error) {
		cancel()
		return begin(ctx, s, schema)
	}
	err := c.db.WriteIn(ctx, "a", add)
	if got := count(c.T, c.db); !errors.Is(err, context.Canceled) || got != 0 {
		c.Errorf("error is %v, counted %d", err, got)
	}
}

// anotherScope does not wait, where the engine has scopes.
func anotherScope(c *crowd) {
	if !c.db.scoped {
		return
	}
	err := c.db.WriteIn(c.Context(), "a", func(ctx context.Context, _ Turn) error { return c.db.WriteIn(ctx, "b", add) })
	if got := count(c.T, c.db); err != nil || got != 1 {
		c.Errorf("counted %d, %v", got, err)
	}
}

// A statement that nobody waits for is sent in order, and what fails fails all.
func TestLater(t *testing.T) {
	db := openPostgres(t, postgres.Start(t, postgres.Fast).URL("postgres"), "s")
	check(t, db.Migrate(t.Context(), counter))
	later := func(ctx context.Context, w Turn, query string, args ...any) {
		t.Helper()
		if _, err := w.Tx.ExecContext(Later(ctx), query, args...); err != nil {
			t.Error(err)
		}
	}
	read := func(w Turn) (n int, err error) { return n, w.Tx.QueryRow("SELECT n FROM counter").Scan(&n) }
	check(t, db.Write(t.Context(), func(ctx context.Context, w Turn) error {
		later(ctx, w, "UPDATE counter SET n = ?", 5)
		later(ctx, w, "UPDATE counter SET n = n * 2")
		n, err := read(w)
		if n != 10 {
			t.Errorf("it reads %d", n)
		}
		later(ctx, w, "UPDATE counter SET n = n + ?", 1)
		done, errExec := w.Tx.ExecContext(ctx, "UPDATE counter SET n = n * ? WHERE n = 11", 2)
		if errExec == nil {
			rows, _ := done.RowsAffected()
			if rows != 1 {
				t.Errorf("%d rows were changed", rows)
			}
		}
		later(ctx, w, "UPDATE counter SET n = n + 1")
		return errors.Join(err, errExec)
	}))
	if got := count(t, db); got != 23 {
		t.Errorf("the counter is %d", got)
	}
	err := db.Write(t.Context(), func(ctx context.Context, w Turn) error {
		later(ctx, w, "UPDATE counter SET n = NULL")
		later(ctx, w, "UPDATE counter SET n = 1")
		return nil
	})
	var undone undoneError
	if !errors.As(err, &undone) {
		t.Errorf("error is %v", err)
	}
	err = db.Write(t.Context(), func(ctx context.Context, w Turn) error {
		later(ctx, w, "UPDATE counter SET n = NULL")
		_, err := read(w)
		return err
	})
	if err == nil || count(t, db) != 23 {
		t.Errorf("error is %v, the counter is %d", err, count(t, db))
	}
	if open := db.writer.Stats().OpenConnections; open != 1 {
		t.Errorf("%d connections: one was thrown away", open)
	}
}
