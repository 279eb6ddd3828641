package up

import (
	"net"
	"strings"
	"testing"
)

// What is picked has a port of its own and an address instead of a name,
// because Envoy takes no names.
func TestPickGivesAnAddressEnvoyTakes(t *testing.T) {
	for given, want := range map[string]string{"127.0.0.1:0": "127.0.0.1:", "[::1]:0": "[::1]:", "localhost:0": ":", "0.0.0.0:0": "0.0.0.0:", "[::]:0": "[::]:"} {
		got, err := pick(given)
		if err != nil && given == "[::1]:0" {
			t.Logf("no IPv6 here: %v", err)
			continue
		}
		host, port, split := net.SplitHostPort(got)
		if err != nil || split != nil || port == "0" || port == "" || net.ParseIP(host) == nil || !strings.Contains(got, want) {
			t.Errorf("%s: %q, %v", given, got, err)
		}
	}
	for _, bad := range []string{"", "127.0.0.1", ":0", "127.0.0.1:99999"} {
		if got, err := pick(bad); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q gives %q, %v", bad, got, err)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	if _, err := pick(taken.Addr().String()); err == nil || err.Error() != "address already in use" {
		t.Errorf("a port that is taken: %v", err)
	}
}
