package audit

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"
)

// How often the shipper looks, how long it waits after a failure, and how long
// it goes on after it was told to stop.
const (
	lookEvery    = 200 * time.Millisecond
	firstBackoff = 250 * time.Millisecond
	lastBackoff  = 15 * time.Second
	lastWords    = 5 * time.Second
)

// ShipperOptions are what a Shipper needs.
type ShipperOptions struct {
	Dirs       []string // folders of spools; this shipper is the only one of each
	ClickHouse ClickHouseOptions
	Clock      clockwork.Clock
	Logger     *slog.Logger
}

// Shipper moves sealed segments to ClickHouse. It may run in the process that
// records or in another one.
type Shipper struct {
	o        ShipperOptions
	db       *ClickHouse
	log      *slog.Logger
	setAside atomic.Int64
}

// NewShipper returns a Shipper; Run makes it work.
func NewShipper(o ShipperOptions) (*Shipper, error) {
	if len(o.Dirs) == 0 || o.Clock == nil || o.Logger == nil {
		return nil, errors.New("a shipper needs folders, a clock and a logger")
	}
	db, err := Open(o.ClickHouse)
	if err != nil {
		return nil, err
	}
	return &Shipper{o: o, db: db, log: o.Logger.With("component", "audit")}, nil
}

// Run ships until ctx ends, and for a moment longer what was sealed by then. It
// fails when another process ships one of the folders, and for no other reason.
func (s *Shipper) Run(ctx context.Context) error {
	defer func() { _ = s.db.Close() }()
	for _, dir := range s.o.Dirs {
		lock, err := claim(dir, shipLock, "ships")
		if err != nil {
			return err
		}
		defer func() { _ = lock.Close() }()
	}
	var group errgroup.Group
	for _, dir := range s.o.Dirs {
		f := &folder{shipper: s, dir: dir, uncertain: true}
		group.Go(func() error { f.run(ctx); return nil })
	}
	return group.Wait()
}

// Backlog counts what is not shipped yet: segments, and bytes on disk.
func (s *Shipper) Backlog() (segments int, bytes int64) {
	for _, dir := range s.o.Dirs {
		l, err := list(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			s.log.Error("The spool cannot be listed", "folder", dir, "error", err)
		}
		segments += len(l.sealed)
		bytes += l.bytes
	}
	return segments, bytes
}

// SetAside counts the damaged segments that this shipper moved to bad/.
func (s *Shipper) SetAside() int64 { return s.setAside.Load() }
