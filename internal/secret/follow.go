package secret

import (
	"context"
	"crypto/sha256"
	"log/slog"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/follow"
)

// Follow keeps a Cache equal to the file until ctx ends, then returns nil. The
// first load is done before it waits for the first time, and its failure is
// returned; a later one is logged once and leaves the last good secrets where
// they are. A file that is removed has no secrets.
func Follow(ctx context.Context, file *File, cache *Cache, clock clockwork.Clock, logger *slog.Logger) error {
	f := follower{file: file, cache: cache}
	if err := f.look(); err != nil {
		return err
	}
	return follow.File(ctx, clock, logger, "Secrets could not be read and the last ones stay", f.look)
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
