package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/tenant"
)

// pollEvery is how often the folder is looked at.
const pollEvery = 250 * time.Millisecond

// Options are what a Folder needs.
type Options struct {
	Root   string // one folder a tenant
	Clock  clockwork.Clock
	Logger *slog.Logger
}

// Folder is a tenant.Source over a folder.
type Folder struct{ options Options }

var _ tenant.Source = (*Folder)(nil)

// NewFolder returns a Folder; its root must be there.
func NewFolder(o Options) (*Folder, error) {
	if o.Clock == nil || o.Logger == nil {
		return nil, errors.New("store: an option is missing")
	}
	info, err := os.Stat(o.Root)
	if err != nil || !info.IsDir() {
		return nil, fmt.Errorf("the folder of tenants %s cannot be read: name one with --tenants", o.Root)
	}
	return &Folder{options: o}, nil
}

// Watch sends all bundles now and after each change. A tenant that cannot be read
// says so in its bundle, and keeps no other one from starting or changing.
func (f *Folder) Watch(ctx context.Context) (<-chan []tenant.Bundle, error) {
	sweeper := newSweeper(f.options.Root, f.options.Logger)
	first, err := sweeper.all()
	if err != nil {
		sweeper.close()
		return nil, err
	}
	out := make(chan []tenant.Bundle, 1)
	out <- first
	go f.poll(ctx, out, sweeper, first)
	return out, nil
}

// poll sends a value once two looks in a row agree on it.
func (f *Folder) poll(ctx context.Context, out chan<- []tenant.Bundle, sweeper *sweeper, sent []tenant.Bundle) {
	defer close(out)
	defer sweeper.close()
	ticker := f.options.Clock.NewTicker(pollEvery)
	defer ticker.Stop()
	before, failing := sent, ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.Chan():
		}
		now, err := sweeper.look()
		failing = f.report(err, failing)
		if now == nil {
			continue
		}
		settled := same(now, before)
		before = now
		if !settled || same(now, sent) {
			continue
		}
		select {
		case out <- now:
			sent = now
		case <-ctx.Done():
			return
		}
	}
}

// report logs that the folder cannot be read, once as long as it stays the same.
func (f *Folder) report(err error, before string) string {
	if err == nil {
		return ""
	}
	if err.Error() != before {
		f.options.Logger.Error("The folder of tenants cannot be read; the last ones stay", "error", err)
	}
	return err.Error()
}

// same says that nothing is new to whoever loads them.
func same(a, b []tenant.Bundle) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Same(b[i]) {
			return false
		}
	}
	return true
}
