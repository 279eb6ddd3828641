package daemon

import (
	"errors"
	"net"
	"net/netip"
	"testing"
)

// A name that leads to this machine is refused after it was looked up.
func TestDialerRefusesPrivateAddresses(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "::ffff:127.0.0.1"} {
		if _, err := Dialer(false).DialContext(t.Context(), "tcp", net.JoinHostPort(host, port)); !errors.Is(err, errPrivateAddress) {
			t.Errorf("%s: %v", host, err)
		}
	}
	conn, err := Dialer(true).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2001:4860:4860::8888": true, "10.0.0.1": false, "192.168.1.1": false, "172.16.0.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false, "::1": false, "fe80::1": false, "fd00::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %v", address, got)
		}
	}
}
