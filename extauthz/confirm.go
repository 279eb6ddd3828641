package extauthz

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"net/netip"
	"net/url"
	"strings"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// confirms says whether the connection shows what the token asks for. Both
// attributes are Envoy's own: the peer's address and, on a listener with TLS,
// its verified certificate.
func (c *check) confirms(asked token.Confirm) reason.Code {
	if asked.Certificate == "" && len(asked.Sources) == 0 {
		return ""
	}
	if !asked.Holds(c.address(), c.thumbprint) {
		return reason.TokenBound
	}
	return ""
}

// from says whether the call comes from one of the networks that a tenant allows;
// none are named for all of them.
func (c *check) from(networks []netip.Prefix) reason.Code {
	if len(networks) > 0 && !token.Within(networks, c.address()) {
		return reason.TokenBound
	}
	return ""
}

// address is where the call comes from; the zero address when Envoy did not say.
func (c *check) address() netip.Addr {
	addr, _ := netip.ParseAddr(c.peer().GetAddress().GetSocketAddress().GetAddress())
	return addr
}

// thumbprint is x5t#S256 of the client's certificate; "" when there is none.
func (c *check) thumbprint() string {
	text, err := url.PathUnescape(c.peer().GetCertificate())
	if err != nil {
		return ""
	}
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "CERTIFICATE" {
		return ""
	}
	sum := sha256.Sum256(block.Bytes)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// metadataURL is where a client of this tool finds out how to get a token. The
// segment is the client's own: only what can be a tool's name is repeated.
func (g *gateway) metadataURL(c *check) string {
	if g.MetadataURL == "" {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(c.request.Path, "/"), "/")
	if name == "" || len(name) > 63 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return g.MetadataURL
	}
	return g.MetadataURL + "/" + name
}
