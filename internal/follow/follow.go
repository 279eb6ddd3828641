// Package follow looks at a file again and again, so that what one process
// writes is live in another without a word between them.
package follow

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
)

// Every is how often a file is looked at.
const Every = 500 * time.Millisecond

// File calls look until ctx ends, then returns nil. look takes over what the
// file says, or leaves what it took over last and returns an error, which is
// logged with the message once as long as it stays the same.
func File(ctx context.Context, clock clockwork.Clock, logger *slog.Logger, message string, look func() error) error {
	ticker := clock.NewTicker(Every)
	defer ticker.Stop()
	failed := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
		}
		switch err := look(); {
		case err == nil:
			failed = ""
		case err.Error() != failed:
			failed = err.Error()
			logger.ErrorContext(ctx, message, "error", err) //nolint:sloglint // each caller gives a constant
		}
	}
}
