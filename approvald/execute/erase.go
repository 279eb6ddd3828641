package execute

import (
	"context"
	"time"
)

// How often bodies that were kept for long enough are erased, and of how many
// intents of a tenant at a time.
const (
	eraseEvery = time.Minute
	eraseBatch = 500
)

// erase takes the bodies of what has been over for as long as its tenant keeps them.
func (e *Engine) erase(ctx context.Context) {
	for _, t := range e.tenants.All() {
		if t.Approvals.KeepBodies == 0 {
			continue
		}
		erased, err := e.store.Erase(ctx, t.Name, t.Approvals.KeepBodies, eraseBatch)
		switch {
		case err != nil && ctx.Err() == nil:
			e.logger.Error("Bodies could not be erased", "tenant", t.Name, "error", err)
		case erased > 0:
			e.logger.Info("Bodies were erased", "tenant", t.Name, "intents", erased)
		}
	}
}
