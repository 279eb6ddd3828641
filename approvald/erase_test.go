package approvald_test

import (
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
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
	if now := b.Get(done); now.State != ledger.Succeeded || now.Digest != done.Digest || now.Amount != done.Amount || now.Version != done.Version {
		t.Errorf("left is %+v", now)
	}
	expect(t, b.refund("ch_ada_1000", "1000", "k-2"), 409, "held") // a deliberate repetition is asked about
	b.refunded("ch_ada_1000", 1)
}
