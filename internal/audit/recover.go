package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// recover seals the segments of a dead process and measures the folder.
func (s *Spool) recover() error {
	l, err := list(s.o.Dir)
	if err != nil {
		return err
	}
	for _, name := range l.open {
		if err := s.rescue(name); err != nil {
			return fmt.Errorf("the spool's segment %s: %w", name, err)
		}
	}
	if l, err = list(s.o.Dir); err != nil {
		return err
	}
	s.seq, s.used = l.last, l.bytes
	return nil
}

// rescue seals one segment. A torn tail, which no Record call was told of, is
// cut off. Damage before the end stays: the shipper sets such a segment aside.
func (s *Spool) rescue(name string) error {
	path := filepath.Join(s.o.Dir, name)
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	content, err := parseSegment(data)
	torn := errors.Is(err, errTorn)
	if torn {
		s.torn++
		s.o.Logger.Warn("A dead process left an incomplete record, which is cut off", "segment", name, "bytes", int64(len(data))-content.whole)
	}
	if len(content.records) == 0 && (err == nil || torn) {
		return os.Remove(path)
	}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if torn {
		if err := file.Truncate(content.whole); err != nil {
			return errors.Join(err, file.Close())
		}
	}
	return s.seal(&writing{file: file, seq: segmentSeq(name)})
}
