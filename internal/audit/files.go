package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Names in a spool's folder. A segment is <number>.open while it is written and
// <number>.sealed afterwards.
const (
	openSuffix   = ".open"
	sealedSuffix = ".sealed"
	badDir       = "bad"
	spoolLock    = "lock"
	shipLock     = "ship.lock"
)

func segmentName(seq uint64, suffix string) string { return fmt.Sprintf("%020d%s", seq, suffix) }

// segmentSeq is the number in a segment's name; 0 for another file.
func segmentSeq(name string) uint64 {
	digits, _, _ := strings.Cut(name, ".")
	seq, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0
	}
	return seq
}

// listing is what a spool's folder holds.
type listing struct {
	open, sealed []string // names, oldest first
	bytes        int64    // of all segments, those set aside too
	last         uint64   // the highest number
}

func list(dir string) (listing, error) {
	var l listing
	entries, err := os.ReadDir(dir)
	if err != nil {
		return l, fmt.Errorf("the spool: %w", err)
	}
	for _, e := range entries {
		switch {
		case strings.HasSuffix(e.Name(), openSuffix):
			l.open = append(l.open, e.Name())
		case strings.HasSuffix(e.Name(), sealedSuffix):
			l.sealed = append(l.sealed, e.Name())
		default:
			continue
		}
		l.add(e)
	}
	bad, err := os.ReadDir(filepath.Join(dir, badDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return l, fmt.Errorf("the spool: %w", err)
	}
	for _, e := range bad {
		l.add(e)
	}
	return l, nil
}

func (l *listing) add(e fs.DirEntry) {
	l.last = max(l.last, segmentSeq(e.Name()))
	if info, err := e.Info(); err == nil { // else it was shipped meanwhile
		l.bytes += info.Size()
	}
}

// claim makes this process the only one that does a job in dir, until the file
// is closed or the process ends.
func claim(dir, name, job string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the spool: %w", err)
	}
	file, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("the spool: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("another process %s %s: stop it, or choose another folder", job, dir)
	}
	return file, nil
}
