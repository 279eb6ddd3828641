//go:build unix

package testkit

import (
	"testing"

	"github.com/sallyport/sallyport/internal/daemon"
)

// FreeAddress is a loopback address that nobody listens on.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	address, err := daemon.FreeAddress("127.0.0.1")
	if err != nil {
		tb.Fatal(err)
	}
	return address
}
