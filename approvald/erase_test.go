package approvald_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/grant"
)

// What is over is erased when its tenant says so. The same call afterwards does
// nothing anew, and is told so.
func TestBodiesAreKeptForATime(t *testing.T) {
	b := start(t)
	b.Load("acme", executetest.Replace(t, "approvals.yaml", "wait: 45s", "wait: 0s\nkeep_bodies: 168h"))
	b.running()
	expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 200, "")
	done := b.newest()
	b.Clock.Advance(168*time.Hour - time.Minute)
	if again := b.refund("ch_ada_1000", "1000", "k-1"); again.status != 200 {
		t.Errorf("before: %d %s", again.status, again.body)
	}
	for range 2 {
		b.Clock.Advance(2 * time.Minute)
		b.engine.Wake()
	}
	b.Eventually("it is erased", func() bool { return b.Get(done).Bodies == ledger.Erased })
	expect(t, b.refund("ch_ada_1000", "1000", "k-1"), 409, "outcome_erased")
	b.refunded("ch_ada_1000", 1)
	b.erasedIs(done, "outcome_erased", "succeeded")
	if now := b.Get(done); now.State != ledger.Succeeded || now.Digest != done.Digest || now.Amount != done.Amount || now.Version != done.Version {
		t.Errorf("left is %+v", now)
	}
	expect(t, b.refund("ch_ada_1000", "1000", "k-2"), 409, "held") // a deliberate repetition is asked about
	b.refunded("ch_ada_1000", 1)
}

// erasedIs: whoever may ask after an intent hears how it ended, and nothing of what
// is erased; whoever the policy lets no more hears nothing.
func (b *bench) erasedIs(i ledger.Intent, code, state string) {
	b.TB.Helper()
	g := b.own("GET", i.ID, asked)
	if g.status < 400 || !strings.Contains(g.body, code) || !strings.Contains(g.body, "Its state is "+state+" since "+i.UpdatedAt.Format(time.DateTime)) ||
		strings.Contains(g.body, "Ada") || strings.Contains(g.body, "ch_ada") {
		b.TB.Errorf("%d %s", g.status, g.body)
	}
	for name, tt := range map[string]struct {
		change func(*grant.Admission)
		code   string
	}{
		"another session": {func(a *grant.Admission) { a.SessionID = "ses_2" }, "approval_unknown"},
		"another agent":   {func(a *grant.Admission) { a.Agent = "support-bot" }, "approval_unknown"},
		"without a role":  {func(a *grant.Admission) { a.Roles = []string{} }, "policy_no_rule"},
	} {
		if g := b.own("GET", i.ID, tt.change); g.status < 400 || !strings.Contains(g.body, tt.code) || strings.Contains(g.body, state) {
			b.TB.Errorf("%s: %d %s", name, g.status, g.body)
		}
	}
}

// A denial keeps who said no and that it was said, and not in which words.
func TestErasedDenial(t *testing.T) {
	b := start(t)
	b.Load("acme", executetest.Replace(t, "approvals.yaml", "wait: 45s", "wait: 0s\nkeep_bodies: 168h"))
	b.running()
	expect(t, b.refund("ch_ada_1000", "10000", "k-1"), 409, "held")
	b.votes(b.newest(), false, "Ada has had it already.")
	i := b.newest()
	b.Clock.Advance(168*time.Hour + 2*time.Minute)
	b.engine.Wake()
	b.Eventually("it is erased", func() bool { return b.Get(i).Bodies == ledger.Erased })
	b.erasedIs(i, "person_denied", "denied")
}
