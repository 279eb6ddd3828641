package extauthz_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// peer is what Envoy says of a connection.
func peer(address, certificate string) *authv3.AttributeContext_Peer {
	p := &authv3.AttributeContext_Peer{Certificate: certificate}
	if address != "" {
		p.Address = &corev3.Address{Address: &corev3.Address_SocketAddress{SocketAddress: &corev3.SocketAddress{Address: address}}}
	}
	return p
}

// certificate is a client's, as Envoy writes it, and its x5t#S256.
func certificate(t *testing.T) (text, thumbprint string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: start.Add(time.Hour)}
	der, err := x509.CreateCertificate(nil, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return url.PathEscape(string(block)), base64.RawURLEncoding.EncodeToString(sum[:])
}

// A token that is bound is worth nothing at another place.
func TestBoundTokens(t *testing.T) {
	r := newRig(t, nil)
	own, thumbprint := certificate(t)
	other, _ := certificate(t)
	networks := func(texts ...string) (out []netip.Prefix) {
		for _, text := range texts {
			out = append(out, netip.MustParsePrefix(text))
		}
		return out
	}
	office := token.Confirm{Sources: networks("192.0.2.0/24", "2001:db8::/32")}
	bound := token.Confirm{Certificate: thumbprint}
	for name, tt := range map[string]struct {
		confirm token.Confirm
		from    *authv3.AttributeContext_Peer
		want    reason.Code
	}{
		"unbound, from anywhere":           {token.Confirm{}, peer("", ""), reason.Allowed},
		"from its network":                 {office, peer("192.0.2.9", ""), reason.Allowed},
		"from its other network":           {office, peer("2001:db8::1", ""), reason.Allowed},
		"IPv4 written as IPv6":             {office, peer("::ffff:192.0.2.9", ""), reason.Allowed},
		"from another network":             {office, peer("192.0.3.9", ""), reason.TokenBound},
		"from nowhere":                     {office, peer("", ""), reason.TokenBound},
		"from a socket without address":    {office, nil, reason.TokenBound},
		"from what is no address":          {office, peer("office", ""), reason.TokenBound},
		"with its certificate":             {bound, peer("203.0.113.1", own), reason.Allowed},
		"with another certificate":         {bound, peer("203.0.113.1", other), reason.TokenBound},
		"without a certificate":            {bound, peer("203.0.113.1", ""), reason.TokenBound},
		"with text for a certificate":      {bound, peer("203.0.113.1", thumbprint), reason.TokenBound},
		"both, and the network is another": {token.Confirm{Certificate: thumbprint, Sources: office.Sources}, peer("203.0.113.1", own), reason.TokenBound},
	} {
		t.Run(name, func(t *testing.T) {
			id := identity("acme")
			id.Confirm = tt.confirm
			in := r.request("GET", charges, "", "authorization", "Bearer "+r.token(id), "x-forwarded-for", "192.0.2.9")
			in.Attributes.Source = tt.from
			ask(t, r.agent, in)
			if row := r.one(t); row.Reason != string(tt.want) {
				t.Errorf("recorded %s, want %s", row.Reason, tt.want)
			}
		})
	}
}

// A tenant can name the networks that all of its calls come from.
func TestTenantsNetworks(t *testing.T) {
	r := newRig(t, nil)
	r.tenants.Update([]*tenant.Tenant{load(t, "acme", "acme", "clients.yaml", "clients: []", "clients: []\nsources: [192.0.2.0/24]")}, nil)
	for address, want := range map[string]reason.Code{"192.0.2.9": reason.Allowed, "192.0.3.9": reason.TokenBound, "": reason.TokenBound} {
		in := r.request("GET", charges, "", r.bearer("acme")...)
		in.Attributes.Source = peer(address, "")
		ask(t, r.agent, in)
		if row := r.one(t); row.Reason != string(want) {
			t.Errorf("from %q: recorded %s, want %s", address, row.Reason, want)
		}
	}
}

// What is revoked while the service runs is refused at its next look: a tool for
// agents and for orders that people approved, a key for tokens it remembers.
func TestRevokedLive(t *testing.T) {
	r := newRig(t, nil)
	bearer := r.bearer("acme")
	until := func(what string, done func() bool) {
		t.Helper()
		deadline := time.Now().Add(30 * time.Second)
		for !done() {
			if time.Now().After(deadline) {
				t.Fatal("not seen: " + what)
			}
			r.clock.Advance(500 * time.Millisecond)
			<-time.After(time.Millisecond)
		}
	}
	last := ""
	agent := func() string {
		out := ask(t, r.agent, r.request("GET", charges, "", bearer...))
		if allowed(out) {
			return ""
		}
		got := read(t, out)
		last = got.headers["www-authenticate"]
		return got.code
	}
	if code := agent(); code != "" {
		t.Fatalf("before: %s", code)
	}
	r.revoke(token.Revocation{Tenant: "acme", Tool: "stripe"})
	until("a tool is switched off", func() bool { return agent() == string(reason.ToolRevoked) })
	for name, p := range map[string]parcel{"an effect": effect("r1"), "a fact": fact("r2"), "a read": readOf("r3")} {
		p.order.Approved, p.order.SendUntil = true, r.clock.Now().Add(5*time.Second)
		if out := ask(t, r.execute, p.request(r, p.seal(r))); allowed(out) || read(t, out).headers["x-sallyport-not-sent"] != string(reason.ToolRevoked) {
			t.Errorf("%s: %v", name, out)
		}
	}
	r.revoke(token.Revocation{Tenant: "acme", Tool: "stripe", Restore: true})
	until("a tool is restored", func() bool { return agent() == "" })
	if _, err := r.ring.Rotate(keyring.Token); err != nil {
		t.Fatal(err)
	}
	if code := agent(); code != "" {
		t.Errorf("a token under the old key: %s", code)
	}
	if err := r.ring.Withdraw(keyring.Token, "token-0001"); err != nil {
		t.Fatal(err)
	}
	if code := agent(); code != string(reason.TokenInvalid) || !strings.Contains(last, `error="invalid_token"`) {
		t.Errorf("a token under a withdrawn key: %s, %s", code, last)
	}
}
