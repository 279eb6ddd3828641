package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/jonboulle/clockwork"
)

// ErrFull means that the spool has no room: the caller must refuse what it
// wanted to record.
var ErrFull = errors.New("the spool of records is full: is the analytics engine there?")

// SpoolOptions are what a Spool needs.
type SpoolOptions struct {
	Dir        string
	Instance   string        // who records, for the log
	MaxBytes   int64         // of everything that is not shipped yet
	SegmentAge time.Duration // a segment is sealed when its first record is this old
	Clock      clockwork.Clock
	Logger     *slog.Logger
}

// Spool writes records to segments in a folder that it alone owns.
type Spool struct {
	options SpoolOptions
	lock    *os.File
	stop    chan struct{}
	done    chan struct{}

	mu      sync.Mutex
	current *segment
	used    int64 // bytes in the folder, recounted now and then
	closed  bool
	buffer  []byte
}

// segment is the file that is being written.
type segment struct {
	file    *os.File
	name    string
	started time.Time
}

// OpenSpool takes the folder over: what a dead process left is kept, without
// the torn record at its end.
func OpenSpool(o SpoolOptions) (*Spool, error) {
	if o.Dir == "" || o.MaxBytes <= 0 || o.SegmentAge <= 0 || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("audit: an option of the spool is missing")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := own(o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Spool{options: o, lock: lock, stop: make(chan struct{}), done: make(chan struct{})}
	if err := s.recover(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s.used, err = folderSize(o.Dir)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	go s.seal()
	return s, nil
}

// own takes the folder's lock, which ends with this process.
func own(dir string) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another process records into %s: stop it, or choose another data folder", dir), lock.Close())
	}
	return lock, nil
}

// Record returns once the record is with the operating system: it survives
// the end of this process, in whatever way.
func (s *Spool) Record(r Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errors.New("audit: the spool is closed")
	}
	frame, err := appendFrame(s.buffer[:0], r)
	if err != nil {
		return err
	}
	s.buffer = frame
	if s.used+int64(len(frame)) > s.options.MaxBytes {
		return ErrFull
	}
	if s.current == nil {
		if err := s.begin(); err != nil {
			return err
		}
	}
	n, err := s.current.file.Write(frame)
	s.used += int64(n)
	if err != nil {
		// A part of a record may be in the file: nothing may follow it.
		return errors.Join(fmt.Errorf("audit: %w", err), s.finish())
	}
	return nil
}

// Durable returns once everything recorded before is on the disk.
func (s *Spool) Durable(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return nil
	}
	return s.current.file.Sync()
}

// Close seals what is open and gives the folder back.
func (s *Spool) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	err := s.finish()
	s.mu.Unlock()
	close(s.stop)
	<-s.done
	return errors.Join(err, s.lock.Close())
}

// seal closes segments that are old enough, and recounts what the shipper has
// taken away.
func (s *Spool) seal() {
	defer close(s.done)
	ticker := s.options.Clock.NewTicker(s.options.SegmentAge / 4)
	defer ticker.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-ticker.Chan():
		}
		if err := s.sealOld(); err != nil {
			s.options.Logger.Error("a segment of records could not be sealed", "instance", s.options.Instance, "error", err)
		}
	}
}

func (s *Spool) sealOld() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	if s.current != nil && s.options.Clock.Since(s.current.started) >= s.options.SegmentAge {
		errs = append(errs, s.finish())
	}
	used, err := folderSize(s.options.Dir)
	if err == nil {
		s.used = used
	}
	return errors.Join(append(errs, err)...)
}
