package up

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/sallyport/sallyport/internal/daemon"
)

// pickPorts turns every port 0 into a free one and finds ports that are taken
// before anything is started, so that one line says what to do.
func (g *Gateway) pickPorts() error {
	c := &g.base.config
	pages, provider := c.DeskPages, c.ProviderAddress
	if pages == c.DeskAddress {
		pages = ""
	}
	if !c.Examples {
		provider = ""
	}
	for _, a := range []struct {
		name, flag string
		addr       *string
	}{
		{"agent listener", "--agent-address", &c.AgentAddress},
		{"Desk", "--desk-address", &c.DeskAddress},
		{"Desk", "--desk-pages", &pages},
		{"admin", "--admin-address", &c.AdminAddress},
		{"token endpoint", "--issuer-address", &c.IssuerAddress},
		{"analytics engine", "--clickhouse-address", &c.ClickHouseAddress},
		{"example provider", "--provider-address", &provider},
	} {
		if *a.addr == "" {
			continue
		}
		picked, err := pick(*a.addr)
		if err != nil {
			return fmt.Errorf("the %s cannot listen on %s: %w; stop what listens there, or choose another address with %s", a.name, *a.addr, err, a.flag)
		}
		*a.addr = picked
	}
	c.DeskPages, c.ProviderAddress = cmp.Or(pages, c.DeskAddress), provider
	g.addr.Agent, g.addr.Desk, g.addr.DeskPages, g.addr.Admin = c.AgentAddress, c.DeskAddress, c.DeskPages, c.AdminAddress
	g.addr.AgentURL = c.agentScheme() + "://" + c.AgentAddress
	c.IssuerURL, c.AgentURL = cmp.Or(c.IssuerURL, "http://"+c.IssuerAddress), cmp.Or(c.AgentURL, g.addr.AgentURL)
	g.addr.Issuer = c.IssuerURL
	return nil
}

// pick listens for a moment, and says where: Envoy takes no names. An address
// stays as it was given: Go's word for 0.0.0.0 is [::], where Envoy hears no IPv4.
func pick(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return "", errors.New("it must be host:port")
	}
	if port == "0" {
		free, err := daemon.FreeAddress(host)
		return as(host, free), err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return "", rootCause(err)
	}
	defer func() { _ = listener.Close() }()
	return as(host, listener.Addr().String()), nil
}

// as is the address that was listened on, with the host as it was given unless
// that was a name.
func as(host, heard string) string {
	_, port, err := net.SplitHostPort(heard)
	if _, bad := netip.ParseAddr(host); bad != nil || err != nil {
		return heard
	}
	return net.JoinHostPort(host, port)
}

// rootCause drops Go's "listen tcp …: bind:" in front of the system's word.
func rootCause(err error) error {
	for {
		inner, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err
		}
		err = inner.Unwrap()
	}
}
