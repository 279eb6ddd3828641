package token

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// Bounds of a confirmation.
const (
	maxSources     = 16
	thumbprintText = 43 // base64url of a SHA-256
)

// Confirm is what the holder of a token must show besides (RFC 7800). The zero
// value asks for nothing.
type Confirm struct {
	Certificate string         // x5t#S256 of the client certificate: base64url of its SHA-256
	Sources     []netip.Prefix // networks that the call may come from
}

// Holds says whether a connection shows what is asked for. certificate is the
// thumbprint of the client's, "" for none; it is only computed when asked for.
func (c Confirm) Holds(source netip.Addr, certificate func() string) bool {
	if len(c.Sources) > 0 && !Within(c.Sources, source) {
		return false
	}
	return c.Certificate == "" || certificate() == c.Certificate
}

// Within says whether an address lies in one of the networks. An IPv4 address
// inside an IPv6 one is the IPv4 address.
func Within(networks []netip.Prefix, source netip.Addr) bool {
	source = source.Unmap().WithZone("")
	return source.IsValid() && slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(source) })
}

type confirmClaims struct {
	Certificate string   `json:"x5t#S256,omitempty"`
	Sources     []string `json:"sources,omitempty"`
}

func (c Confirm) claims() confirmClaims {
	out := confirmClaims{Certificate: c.Certificate}
	for _, p := range c.Sources {
		out.Sources = append(out.Sources, p.String())
	}
	return out
}

// confirm parses what check accepted.
func (c confirmClaims) confirm() Confirm {
	out := Confirm{Certificate: c.Certificate}
	for _, text := range c.Sources {
		if p, err := netip.ParsePrefix(text); err == nil {
			out.Sources = append(out.Sources, p)
		}
	}
	return out
}

func (c confirmClaims) check() error {
	if c.Certificate != "" && len(c.Certificate) != thumbprintText {
		return errors.New("a certificate is named by its x5t#S256 thumbprint")
	}
	if len(c.Sources) > maxSources {
		return fmt.Errorf("a token names at most %d networks", maxSources)
	}
	for _, text := range c.Sources {
		if p, err := netip.ParsePrefix(text); err != nil || p.Masked().String() != text {
			return fmt.Errorf("a source must be a network like 10.1.0.0/16 (got %.64q)", text)
		}
	}
	return nil
}
