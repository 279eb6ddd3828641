package audit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// writing is a segment file that is being written.
type writing struct {
	file  *os.File
	seq   uint64
	size  int64
	began time.Time
}

// begin starts the next segment. Its id is random beside the instance's name:
// numbers begin anew in an emptied folder, and ClickHouse must never take a new
// segment for an old one.
func (s *Spool) begin() error {
	path := filepath.Join(s.o.Dir, segmentName(s.seq+1, openSuffix))
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return diskError("begin a segment", err)
	}
	s.seq++
	w := &writing{file: file, seq: s.seq, began: s.o.Clock.Now()}
	head := openFrame([]byte(magic))
	head = append(head, s.o.Instance+"/"+rand.Text()...)
	closeFrame(head, len(magic))
	if err := w.write(head); err != nil {
		return errors.Join(err, file.Close(), os.Remove(path))
	}
	s.count(len(head))
	s.current = w
	s.nudge()
	return nil
}

// write appends all of data or none of it.
func (w *writing) write(data []byte) error {
	n, err := w.file.Write(data)
	if err == nil {
		w.size += int64(n)
		return nil
	}
	err = diskError("write a record", err)
	if n == 0 {
		return err
	}
	if _, seeking := w.file.Seek(w.size, 0); seeking != nil {
		return errors.Join(err, seeking)
	}
	return errors.Join(err, w.file.Truncate(w.size))
}

// endSegment gives the current segment to the keeper.
func (s *Spool) endSegment() {
	s.sealing = append(s.sealing, s.current)
	s.current = nil
	s.nudge()
}

// seal makes a segment durable and visible to the shipper.
func (s *Spool) seal(w *writing) error {
	err := errors.Join(w.file.Sync(), w.file.Close())
	if err != nil {
		return fmt.Errorf("seal a segment: %w", err)
	}
	from, to := segmentName(w.seq, openSuffix), segmentName(w.seq, sealedSuffix)
	if err := os.Rename(filepath.Join(s.o.Dir, from), filepath.Join(s.o.Dir, to)); err != nil {
		return fmt.Errorf("seal a segment: %w", err)
	}
	return nil
}

// diskError tells a full disk, which passes, from a broken one.
func diskError(what string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%s: %w: %w", what, ErrFull, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
