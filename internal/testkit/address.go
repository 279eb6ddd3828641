//go:build unix

package testkit

import (
	"net"
	"runtime"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/internal/daemon"
)

// FreeAddress is a loopback address that nobody listens on, and that no other test of
// this machine is given while this process runs: they run side by side, and whoever asked
// for an address mostly listens on it a good while later.
func FreeAddress(tb testing.TB) string {
	tb.Helper()
	for range 100 {
		address, err := daemon.FreeAddress("127.0.0.1")
		if err != nil {
			tb.Fatal(err)
		}
		if given.take(address) {
			return address
		}
	}
	tb.Fatal("every free address that was tried is another test's")
	return ""
}

// given are the addresses that this process has.
var given claims

// claims are names that one process of a machine has at a time.
type claims struct {
	mu    sync.Mutex
	names []net.Listener // abstract sockets, which the kernel takes back when the process ends
}

// take claims a name; false when somebody has it. Only Linux has abstract sockets:
// elsewhere every claim is good.
func (c *claims) take(name string) bool {
	if runtime.GOOS != "linux" {
		return true
	}
	listener, err := net.Listen("unix", "@sallyport-test-"+name)
	if err != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names = append(c.names, listener)
	return true
}
