package approvald_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/wire"
)

// What the policy holds waits for the people, and as long, as the matrix says.
func TestMatrix(t *testing.T) {
	b := start(t)
	b.Load("acme", func(files map[string]string) {
		files["approvals.yaml"] = strings.Replace(files["approvals.yaml"], "wait: 45s", "wait: 0s", 1) + "\nmatrix:\n  - {actions: [stripe.refund.create], above: 90 USD, groups: [billing_leads, auditors], votes: 2, expire_after: 30m, escalate: {after: 10m, groups: [privacy]}}\n"
	})
	for charge, c := range map[string]struct {
		amount string
		hold   policy.Hold
		until  time.Duration
		also   string
		after  time.Duration
	}{
		"ch_ada_1000": {"9001", policy.Hold{Group: "billing_leads|auditors", Votes: 2}, 30 * time.Minute, "privacy", 10 * time.Minute},
		"ch_ada_450":  {"9000", policy.Hold{Group: "billing_leads", Votes: 1}, 4 * time.Hour, "", 0},
	} {
		g := b.refund(charge, c.amount, "")
		i, err := b.Store.Get(t.Context(), "acme", g.header.Get(wire.HeaderIntent))
		if err != nil || i.State != ledger.Waiting || i.Hold == nil || *i.Hold != c.hold {
			t.Fatalf("%s: %d %s %+v: %v", charge, g.status, g.body, i.Hold, err)
		}
		if got := i.DueAt.Sub(i.CreatedAt); got != c.until {
			t.Errorf("%s waits %s", charge, got)
		}
		if i.EscalateTo != c.also || c.also != "" && i.EscalateAt.Sub(i.CreatedAt) != c.after {
			t.Errorf("%s escalates to %q at %s", charge, i.EscalateTo, i.EscalateAt)
		}
	}
}
