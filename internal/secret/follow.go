package secret

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
)

// followEvery is how often the file is looked at.
const followEvery = 500 * time.Millisecond

// Follow keeps a Cache equal to the file until ctx ends, then returns nil. The
// first load is done before it waits for the first time, and its failure is
// returned; a later one is logged once and leaves the last good secrets where
// they are. A file that is removed has no secrets.
func Follow(ctx context.Context, file *File, cache *Cache, clock clockwork.Clock, logger *slog.Logger) error {
	f := follower{file: file, cache: cache}
	if err := f.look(); err != nil {
		return err
	}
	ticker := clock.NewTicker(followEvery)
	defer ticker.Stop()
	failed := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
		}
		switch err := f.look(); {
		case err == nil:
			failed = ""
		case err.Error() != failed:
			failed = err.Error()
			logger.ErrorContext(ctx, "Secrets could not be read and the last ones stay", "error", err)
		}
	}
}

// follower knows which bytes the cache was filled from. Sizes and times would
// not do: two writes can fall into one tick of the file system's clock.
type follower struct {
	file  *File
	cache *Cache
	seen  [sha256.Size]byte
}

func (f *follower) look() error {
	data, err := f.file.bytes()
	if err != nil {
		return err
	}
	digest := sha256.Sum256(data)
	if digest == f.seen {
		return nil
	}
	all, err := f.file.values(data)
	if err != nil {
		return err
	}
	f.seen = digest
	f.cache.Swap(all)
	return nil
}
