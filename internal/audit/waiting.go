package audit

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// Waiting are the steps of a decision that a spool's folder holds because nobody
// shipped them yet, oldest first. It changes nothing in the folder, and reads
// what a process is writing as far as it is whole.
func Waiting(dir, decision string) ([]Decision, error) {
	l, err := list(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Decision
	names := append(slices.Clone(l.sealed), l.open...)
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(segmentSeq(a), segmentSeq(b)) })
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue // shipped meanwhile
		}
		if err != nil {
			return nil, err
		}
		s, err := parseSegment(data)
		if err != nil && !errors.Is(err, errTorn) && !errors.Is(err, errDamaged) {
			return nil, err
		}
		for _, r := range s.records {
			if r.Decision != nil && r.Decision.ID == decision {
				out = append(out, *r.Decision)
			}
		}
	}
	return out, nil
}
