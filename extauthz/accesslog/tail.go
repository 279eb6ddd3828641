package accesslog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"golang.org/x/sys/unix"

	"github.com/sallyport/sallyport/internal/audit"
)

const (
	lookEvery = 200 * time.Millisecond
	pieceSize = 256 << 10 // more than any line
	giveBack  = 1 << 20   // what was read is given back to the disk in such pieces

	markSuffix = ".read"
)

// Recorder takes a record; it never waits for a network.
type Recorder interface {
	Record(audit.Record) error
}

// Options are what a Tail needs.
type Options struct {
	File     string // where Envoy appends its lines
	Recorder Recorder
	Logger   *slog.Logger
	Metrics  prometheus.Registerer // nil for none
}

// Tail records the lines that Envoy appends to a file. How far it has come
// stands beside the file, so that a restart neither repeats nor loses lines; what
// was read takes no room on the disk any more.
type Tail struct {
	options Options
	file    *os.File
	at      int64 // everything before it was read
	freed   int64 // everything before it was given back
	dropped prometheus.Counter
	masked  masked
	piece   []byte
	once    map[problem]bool // logged already
}

// New opens the file, which it makes where there is none yet.
func New(o Options) (*Tail, error) {
	t := &Tail{
		options: o, piece: make([]byte, pieceSize), once: map[problem]bool{},
		dropped: promauto.With(o.Metrics).NewCounter(prometheus.CounterOpts{
			Name: "sallyport_access_log_dropped_total", Help: "Lines of Envoy's access log that could not be recorded.",
		}),
		masked: newMasked(o.Metrics, o.Logger),
	}
	return t, t.open()
}

func (t *Tail) open() error {
	file, err := os.OpenFile(t.options.File, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	data, err := os.ReadFile(t.mark())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, file.Close())
	}
	t.file, t.at = file, number(strings.TrimSpace(string(data)), 62)
	if t.at > info.Size() {
		t.at = 0 // another file under the same name
	}
	t.freed = t.at &^ (giveBack - 1)
	return nil
}

// Close gives up a Tail that does not run.
func (t *Tail) Close() error { return t.file.Close() }

// mark is the file that says how far the lines were read.
func (t *Tail) mark() string { return t.options.File + markSuffix }

// Run records until ctx ends, and then what is there already.
func (t *Tail) Run(ctx context.Context) error {
	defer func() { _ = t.file.Close() }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return t.look()
		case <-tick.C:
			if err := t.look(); err != nil {
				t.complain(problemRead, err)
			}
		}
	}
}

// look records all whole lines there are.
func (t *Tail) look() error {
	from := t.at
	for {
		n, err := t.file.ReadAt(t.piece, t.at)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		end := bytes.LastIndexByte(t.piece[:n], '\n') + 1
		if end == 0 && n == len(t.piece) {
			end = n // no line is as long
		}
		if end == 0 {
			break
		}
		for line := range bytes.Lines(t.piece[:end]) {
			t.record(string(bytes.TrimSuffix(line, []byte("\n"))))
		}
		t.at += int64(end)
	}
	if t.at == from {
		return t.follow()
	}
	t.free()
	return os.WriteFile(t.mark(), strconv.AppendInt(nil, t.at, 10), 0o600)
}

// follow opens the file again when another one has its name.
func (t *Tail) follow() error {
	ours, err := t.file.Stat()
	if err != nil {
		return err
	}
	if now, err := os.Stat(t.options.File); err == nil && os.SameFile(ours, now) && now.Size() >= t.at {
		return nil
	}
	if err := os.Remove(t.mark()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	old := t.file
	if err := t.open(); err != nil {
		return err // the old one stays, so that the next look tries again
	}
	return old.Close()
}

// free gives the room of what was read back to the disk. The file keeps its
// length: Envoy goes on behind it.
func (t *Tail) free() {
	to := t.at &^ (giveBack - 1)
	if to == t.freed {
		return
	}
	if err := unix.Fallocate(int(t.file.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, t.freed, to-t.freed); err != nil {
		t.complain(problemRoom, err)
	}
	t.freed = to
}

// record drops what does not fit, and says so when that begins.
func (t *Tail) record(line string) {
	row, upstream, err := parse(line)
	if err == nil {
		t.masked.count(row, upstream)
		err = t.options.Recorder.Record(audit.Record{Table: audit.Requests, Request: row})
	}
	if err != nil {
		t.dropped.Inc()
		t.complain(problemDropped, err)
	}
}

// problem is what is logged once.
type problem string

const (
	problemRead    problem = "it cannot be read"
	problemRoom    problem = "its room cannot be given back: put the data folder on another file system"
	problemDropped problem = "entries are dropped"
)

func (t *Tail) complain(p problem, err error) {
	if !t.once[p] {
		t.once[p] = true
		t.options.Logger.Error("The access log is in trouble", "problem", string(p), "error", err)
	}
}
