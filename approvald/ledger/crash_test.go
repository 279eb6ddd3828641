package ledger

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/bodykey"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/sqldb"
	"github.com/sallyport/sallyport/internal/token"
)

// crashing names the database of a child that works until it is killed.
const crashing = "LEDGER_CRASH_DATABASE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashing); path != "" {
		fmt.Fprintln(os.Stderr, work4ever(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func openStore(path string) (*SQL, error) {
	db, err := sqldb.OpenSQLite(path)
	if err != nil {
		return nil, err
	}
	ring, err := keyring.Open(filepath.Join(filepath.Dir(path), "keys"))
	if err != nil {
		return nil, err
	}
	return NewSQL(Options{DB: db, Sealer: bodykey.New(ring), Clock: clockwork.NewRealClock()})
}

// TestKillLeavesBeforeOrAfter kills a process at any point of its work, many
// times, and finds every intent whole and everything it was told still there.
func TestKillLeavesBeforeOrAfter(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	known := map[string]int64{} // intent -> highest version whose commit was reported
	for round := range 12 {
		runChild(t, path, 1+round*7, known)
		store, err := openStore(path)
		if err != nil {
			t.Fatal(err)
		}
		inspect(t, store, known)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(known) < 20 {
		t.Errorf("only %d intents were made", len(known))
	}
}

// runChild kills a child after some lines, each of which reports a commit.
func runChild(t *testing.T, path string, lines int, known map[string]int64) {
	t.Helper()
	child := exec.Command(os.Args[0]) // #nosec G204 -- the test itself
	child.Env = append(os.Environ(), crashing+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	reports := bufio.NewScanner(out)
	for n := 0; reports.Scan(); n++ {
		id, version, _ := strings.Cut(reports.Text(), " ")
		v, err := strconv.ParseInt(version, 10, 64)
		if err != nil {
			continue // cut by the kill
		}
		known[id] = max(known[id], v)
		if n == lines {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := child.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the child was not killed: %v", err)
	}
}

// work4ever does all kinds of work in several goroutines and reports commits.
func work4ever(path string) error {
	store, err := openStore(path)
	if err != nil {
		return err
	}
	var out sync.Mutex
	report := func(intents ...Intent) {
		out.Lock()
		defer out.Unlock()
		for _, i := range intents {
			fmt.Println(i.ID, i.Version)
		}
	}
	failed := make(chan error)
	for worker := range 4 {
		go func() {
			for n := 0; ; n++ {
				if err := oneLife(store, worker, n, report); err != nil {
					failed <- err
				}
			}
		}()
	}
	return <-failed
}

// oneLife opens an intent and leads it somewhere.
func oneLife(store *SQL, worker, n int, report func(...Intent)) error {
	ctx := context.Background()
	opened, err := store.Open(ctx, lifeRequest(worker, n))
	if err != nil {
		return err
	}
	i := opened.Intent
	report(i)
	if i.Hold != nil {
		if i, err = store.Vote(ctx, VoteRequest{Tenant: "t", Intent: i.ID, Person: "ana", Approve: n%4 == 0, Digest: i.Digest}); err != nil {
			return err
		}
		report(i)
		claimed, err := store.Claim(ctx, ClaimRequest{Owner: "w", Limit: 1, Lease: time.Hour, SendWithin: time.Second})
		if err != nil || len(claimed) == 0 {
			return err
		}
		i = claimed[0]
		report(i)
	}
	to := []State{Succeeded, Failed, Unknown, Approved}[n%4]
	i, err = store.Advance(ctx, Step{Tenant: "t", ID: i.ID, Version: i.Version, To: to, Actor: gateway, NotBefore: time.Hour})
	if err == nil {
		report(i)
	}
	return err
}

func lifeRequest(worker, n int) OpenRequest {
	price := money.Amount{Minor: 5, Currency: "USD"}
	return OpenRequest{
		Tenant: "t", Identity: token.Identity{Tenant: "t", Agent: "a"}, Owner: "w", BusinessKey: newID(),
		Call:   action.Call{Tool: "stripe", Action: "stripe.refund.create", ClientKey: newID()},
		Amount: price, Reserve: []Reservation{{Sum: "day", Key: "t/day", Amount: price}, {Sum: "hour", Key: "t/hour", Amount: price}},
		Lease: time.Hour, SendWithin: time.Second, ExpireAfter: time.Hour,
		Rule: func(Situation) Ruling {
			if (worker+n)%2 == 0 {
				return Ruling{Hold: &policy.Hold{Group: "g", Votes: 1}}
			}
			return Ruling{}
		},
	}
}

// inspect checks that each intent has what belongs to its state.
func inspect(t *testing.T, store *SQL, known map[string]int64) {
	t.Helper()
	err := store.db.Read(context.Background(), func(tx *sql.Tx) error {
		var sound string
		if err := tx.QueryRow("PRAGMA integrity_check").Scan(&sound); err != nil || sound != "ok" {
			return fmt.Errorf("integrity: %s, %w", sound, err)
		}
		intents, err := view{tx, store.sealer}.find(context.Background(), "")
		if err != nil {
			return err
		}
		found := map[string]int64{}
		for _, r := range intents {
			found[r.ID] = r.Version
			if err := whole(tx, r); err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
		}
		for id, version := range known {
			if found[id] < version {
				t.Errorf("%s was at version %d, now it is at %d", id, version, found[id])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func whole(tx *sql.Tx, r *row) error {
	var kept, names, rows, votes int
	var state State
	for query, into := range map[string]any{
		"SELECT COUNT(*) FROM reservations WHERE intent = ?1 AND state = (SELECT CASE state WHEN 'succeeded' THEN 'committed' " +
			"WHEN 'failed' THEN 'released' WHEN 'denied' THEN 'released' ELSE 'reserved' END FROM intents WHERE seq = ?1)": &kept,
		"SELECT COUNT(*) FROM aliases WHERE intent = ?":                                                            &names,
		"SELECT COUNT(*) FROM votes WHERE intent = ?":                                                              &votes,
		"SELECT COUNT(*) FROM outbox WHERE intent = (SELECT id FROM intents WHERE seq = ?)":                        &rows,
		"SELECT state FROM outbox WHERE intent = (SELECT id FROM intents WHERE seq = ?) ORDER BY seq DESC LIMIT 1": &state,
	} {
		if err := tx.QueryRow(query, r.seq).Scan(into); err != nil {
			return err
		}
	}
	if kept != 2 || names != 2 || state != r.State || int64(rows) != r.Version || votes != len(r.Votes) {
		return fmt.Errorf("%s at version %d has %d reservations, %d names, %d records, the last of %s, %d votes",
			r.State, r.Version, kept, names, rows, state, votes)
	}
	return nil
}
