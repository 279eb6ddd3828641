package audit

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/testkit"
)

// ship runs a shipper until the test ends.
func ship(t *testing.T, e *testEngine, dirs ...string) *Shipper {
	t.Helper()
	s, err := NewShipper(ShipperOptions{Dirs: dirs, ClickHouse: e.options(), Clock: clockwork.NewRealClock(), Logger: testLogger(t)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s
}

func testLogger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

func realSpool(t *testing.T, dir string, age time.Duration) *Spool {
	t.Helper()
	s, err := OpenSpool(SpoolOptions{Dir: dir, Instance: "test", MaxBytes: 1 << 30, SegmentAge: age, Clock: clockwork.NewRealClock(), Logger: testLogger(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func drained(s *Shipper) func() bool {
	return func() bool { n, _ := s.Backlog(); return n == 0 }
}

func decision(n int) Record {
	return Record{Table: Decisions, Decision: &Decision{
		Time: time.UnixMicro(1_790_000_000_000_000 + int64(n)), Tenant: "acme", ID: fmt.Sprintf("dec-%d", n), Step: "agent",
		Agent: "billing-bot", Tool: "stripe", Action: "stripe.refund.create", Effect: "deny", Reason: "limit.amount", Amount: int64(n), Currency: "USD",
	}}
}

// An engine that is killed while it takes records loses none and doubles none.
func TestKilledEngine(t *testing.T) {
	e := startEngine(t)
	dir := t.TempDir()
	spool, shipper := realSpool(t, dir, 5*time.Millisecond), ship(t, e, dir)
	const total = 10_000
	for n := range total {
		if err := spool.Record(decision(n)); err != nil {
			t.Fatal(err)
		}
		if n%500 == 499 { // so that the records make many segments
			if err := spool.Durable(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n == total/3 || n == total/2 {
			e.kill()
			e.start()
		}
	}
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "all is shipped", drained(shipper))
	got := ask(t, e.open(), "SELECT concat(toString(count()), ' ', toString(uniqExact(decision_id)), ' ', toString(sum(amount))) FROM audit.decisions")
	if want := fmt.Sprintf("%d %d %d", total, total, total*(total-1)/2); got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
}

// A lost acknowledgement makes the shipper send a segment again.
func TestResend(t *testing.T) {
	e := startEngine(t)
	dir, kept := t.TempDir(), t.TempDir()
	spool := realSpool(t, dir, time.Hour)
	all := []Record{decision(1), {Table: Approvals, Approval: &Approval{Tenant: "acme", Intent: "int-1"}}, {Table: Requests, Request: &Request{Tenant: "acme", Status: 403}}}
	for _, r := range all {
		if err := spool.Record(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := list(dir)
	if err != nil || len(l.sealed) != 1 {
		t.Fatalf("%v %v", l, err)
	}
	name := l.sealed[0]
	if err := os.Link(filepath.Join(dir, name), filepath.Join(kept, name)); err != nil {
		t.Fatal(err)
	}
	shipper := ship(t, e, dir, kept)
	testkit.Eventually(t, "all is shipped", drained(shipper))
	db := e.open()
	for _, table := range tables {
		if got := ask(t, db, "SELECT count() FROM audit."+string(table)); got != "1" {
			t.Errorf("%s has %s rows", table, got)
		}
	}
}

// ClickHouse may know a token and not have the rows. Rows that are there are
// left alone.
func TestKnownTokenWithoutRows(t *testing.T) {
	e := startEngine(t)
	db := e.open()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := batch{table: Decisions, segment: "test/1", rows: []row{{0, decision(1)}, {1, decision(2)}}}
	part := b
	part.rows = b.rows[:1]
	if err := db.insert(t.Context(), part, "test/1/decisions"); err != nil {
		t.Fatal(err)
	}
	shipper, err := NewShipper(ShipperOptions{Dirs: []string{t.TempDir()}, ClickHouse: e.options(), Clock: clockwork.NewRealClock(), Logger: testLogger(t)})
	if err != nil {
		t.Fatal(err)
	}
	f := &folder{shipper: shipper, uncertain: true}
	for range 2 {
		if err := f.send(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	result, err := db.Query(t.Context(), "SELECT decision_id, line FROM audit.decisions ORDER BY line")
	if diff := cmp.Diff([][]string{{"dec-1", "0"}, {"dec-2", "1"}}, result.Rows); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
}

// A hanging engine is nothing that Record could wait for.
func TestHangingEngine(t *testing.T) {
	e := startEngine(t)
	dir := t.TempDir()
	spool, shipper := realSpool(t, dir, time.Millisecond), ship(t, e, dir)
	e.pause()
	began := time.Now()
	for n := range 1000 {
		if err := spool.Record(decision(n)); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took > dialTimeout {
		t.Errorf("1000 records took %v", took)
	}
	if err := spool.Durable(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.resume()
	if err := spool.Close(); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "all is shipped", drained(shipper))
	if got := ask(t, e.open(), "SELECT count() FROM audit.decisions"); got != "1000" {
		t.Errorf("%s rows", got)
	}
}

// A damaged segment does not hold up the others.
func TestDamagedSegment(t *testing.T) {
	e := startEngine(t)
	dir := t.TempDir()
	for n := range 3 {
		spool := realSpool(t, dir, time.Hour)
		for i := range 2 {
			if err := spool.Record(decision(2*n + i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := spool.Close(); err != nil {
			t.Fatal(err)
		}
	}
	damaged := filepath.Join(dir, segmentName(2, sealedSuffix))
	data, err := os.ReadFile(damaged)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(damaged, data, 0o600); err != nil {
		t.Fatal(err)
	}
	shipper := ship(t, e, dir)
	testkit.Eventually(t, "all is shipped", drained(shipper))
	if got := ask(t, e.open(), "SELECT arrayStringConcat(groupArray(decision_id), ' ') FROM (SELECT decision_id FROM audit.decisions ORDER BY time)"); got != "dec-0 dec-1 dec-4 dec-5" {
		t.Errorf("the tables hold %q", got)
	}
	if _, err := os.Stat(filepath.Join(dir, badDir, segmentName(2, sealedSuffix))); err != nil || shipper.SetAside() != 1 {
		t.Error(err, shipper.SetAside())
	}
}

// Two shippers of one folder would send everything twice.
func TestOneShipper(t *testing.T) {
	dir := t.TempDir()
	lock, err := claim(dir, shipLock, "ships")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	s, err := NewShipper(ShipperOptions{Dirs: []string{dir}, ClickHouse: ClickHouseOptions{URL: "http://u:p@127.0.0.1:1/", Database: "audit"}, Clock: clockwork.NewRealClock(), Logger: testLogger(t)})
	if err != nil {
		t.Fatal(err)
	}
	want := "another process ships " + dir + ": stop it, or choose another folder"
	if err := s.Run(t.Context()); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
