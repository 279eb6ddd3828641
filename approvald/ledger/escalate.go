package ledger

import (
	"context"
	"time"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/reason"
)

// Escalated is told, once, of an intent that waits: more people may vote by now.
// It is an event and no state.
const Escalated State = "escalated"

// escalates says whom else an intent that begins to wait will be for, and when.
func (r *row) escalates(e Escalation) {
	r.EscalateAt, r.EscalateTo = time.Time{}, e.Groups
	if e.Groups != "" {
		r.EscalateAt = r.CreatedAt.Add(e.After)
	}
}

// escalate lets more people be told.
func (w *work) escalate(ctx context.Context, r *row) error {
	r.EscalateAt = time.Time{}
	return w.move(ctx, r, Claiming, Waiting, gateway, reason.Escalated)
}

// eventOf is what is told of a row of the outbox.
func eventOf(a *audit.Approval) string {
	if a.Reason == string(reason.Escalated) {
		return string(Escalated)
	}
	return a.State
}
