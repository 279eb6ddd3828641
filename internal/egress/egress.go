// Package egress is how the gateway's own programs reach the outside: the address
// is checked after its name was resolved, so that no name leads inside, and no
// redirect is followed.
package egress

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrInside means that an address is not on the public internet.
var ErrInside = errors.New("the address is not on the public internet")

// public is all of the public internet that has IPv6. Outside of it an address may
// stand for one of IPv4 (::10.0.0.1, ::ffff:0:10.0.0.1, 64:ff9b::10.0.0.1) or for a
// site's own (fec0::1).
var public = netip.MustParsePrefix("2000::/3")

// inside are networks that netip's own words leave out, those of protocols among
// them: 2001:: and 2002:: carry addresses of IPv4.
var inside = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2002::/16"),
}

// Public says that an address is on the public internet.
func Public(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsGlobalUnicast() || addr.IsPrivate() || addr.IsLoopback() || addr.Is6() && !public.Contains(addr) {
		return false
	}
	for _, network := range inside {
		if network.Contains(addr) {
			return false
		}
	}
	return true
}

// Dialer connects to the public internet; with loopback to this machine alone.
func Dialer(loopback bool, timeout time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || loopback != to.Addr().Unmap().IsLoopback() || !loopback && !Public(to.Addr()) {
			return ErrInside
		}
		return nil
	}}
}

// Bounds of an answer, in bytes: whoever reads one reads it whole.
const (
	maxHeader = 64 << 10
	maxBody   = 8 << 20
)

// Client speaks HTTP over Dialer. An answer that is too large is an error.
func Client(loopback bool, timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout: timeout,
		Transport: bounded{&http.Transport{
			Proxy: nil, DialContext: Dialer(loopback, timeout).DialContext, TLSHandshakeTimeout: timeout, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: maxHeader,
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded gives no more of an answer's body than may be read.
type bounded struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.Transport.RoundTrip(r)
	if err == nil {
		response.Body = http.MaxBytesReader(nil, response.Body, maxBody)
	}
	return response, err
}
