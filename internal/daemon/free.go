package daemon

import (
	"math/rand/v2"
	"net"
	"strconv"
)

// The range that free ports are taken from: below the one that Linux takes the
// ports of outgoing connections from, one of which may be gone a moment later.
const (
	lowestFree  = 12000
	highestFree = 32000
)

// FreeAddress is an address of a host, with a port that nobody listens on.
func FreeAddress(host string) (string, error) {
	var err error
	for range 100 {
		port := lowestFree + rand.IntN(highestFree-lowestFree) //nolint:gosec // no secret
		var listener net.Listener
		if listener, err = net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port))); err == nil {
			return listener.Addr().String(), listener.Close()
		}
	}
	return "", err
}
