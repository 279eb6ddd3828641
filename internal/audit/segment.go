package audit

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Names of segment files. A name is unique for ever, because it is also the
// token by which ClickHouse knows a batch again.
const (
	openSuffix   = ".open"
	sealedSuffix = ".seg"
	badFolder    = "bad"
)

// begin starts a segment; names sort by time.
func (s *Spool) begin() error {
	var salt [6]byte
	_, _ = rand.Read(salt[:])
	now := s.options.Clock.Now()
	name := fmt.Sprintf("%020d-%s", now.UnixMicro(), hex.EncodeToString(salt[:]))
	file, err := os.OpenFile(filepath.Join(s.options.Dir, name+openSuffix), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	s.current = &segment{file: file, name: name, started: now}
	return nil
}

// finish seals the current segment: on the disk, then under its final name.
func (s *Spool) finish() error {
	if s.current == nil {
		return nil
	}
	c := s.current
	s.current = nil
	path := filepath.Join(s.options.Dir, c.name)
	return errors.Join(c.file.Sync(), c.file.Close(), os.Rename(path+openSuffix, path+sealedSuffix))
}

// recover seals what a dead process left open, without its torn tail.
func (s *Spool) recover() error {
	paths, err := filepath.Glob(filepath.Join(s.options.Dir, "*"+openSuffix))
	if err != nil {
		return err
	}
	for _, path := range paths {
		whole, err := wholeBytes(path)
		if err != nil {
			return err
		}
		if whole == 0 {
			if err := os.Remove(path); err != nil {
				return err
			}
			continue
		}
		if err := os.Truncate(path, whole); err != nil {
			return err
		}
		if err := os.Rename(path, strings.TrimSuffix(path, openSuffix)+sealedSuffix); err != nil {
			return err
		}
	}
	return nil
}

func wholeBytes(path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	n, err := readFrames(file, func(Record) error { return nil })
	if err != nil && !errors.Is(err, errDamaged) {
		return 0, err
	}
	return n, nil
}

// sealedSegments are the paths of sealed segments, the oldest first.
func sealedSegments(dir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*"+sealedSuffix))
	sort.Strings(paths)
	return paths, err
}

// folderSize counts the bytes of all segments; one that goes meanwhile is gone.
func folderSize(dir string) (int64, error) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			total += info.Size()
		}
		return nil
	})
	return total, err
}
