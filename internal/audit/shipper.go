package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jonboulle/clockwork"
)

// How often the shipper looks, and how it waits when the engine is not there.
const (
	shipEvery    = 250 * time.Millisecond
	firstBackoff = 250 * time.Millisecond
	lastBackoff  = 5 * time.Second
)

// ShipperOptions are what a Shipper needs.
type ShipperOptions struct {
	Dirs       []string // spools; this shipper is the only one for each
	ClickHouse ClickHouseOptions
	Clock      clockwork.Clock
	Logger     *slog.Logger
}

// Shipper moves sealed segments to ClickHouse, at least once, each batch known
// by its token.
type Shipper struct {
	options  ShipperOptions
	db       *ClickHouse
	migrated bool
	failing  bool
}

// NewShipper returns a Shipper; Run makes it work.
func NewShipper(o ShipperOptions) (*Shipper, error) {
	if len(o.Dirs) == 0 || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("audit: an option of the shipper is missing")
	}
	db, err := Open(o.ClickHouse)
	if err != nil {
		return nil, err
	}
	return &Shipper{options: o, db: db}, nil
}

// Run ships until ctx ends, and once more after that what is sealed by then.
func (s *Shipper) Run(ctx context.Context) error {
	defer func() { _ = s.db.Close() }()
	wait := shipEvery
	for {
		err := s.ship(ctx)
		switch {
		case err == nil:
			s.recovered()
			wait = shipEvery
		case ctx.Err() == nil:
			s.failed(err)
			wait = min(max(wait*2, firstBackoff), lastBackoff)
		}
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastBackoff)
			defer cancel()
			if err := s.ship(last); err != nil {
				s.options.Logger.Warn("records stay in the spool until the next start", "error", err)
			}
			return nil
		case <-s.options.Clock.After(wait):
		}
	}
}

func (s *Shipper) failed(err error) {
	if !s.failing {
		s.options.Logger.Warn("records wait in the spool: the analytics engine does not take them", "error", err)
	}
	s.failing = true
}

func (s *Shipper) recovered() {
	if s.failing {
		s.options.Logger.Info("the analytics engine takes records again")
	}
	s.failing = false
}

// Backlog counts what is not shipped yet.
func (s *Shipper) Backlog() (segments int, bytes int64) {
	for _, dir := range s.options.Dirs {
		paths, _ := sealedSegments(dir)
		segments += len(paths)
		size, _ := folderSize(dir)
		bytes += size
	}
	return segments, bytes
}

// ship sends every sealed segment, the oldest of each spool first.
func (s *Shipper) ship(ctx context.Context) error {
	for _, dir := range s.options.Dirs {
		paths, err := sealedSegments(dir)
		if err != nil {
			return err
		}
		for _, path := range paths {
			if err := s.segment(ctx, path); err != nil {
				return err
			}
		}
	}
	return nil
}

// segment sends one segment and deletes it when all of it is there. One that
// is damaged is sent as far as it can be read, and set aside.
func (s *Shipper) segment(ctx context.Context, path string) error {
	byTable, damaged, err := readSegment(path)
	if err != nil {
		return err
	}
	if !s.migrated {
		if err := s.db.Migrate(ctx); err != nil {
			return err
		}
		s.migrated = true
	}
	for _, table := range tables {
		if len(byTable[table]) == 0 {
			continue
		}
		token := filepath.Base(path) + "/" + string(table)
		if err := s.db.insert(ctx, table, byTable[table], token); err != nil {
			return fmt.Errorf("audit.%s: %w", table, err)
		}
	}
	if damaged {
		return s.setAside(path)
	}
	return os.Remove(path)
}

func (s *Shipper) setAside(path string) error {
	s.options.Logger.Error("a segment of records is damaged; what could be read of it was kept", "segment", path)
	bad := filepath.Join(filepath.Dir(path), badFolder)
	if err := os.MkdirAll(bad, 0o700); err != nil {
		return err
	}
	return os.Rename(path, filepath.Join(bad, filepath.Base(path)))
}

func readSegment(path string) (byTable map[Table][]Record, damaged bool, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = file.Close() }()
	byTable = map[Table][]Record{}
	_, err = readFrames(file, func(r Record) error {
		byTable[r.Table] = append(byTable[r.Table], r)
		return nil
	})
	if errors.Is(err, errDamaged) {
		return byTable, true, nil
	}
	return byTable, false, err
}
