package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
)

// Errors of Record that callers branch on.
var (
	ErrFull   = errors.New("the spool is full")
	ErrClosed = errors.New("the spool is closed")
)

// maxSegment seals a segment before its time, so that an insert stays small.
const maxSegment = 4 << 20

// SpoolOptions are what a Spool needs.
type SpoolOptions struct {
	Dir        string        // made when absent; one Spool at a time owns it
	Instance   string        // of the process that records, unique in an installation
	MaxBytes   int64         // of all segments that are not shipped yet
	Reserve    int64         // the last bytes of MaxBytes, kept for approvals and decisions on effects
	SegmentAge time.Duration // how long a record waits at most to be sealed; 0 is a second
	Clock      clockwork.Clock
	Logger     *slog.Logger
}

// SpoolStats are counts since the spool was opened.
type SpoolStats struct {
	Records uint64 // written
	Refused uint64 // by ErrFull
	Torn    uint64 // segments of a dead process whose last, incomplete record was cut off
	Bytes   int64  // on disk now, as far as known
}

// Spool is a folder of records on their way. All methods are safe to call
// together.
type Spool struct {
	o    SpoolOptions
	lock *os.File
	pool sync.Pool // of *[]byte, frames being encoded

	mu       sync.Mutex
	current  *writing   // nil between segments
	sealing  []*writing // full or old, not sealed yet
	flush    *flush     // wanted by Durable calls, not begun yet
	seq      uint64     // of the latest segment
	used     int64
	written  int64 // ever, to correct a recount
	full     bool  // somebody was refused since the last recount
	measured time.Time
	failed   error // the disk's, for good
	closed   bool

	wake    chan struct{} // for the keeper
	done    chan struct{} // the keeper has ended
	records atomic.Uint64
	refused atomic.Uint64
	torn    uint64
}

// OpenSpool takes the folder, seals what a dead process left there and begins
// to record. It fails when another process owns the folder.
func OpenSpool(o SpoolOptions) (*Spool, error) {
	if o.Dir == "" || o.Instance == "" || o.MaxBytes <= 0 || o.Reserve < 0 || o.Reserve >= o.MaxBytes || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("a spool needs a folder, an instance, a quota larger than its reserve, a clock and a logger")
	}
	if o.SegmentAge <= 0 {
		o.SegmentAge = time.Second
	}
	lock, err := claim(o.Dir, spoolLock, "records into")
	if err != nil {
		return nil, err
	}
	o.Logger = o.Logger.With("component", "audit", "folder", o.Dir)
	s := &Spool{o: o, lock: lock, wake: make(chan struct{}, 1), done: make(chan struct{})}
	s.pool.New = func() any { return new([]byte) }
	if err := s.recover(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	go s.keep()
	return s, nil
}

// Record appends one record. When it returns nil, the record survives the end
// of the process. It returns ErrFull when the quota or the disk is used up, and
// never waits for anything but one write to the file.
func (s *Spool) Record(r Record) error {
	buffer := s.pool.Get().(*[]byte)
	defer s.pool.Put(buffer)
	frame, err := appendRecord(openFrame((*buffer)[:0]), r)
	*buffer = frame
	if err != nil {
		return err
	}
	if len(frame) > maxRecord {
		return fmt.Errorf("a record of %d bytes is larger than %d", len(frame), maxRecord)
	}
	closeFrame(frame, 0)
	return s.append(frame, s.limit(r))
}

// essential records may use the reserve: without them an effect would happen
// that nobody can account for.
func essential(r Record) bool {
	return r.Approval != nil || r.Decision != nil && (r.Decision.Lane == "effect" || r.Decision.Intent != "")
}

// anonymous records are of requests that named no tenant: anybody can make those,
// so they never take more than half of the room.
func anonymous(r Record) bool {
	return r.Decision != nil && r.Decision.Tenant == "" || r.Request != nil && r.Request.Tenant == ""
}

// limit is how far a record may fill the spool, in bytes.
func (s *Spool) limit(r Record) int64 {
	switch {
	case essential(r):
		return s.o.MaxBytes
	case anonymous(r):
		return (s.o.MaxBytes - s.o.Reserve) / 2
	default:
		return s.o.MaxBytes - s.o.Reserve
	}
}

func (s *Spool) append(frame []byte, limit int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return ErrClosed
	case s.failed != nil:
		return s.failed
	case s.used+int64(len(frame)) > limit:
		return s.refuse(ErrFull)
	}
	if s.current == nil {
		if err := s.begin(); err != nil {
			return s.refuse(err)
		}
	}
	if err := s.current.write(frame); err != nil {
		return s.refuse(err)
	}
	s.count(len(frame))
	s.records.Add(1)
	if s.current.size >= maxSegment {
		s.endSegment()
	}
	return nil
}

func (s *Spool) count(n int) {
	s.used += int64(n)
	s.written += int64(n)
}

// refuse counts a refusal. Shipping may have made room that this process has
// not seen, so the keeper looks again.
func (s *Spool) refuse(err error) error {
	s.full = true
	s.refused.Add(1)
	s.nudge()
	return err
}

func (s *Spool) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// flush is one fsync that any number of Durable calls wait for.
type flush struct {
	done chan struct{}
	err  error
}

// Durable returns once everything that was recorded before the call survives a
// loss of power. Calls at the same time share one fsync.
func (s *Spool) Durable(ctx context.Context) error {
	s.mu.Lock()
	if s.closed || s.failed != nil {
		defer s.mu.Unlock()
		return s.failed
	}
	if s.flush == nil {
		s.flush = &flush{done: make(chan struct{})}
	}
	f := s.flush
	s.mu.Unlock()
	s.nudge()
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stats returns the counts so far.
func (s *Spool) Stats() SpoolStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return SpoolStats{Records: s.records.Load(), Refused: s.refused.Load(), Torn: s.torn, Bytes: s.used}
}

// Close seals what was recorded and gives the folder up.
func (s *Spool) Close() error {
	s.mu.Lock()
	already := s.closed
	s.closed = true
	s.mu.Unlock()
	s.nudge()
	<-s.done
	if already {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.failed, s.lock.Close())
}
