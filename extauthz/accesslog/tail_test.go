package accesslog_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sallyport/sallyport/extauthz/accesslog"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/testkit"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 250_000, time.UTC)

// recorder keeps a copy of what the spool took.
type recorder struct {
	*audit.Spool
	mu   sync.Mutex
	rows []audit.Request
}

func (r *recorder) Record(record audit.Record) error {
	err := r.Spool.Record(record)
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.rows = append(r.rows, *record.Request)
	}
	return err
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.rows)
}

// taken returns the copies and forgets them.
func (r *recorder) taken() []audit.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	rows := r.rows
	r.rows = nil
	return rows
}

// rig is a log file and a spool of some size.
type rig struct {
	*recorder
	file    string
	log     bytes.Buffer
	tail    *accesslog.Tail
	metrics *prometheus.Registry
}

func newRig(t *testing.T, quota int64) *rig {
	t.Helper()
	dir := t.TempDir()
	spool, err := audit.OpenSpool(audit.SpoolOptions{Dir: filepath.Join(dir, "spool"), Instance: "test", MaxBytes: quota, Clock: clockwork.NewFakeClockAt(start), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := spool.Close(); err != nil {
			t.Error(err)
		}
	})
	return &rig{recorder: &recorder{Spool: spool}, file: filepath.Join(dir, "access.log")}
}

// run follows the file until the returned function stops it.
func (r *rig) run(t *testing.T) (stop func()) {
	t.Helper()
	var err error
	r.metrics = prometheus.NewRegistry()
	if r.tail, err = accesslog.New(accesslog.Options{File: r.file, Recorder: r.recorder, Metrics: r.metrics, Logger: slog.New(slog.NewTextHandler(&r.log, nil))}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.tail.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// write appends as Envoy does.
func (r *rig) write(t *testing.T, text string) {
	t.Helper()
	f, err := os.OpenFile(r.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// rows waits for some rows.
func (r *rig) await(t *testing.T, n int) {
	t.Helper()
	testkit.Eventually(t, fmt.Sprintf("%d lines are recorded", n), func() bool { return r.count() >= n })
}

func (r *rig) dropped(t *testing.T) int {
	t.Helper()
	return int(testkit.Metric(t, r.metrics, "sallyport_access_log_dropped_total"))
}

// line is what Envoy writes of a read that went to the tool, with other words in
// place of some.
func line(replace ...string) string {
	return strings.NewReplacer(replace...).Replace("agent\t1772600767.000250\treq-1\tdec-req-1\tacme\t200\t-\tvia_upstream\t1500\t300\t20\t100\t4000\tacme-stripe\t{\"email\":2}\tGET\t/stripe/v1/charges?customer=cus_ada") + "\n"
}

func row() audit.Request {
	return audit.Request{
		Time: start, Tenant: "acme", Decision: "dec-req-1", Listener: "agent", Method: "GET", Path: "/stripe/v1/charges",
		Status: 200, DurationUS: 1500, BytesIn: 320, BytesOut: 4100, Cluster: "acme-stripe", Masked: `{"email":2}`,
	}
}

// Every line is recorded once, under the decision that it belongs to, and a line
// that makes no sense as far as it goes.
func TestLines(t *testing.T) {
	r := newRig(t, 1<<30)
	stop := r.run(t)
	defer stop()
	for name, tt := range map[string]struct {
		line string
		want func(*audit.Request)
	}{
		"a read": {line(), func(*audit.Request) {}},
		"the execute listener's, by the order's decision": {line("agent", "execute", "\treq-1", "\treq-2"), func(w *audit.Request) { w.Listener = "execute" }},
		"no check answered, by the request's id":          {line("dec-req-1\tacme", "-\t-"), func(w *audit.Request) { w.Tenant = "" }},
		"refused before there was an id":                  {line("\treq-1\tdec-req-1\tacme", "\t-\t-\t-"), func(w *audit.Request) { w.Tenant, w.Decision = "", "" }},
		"flags":                                           {line("200\t-", "503\tUF,UT"), func(w *audit.Request) { w.Status, w.Flags = 503, "UF,UT" }},
		"a tab in the path":                               {line("/stripe/v1/charges?customer=cus_ada", "/a\tb\tc"), func(w *audit.Request) { w.Path = "/*" }},
		"nothing was found":                               {line(`{"email":2}`, "-"), func(w *audit.Request) { w.Masked = "" }},
		"no answer":                                       {line("\t1500\t", "\t-\t", "\t200\t", "\t0\t"), func(w *audit.Request) { w.Status, w.DurationUS = 0, 0 }},
		"numbers beyond all bounds":                       {line("1500", "99999999999999999999", "\t20\t", "\t-7\t", "\t200\t", "\t70000\t"), func(w *audit.Request) { w.Status, w.DurationUS, w.BytesIn = 0, 0, 300 }},
		"no UTF-8":                                        {line("GET", "G\xff"), func(w *audit.Request) { w.Method = "G?" }},
	} {
		t.Run(name, func(t *testing.T) {
			want := row()
			tt.want(&want)
			r.write(t, tt.line)
			r.await(t, 1)
			if diff := cmp.Diff([]audit.Request{want}, r.taken()); diff != "" {
				t.Error(diff)
			}
		})
	}
	r.write(t, "agent\ttoo few\n\n\t\n"+line())
	r.await(t, 1)
	if rows := r.taken(); len(rows) != 1 || r.dropped(t) != 3 {
		t.Errorf("%d rows, %d dropped", len(rows), r.dropped(t))
	}
}

// A line is taken once it is whole.
func TestLineInPieces(t *testing.T) {
	r := newRig(t, 1<<30)
	stop := r.run(t)
	half := line()[:40]
	r.write(t, line()+half)
	r.await(t, 1)
	r.write(t, line()[40:]+line())
	r.await(t, 3)
	r.write(t, half)
	stop()
	if rows := r.taken(); len(rows) != 3 || !cmp.Equal(rows[1], row()) || r.dropped(t) != 0 {
		t.Errorf("%d dropped: %+v", r.dropped(t), rows)
	}
}

// What was appended while nobody was there is recorded, and nothing twice.
func TestRestartGoesOn(t *testing.T) {
	r := newRig(t, 1<<30)
	r.write(t, line())
	stop := r.run(t)
	r.await(t, 1)
	stop()
	r.write(t, line("req-1", "req-2"))
	r.run(t)()
	r.write(t, line("req-1", "req-3"))
	r.run(t)() // what is there when it ends is recorded too
	var ids []string
	for _, row := range r.taken() {
		ids = append(ids, row.Decision)
	}
	if got := strings.Join(ids, " "); got != "dec-req-1 dec-req-2 dec-req-3" {
		t.Errorf("recorded %s", got)
	}
}

// Another file under the same name is read from its beginning.
func TestAnotherFile(t *testing.T) {
	for name, replace := range map[string]func(string) error{
		"removed": os.Remove,
		"moved":   func(file string) error { return os.Rename(file, file+".1") },
		"emptied": func(file string) error { return os.Truncate(file, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 1<<30)
			r.write(t, line()+line())
			stop := r.run(t)
			defer stop()
			r.await(t, 2)
			if err := replace(r.file); err != nil {
				t.Fatal(err)
			}
			r.write(t, line("req-1", "req-2"))
			r.await(t, 3)
			if rows := r.taken(); len(rows) != 3 || rows[2].Decision != "dec-req-2" {
				t.Errorf("recorded %+v", rows)
			}
		})
	}
}

// A full spool drops lines, says so once and counts them.
func TestFullSpoolDropsLines(t *testing.T) {
	r := newRig(t, 1)
	r.write(t, strings.Repeat(line(), 4))
	r.run(t)()
	if r.count() != 0 || r.dropped(t) != 4 || strings.Count(r.log.String(), "are dropped") != 1 || !strings.Contains(r.log.String(), audit.ErrFull.Error()) {
		t.Errorf("%d dropped: %s", r.dropped(t), &r.log)
	}
}

// What was read takes no room, however long the file is.
func TestFileTakesNoRoom(t *testing.T) {
	r := newRig(t, 1<<30)
	const lines = 40_000 // about 6 MB
	r.write(t, strings.Repeat(line(), lines))
	before := room(t, r.file)
	r.run(t)()
	if n := r.count(); n != lines {
		t.Fatalf("%d lines were recorded", n)
	}
	if after := room(t, r.file); after > 1<<20+64<<10 || before < 4<<20 {
		t.Errorf("the file takes %d bytes, %d before", after, before)
	}
	if mark, err := os.ReadFile(r.file + ".read"); err != nil || string(mark) != strconv.Itoa(lines*len(line())) {
		t.Errorf("read up to %s (%v)", mark, err)
	}
}

// room is what a file takes on the disk, in bytes.
func room(t *testing.T, file string) int64 {
	t.Helper()
	var s syscall.Stat_t
	if err := syscall.Stat(file, &s); err != nil {
		t.Fatal(err)
	}
	return s.Blocks * 512
}

// A line without an end is skipped in pieces and keeps nobody waiting.
func TestEndlessLine(t *testing.T) {
	r := newRig(t, 1<<30)
	r.write(t, strings.Repeat("x", 1<<20)+"\n"+line())
	r.run(t)()
	if rows := r.taken(); len(rows) != 1 || !cmp.Equal(rows[0], row()) {
		t.Errorf("recorded %+v", rows)
	}
}

// An answer that agents got and the mask says nothing about is an alarm.
func TestAnAbsentReportIsAnAlarm(t *testing.T) {
	for name, tt := range map[string]struct {
		line  string
		alarm int64
	}{
		"seen":                     {line(), 0},
		"nothing was found":        {line(`{"email":2}`, "{}"), 0},
		"not seen":                 {line(`{"email":2}`, "-"), 1},
		"not seen, an error":       {line(`{"email":2}`, "-", "200", "503"), 1},
		"refused by the check":     {line(`{"email":2}`, "-", "acme-stripe", "-"), 0},
		"larger than Envoy holds":  {line(`{"email":2}`, "-", "200\t-\tvia_upstream", "500\t-\tresponse_payload_too_large"), 0},
		"the mask crashed":         {line(`{"email":2}`, "-", "200\t-\tvia_upstream", "503\t-\twasm_fail_stream"), 0},
		"the tool was not reached": {line(`{"email":2}`, "-", "200\t-", "503\tUF"), 0},
		"the execute listener's":   {line(`{"email":2}`, "-", "agent", "execute"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 1<<30)
			stop := r.run(t)
			defer stop()
			r.write(t, tt.line)
			r.await(t, 1)
			if got := int64(testkit.Metric(t, r.metrics, "sallyport_mask_reports_missing_total")); got != tt.alarm {
				t.Errorf("%d alarms, want %d", got, tt.alarm)
			}
		})
	}
}

// What was masked is counted by type, under names of types alone, and what was withheld
// by why.
func TestMaskedValuesAreCounted(t *testing.T) {
	r := newRig(t, 1<<30)
	stop := r.run(t)
	defer stop()
	for _, report := range []string{`{"email":2,"card":1}`, `{"email":1,"ann":7}`, `{"email":`, "{}", "-", `{"withheld":1}`, `{"email":1,"withheld":1}`, `{"fault":1}`} {
		r.write(t, line(`{"email":2}`, report))
	}
	r.write(t, line("agent", "execute"))
	r.await(t, 9)
	if got := testkit.Metric(t, r.metrics, "sallyport_masked_values_total"); got != 5 {
		t.Errorf("%v values, want 5", got)
	}
	for why, want := range map[string]float64{"unreadable": 2, "fault": 1} {
		if got := testkit.Metric(t, r.metrics, "sallyport_answers_withheld_total", "why", why); got != want {
			t.Errorf("%v answers are withheld as %s, want %v", got, why, want)
		}
	}
}
