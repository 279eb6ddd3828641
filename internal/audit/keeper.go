package audit

import (
	"errors"
	"fmt"
	"time"

	"github.com/sallyport/sallyport/internal/durable"
)

// recountEvery bounds how often the folder is measured.
const recountEvery = time.Second

// keep seals segments and makes them durable until the spool is closed. It is
// the only one that closes files, so that a sync never meets a closed one.
func (s *Spool) keep() {
	defer close(s.done)
	for {
		w := s.work()
		w.flush.finish(s.perform(w))
		s.measure()
		if w.last {
			return
		}
		s.await()
	}
}

// await waits for a nudge, or until the current segment is old enough.
func (s *Spool) await() {
	s.mu.Lock()
	current := s.current
	s.mu.Unlock()
	if current == nil {
		<-s.wake
		return
	}
	timer := s.o.Clock.NewTimer(s.o.SegmentAge - s.o.Clock.Since(current.began))
	defer timer.Stop()
	select {
	case <-s.wake:
	case <-timer.Chan():
	}
}

// round is one pass of the keeper.
type round struct {
	seal  []*writing
	sync  *writing // stays open; nil for none
	flush *flush   // nil for none
	last  bool
}

// work takes what there is to do.
func (s *Spool) work() round {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && (s.closed || s.o.Clock.Since(s.current.began) >= s.o.SegmentAge) {
		s.sealing = append(s.sealing, s.current)
		s.current = nil
	}
	w := round{seal: s.sealing, flush: s.flush, last: s.closed}
	if s.flush != nil {
		w.sync = s.current
	}
	s.sealing, s.flush = nil, nil
	return w
}

// perform does a round. A disk that could not be synced may have lost what it
// was given, and says so only once: the spool refuses from then on.
func (s *Spool) perform(w round) error {
	var errs []error
	for _, segment := range w.seal {
		errs = append(errs, s.seal(segment))
	}
	if w.sync != nil {
		errs = append(errs, w.sync.file.Sync())
	}
	if len(errs) > 0 {
		errs = append(errs, durable.Folder(s.o.Dir))
	}
	err := errors.Join(errs...)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.failed == nil {
		s.failed = fmt.Errorf("the spool's disk failed: %w", err)
		s.o.Logger.Error("The spool's disk failed; everything is refused until a restart", "error", err)
	}
	return s.failed
}

func (f *flush) finish(err error) {
	if f != nil {
		f.err = err
		close(f.done)
	}
}

// measure corrects the number of bytes by what the shipper, perhaps in another
// process, has deleted. It is worth a look only when room becomes short.
func (s *Spool) measure() {
	s.mu.Lock()
	short := s.full || s.used > (s.o.MaxBytes-s.o.Reserve)/2
	early := s.o.Clock.Since(s.measured) < recountEvery
	before := s.written
	s.mu.Unlock()
	if !short || early {
		return
	}
	l, err := list(s.o.Dir)
	if err != nil {
		return // a shipper emptied the folder meanwhile; the next look will do
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// What was written meanwhile may be in both numbers; nobody else makes more.
	s.used = min(s.used, l.bytes+s.written-before)
	s.full, s.measured = false, s.o.Clock.Now()
}
