package secret

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/jonboulle/clockwork"
)

// followEvery is how often the file is looked at.
const followEvery = 500 * time.Millisecond

// Follow keeps a Cache equal to the file until ctx ends. The first load is done
// before it waits for the first time, and its failure is returned; a later one
// is logged and leaves the last good secrets where they are.
func Follow(ctx context.Context, file *File, cache *Cache, clock clockwork.Clock, logger *slog.Logger) error {
	seen := file.stamp()
	all, err := file.Load()
	if err != nil {
		return err
	}
	cache.Swap(all)
	ticker := clock.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
		}
		now := file.stamp()
		if now == seen {
			continue
		}
		all, err := file.Load()
		if err != nil {
			logger.Error("secrets could not be read; the last ones stay", "error", err)
			continue
		}
		seen = now
		cache.Swap(all)
	}
}

// stamp tells one version of the file from another: each is a new inode.
type stamp struct {
	size     int64
	modified time.Time
}

func (f *File) stamp() stamp {
	info, err := os.Stat(f.path)
	if err != nil {
		return stamp{}
	}
	return stamp{size: info.Size(), modified: info.ModTime()}
}
