package testkit

import (
	"testing"
	"time"
)

// patience ends a wait that would never end; it is no measurement.
const patience = 2 * time.Minute

// Eventually waits for a condition that no event tells, and fails with what it
// was waiting for.
func Eventually(tb testing.TB, what string, condition func() bool) {
	tb.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	end := time.After(patience)
	for !condition() {
		select {
		case <-look.C:
		case <-end:
			tb.Fatalf("not within %s: %s", patience, what)
		}
	}
}
