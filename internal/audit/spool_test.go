package audit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/testkit"
)

// childDir makes this test binary a process that records until it is killed.
const childDir = "SALLYPORT_AUDIT_TEST_DIR"

// recordForEver prints the number of each record after Record returned.
func recordForEver(dir string) {
	spool, err := OpenSpool(SpoolOptions{Dir: dir, Instance: "child", MaxBytes: 1 << 30, SegmentAge: 10 * time.Millisecond, Clock: clockwork.NewRealClock(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for n := 0; ; n++ {
		if err := spool.Record(decision(n)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(n)
	}
}

func openTest(t *testing.T, o SpoolOptions) *Spool {
	t.Helper()
	o.Instance, o.Logger = "test", testLogger(t)
	if o.MaxBytes == 0 {
		o.MaxBytes = 1 << 30
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewFakeClock()
	}
	s, err := OpenSpool(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// stored reads all records of a folder, in order.
func stored(t *testing.T, dir string) []Record {
	t.Helper()
	l, err := list(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []Record
	for _, name := range append(l.sealed, l.open...) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		s, err := parseSegment(data)
		if err != nil {
			t.Fatal(name, err)
		}
		out = append(out, s.records...)
	}
	return out
}

// fill gives every field of a struct a value of its own.
func fill(t *testing.T, row any) {
	t.Helper()
	v := reflect.ValueOf(row).Elem()
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString(fmt.Sprintf("text %d ü", i))
		case reflect.Int64:
			f.SetInt(-int64(i) - 1000)
		case reflect.Uint32, reflect.Uint64:
			f.SetUint(uint64(i) + 100_000)
		default:
			f.Set(reflect.ValueOf(time.UnixMicro(1_790_000_000_123_456).UTC()))
		}
	}
}

func filled(t *testing.T) []Record {
	t.Helper()
	d, a, r := &Decision{}, &Approval{}, &Request{}
	fill(t, d)
	fill(t, a)
	fill(t, r)
	return []Record{{Table: Decisions, Decision: d}, {Table: Approvals, Approval: a}, {Table: Requests, Request: r}}
}

func TestRecordKeepsEveryField(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, SpoolOptions{Dir: dir})
	want := filled(t)
	for _, r := range want {
		if err := s.Record(r); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, stored(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestRecordRefusesWhatIsNoRow(t *testing.T) {
	s := openTest(t, SpoolOptions{Dir: t.TempDir()})
	tests := map[string]Record{
		"empty":       {},
		"no row":      {Table: Decisions},
		"another row": {Table: Decisions, Approval: &Approval{}},
		"too large":   {Table: Requests, Request: &Request{Path: string(make([]byte, maxRecord))}},
	}
	for name, r := range tests {
		t.Run(name, func(t *testing.T) {
			if err := s.Record(r); err == nil {
				t.Error("it was recorded")
			}
		})
	}
}

// What a killed process was told is recorded is recorded.
func TestKilledRecorder(t *testing.T) {
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = t.Output()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	told := 0
	for lines := bufio.NewScanner(out); lines.Scan(); told++ {
		if told == 20_000 {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
	openTest(t, SpoolOptions{Dir: dir})
	got := stored(t, dir)
	if told <= 20_000 || len(got) < told {
		t.Fatalf("%d of %d records are there", len(got), told)
	}
	for n, r := range got {
		if want := fmt.Sprintf("dec-%d", n); r.Decision.ID != want {
			t.Fatalf("record %d is %s", n, r.Decision.ID)
		}
	}
}

func TestRecovery(t *testing.T) {
	tests := map[string]struct {
		spoil func([]byte) []byte
		want  int
		torn  uint64
		bad   bool // the segment is kept as it is, for the shipper to set aside
	}{
		"whole":                {func(b []byte) []byte { return b }, 3, 0, false},
		"a byte short":         {func(b []byte) []byte { return b[:len(b)-1] }, 2, 1, false},
		"a head only":          {func(b []byte) []byte { return append(b, 9, 0, 0) }, 3, 1, false},
		"zeros after it":       {func(b []byte) []byte { return append(b, make([]byte, 4096)...) }, 3, 1, false},
		"the last one changed": {func(b []byte) []byte { b[len(b)-1] ^= 1; return b }, 2, 1, false},
		"changed in between":   {func(b []byte) []byte { b[len(b)/2] ^= 1; return b }, 0, 0, true},
		"nothing":              {func([]byte) []byte { return nil }, 0, 1, false},
		"the magic only":       {func(b []byte) []byte { return b[:len(magic)] }, 0, 0, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			first := openTest(t, SpoolOptions{Dir: dir})
			for n := range 3 {
				if err := first.Record(decision(n)); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(dir, segmentName(1, openSuffix))
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.Remove(filepath.Join(dir, segmentName(1, sealedSuffix))), os.WriteFile(path, tt.spoil(data), 0o600)); err != nil {
				t.Fatal(err)
			}
			second := openTest(t, SpoolOptions{Dir: dir})
			l, err := list(dir)
			if err != nil || len(l.open) != 0 {
				t.Fatal(l, err)
			}
			if tt.bad != (len(l.sealed) == 1 && tt.want == 0) {
				t.Errorf("sealed are %v", l.sealed)
			}
			if got := second.Stats().Torn; got != tt.torn {
				t.Errorf("%d torn, want %d", got, tt.torn)
			}
			if !tt.bad && len(stored(t, dir)) != tt.want {
				t.Errorf("%d records, want %d", len(stored(t, dir)), tt.want)
			}
		})
	}
}

func TestFull(t *testing.T) {
	dir, clock := t.TempDir(), clockwork.NewFakeClock()
	s := openTest(t, SpoolOptions{Dir: dir, MaxBytes: 4000, Reserve: 2000, Clock: clock})
	until := func(r Record) (n int) {
		for s.Record(r) == nil {
			n++
		}
		return n
	}
	strangers := until(Record{Table: Requests, Request: &Request{Path: "/v1/refunds"}})
	if strangers == 0 || s.Stats().Bytes > 1000 {
		t.Fatalf("%d requests of strangers take %d bytes", strangers, s.Stats().Bytes)
	}
	telemetry := until(Record{Table: Requests, Request: &Request{Tenant: "acme", Path: "/v1/refunds"}})
	if err := s.Record(decision(1)); !errors.Is(err, ErrFull) {
		t.Fatalf("a denial got into the reserve: %v", err)
	}
	effects := until(Record{Table: Approvals, Approval: &Approval{Intent: "int-1"}})
	if telemetry == 0 || effects == 0 {
		t.Fatalf("%d requests, %d approvals", telemetry, effects)
	}
	if got := s.Stats().Bytes; got > 4000 {
		t.Errorf("%d bytes are used", got)
	}
	if n := len(stored(t, dir)); n != strangers+telemetry+effects {
		t.Errorf("%d records are there, want %d", n, strangers+telemetry+effects)
	}
	// A shipper, perhaps in another process, makes room.
	clock.Advance(2 * time.Second)
	testkit.Eventually(t, "the segment is sealed", func() bool { l, err := list(dir); return err == nil && len(l.sealed) == 1 })
	if err := os.Remove(filepath.Join(dir, segmentName(1, sealedSuffix))); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "there is room", func() bool { clock.Advance(2 * time.Second); return s.Record(decision(2)) == nil })
}

func TestSegmentIsSealedInTime(t *testing.T) {
	dir, clock := t.TempDir(), clockwork.NewFakeClock()
	s := openTest(t, SpoolOptions{Dir: dir, Clock: clock})
	if err := s.Record(decision(1)); err != nil {
		t.Fatal(err)
	}
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	clock.Advance(999 * time.Millisecond)
	if l, err := list(dir); err != nil || len(l.open) != 1 {
		t.Fatal(l, err)
	}
	// The keeper may be between two waits when the time comes.
	testkit.Eventually(t, "the segment is sealed", func() bool {
		clock.Advance(time.Millisecond)
		l, err := list(dir)
		return err == nil && len(l.open) == 0 && len(l.sealed) == 1
	})
}

func TestConcurrentRecords(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, SpoolOptions{Dir: dir, SegmentAge: time.Millisecond, Clock: clockwork.NewRealClock()})
	const writers, each = 8, 2000
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for n := range each {
				if err := s.Record(decision(w*each + n)); err != nil {
					t.Error(err)
				}
				if n%200 == 0 {
					if err := s.Durable(t.Context()); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	seen := map[int64]bool{}
	for _, r := range stored(t, dir) {
		seen[r.Decision.Amount] = true
	}
	if len(seen) != writers*each || len(stored(t, dir)) != writers*each {
		t.Errorf("%d different records of %d", len(seen), len(stored(t, dir)))
	}
}

func TestOneOwner(t *testing.T) {
	dir := t.TempDir()
	first := openTest(t, SpoolOptions{Dir: dir})
	_, err := OpenSpool(SpoolOptions{Dir: dir, Instance: "second", MaxBytes: 1, Clock: clockwork.NewFakeClock(), Logger: testLogger(t)})
	if want := "another process records into " + dir + ": stop it, or choose another folder"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	openTest(t, SpoolOptions{Dir: dir})
}

func TestClosed(t *testing.T) {
	s := openTest(t, SpoolOptions{Dir: t.TempDir()})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(decision(1)); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := s.Durable(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDurableEndsWithItsContext(t *testing.T) {
	s := openTest(t, SpoolOptions{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Durable(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// FuzzParseSegment: whatever stands in a file is read or refused.
func FuzzParseSegment(f *testing.F) {
	frame, err := appendRecord(openFrame(nil), decision(1))
	if err != nil {
		f.Fatal(err)
	}
	closeFrame(frame, 0)
	head := openFrame([]byte(magic))
	head = append(head, "id"...)
	closeFrame(head, len(magic))
	f.Add(append(head, frame...))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseSegment(data)
		if s.whole > int64(len(data)) || err == nil && s.whole != int64(len(data)) && len(data) > len(magic) {
			t.Errorf("%d of %d bytes are whole: %v", s.whole, len(data), err)
		}
	})
}
