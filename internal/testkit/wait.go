package testkit

import (
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/daemon"
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

// FreeAddress is a loopback address that nobody listens on.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	address, err := daemon.FreeAddress("127.0.0.1")
	if err != nil {
		tb.Fatal(err)
	}
	return address
}
