package daemon

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// errPrivateAddress is deliberately short: the address is in the error around it.
var errPrivateAddress = errors.New("the address is not on the public internet")

// Dialer dials for this process's own requests to servers outside. It looks at
// the address that a name became, not at the name: without private, one that is
// not on the public internet is refused.
func Dialer(private bool) *net.Dialer {
	d := &net.Dialer{Timeout: 10 * time.Second}
	if private {
		return d
	}
	d.Control = func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !isPublic(at.Addr().Unmap()) {
			return errPrivateAddress
		}
		return nil
	}
	return d
}

// carrierGrade is shared by a provider's customers (RFC 6598).
var carrierGrade = netip.MustParsePrefix("100.64.0.0/10")

func isPublic(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !carrierGrade.Contains(a)
}
