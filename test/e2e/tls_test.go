package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
)

// secured is a gateway that listens on every address of this machine, with TLS,
// and asks agents for a certificate.
type secured struct {
	*rig.Rig
	authority *rig.Authority
	address   string // by which it is reached
}

func startSecured(t *testing.T) secured {
	s := secured{authority: rig.NewAuthority(t)}
	s.Rig = rig.Start(t, rig.Options{Change: func(c *up.Config) {
		c.AgentAddress = "0.0.0.0:0"
		c.AgentCert, c.AgentKey = s.authority.Files(s.authority.Listener())
		c.AgentClientCA = s.authority.File
	}})
	_, port, err := net.SplitHostPort(s.Addresses().Agent)
	if err != nil {
		t.Fatal(err)
	}
	s.address = net.JoinHostPort("127.0.0.1", port)
	return s
}

// client is an agent's, with its certificate.
func (s secured) client(shown ...tls.Certificate) *http.Transport {
	return &http.Transport{ForceAttemptHTTP2: true, DisableKeepAlives: true, TLSClientConfig: &tls.Config{
		RootCAs: s.authority.Pool, Certificates: shown, ClientSessionCache: tls.NewLRUClientSessionCache(1),
	}}
}

// read reads Ada's charges, over one transport.
func (s secured) read(t *testing.T, over http.RoundTripper, raw string, headers ...string) (*http.Response, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+s.address+"/stripe/v1/charges?customer=cus_ada", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("authorization", "Bearer "+raw)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	response, err := over.RoundTrip(request)
	if err == nil {
		_ = response.Body.Close()
	}
	return response, err
}

// forged is what a proxy in front would say of a client's certificate.
func forged(c tls.Certificate) string {
	text := url.PathEscape(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Leaf.Raw})))
	return `Hash=` + rig.Thumbprint(c) + `;Cert="` + text + `"`
}

// A token that is bound to a certificate is worth something with that certificate
// alone, as the connection shows it and nothing else does.
func TestAgentListenerWithTLS(t *testing.T) {
	s := startSecured(t)
	own, other := s.authority.Client("billing-bot"), s.authority.Client("another")
	id := rig.Billing("acme", "cus_ada")
	unbound := s.Token(id)
	id.Confirm = token.Confirm{Certificate: rig.Thumbprint(own)}
	bound := s.Token(id)
	for name, tt := range map[string]struct {
		shown   []tls.Certificate
		raw     string
		headers []string
		status  int
	}{
		"with its certificate":                  {[]tls.Certificate{own}, bound, nil, 200},
		"with another":                          {[]tls.Certificate{other}, bound, nil, 401},
		"with none":                             {nil, bound, nil, 401},
		"with one in a header":                  {nil, bound, []string{"x-forwarded-client-cert", forged(own)}, 401},
		"with another, and its own in a header": {[]tls.Certificate{other}, bound, []string{"X-Forwarded-Client-Cert", forged(own)}, 401},
		"unbound, with none":                    {nil, unbound, nil, 200},
		"unbound, with any":                     {[]tls.Certificate{other}, unbound, nil, 200},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(s.Provider().Requests())
			got, err := s.read(t, s.client(tt.shown...), tt.raw, tt.headers...)
			if err != nil {
				t.Fatal(err)
			}
			if got.StatusCode != tt.status || got.ProtoMajor != 2 || got.TLS.Version != tls.VersionTLS13 {
				t.Errorf("%s over %x: %d", got.Proto, got.TLS.Version, got.StatusCode)
			}
			if tt.status == 200 {
				if seen := s.Provider().Requests()[before:]; len(seen) != 1 || seen[0].Header.Get("x-forwarded-client-cert") != "" {
					t.Errorf("the tool saw %v", seen)
				}
				return
			}
			if reached := len(s.Provider().Requests()) - before; reached != 0 || !strings.Contains(got.Header.Get("www-authenticate"), `resource_metadata="`+s.Addresses().Issuer) {
				t.Errorf("%d reached the tool, %q", reached, got.Header.Get("www-authenticate"))
			}
			testkit.Eventually(t, "the reason is recorded", func() bool {
				return s.Count(t, "SELECT reason FROM audit.decisions WHERE decision_id = ?", got.Header.Get("x-sallyport-decision")) == string(reason.TokenBound)
			})
		})
	}
	t.Run("handshakes", func(t *testing.T) { testHandshakes(t, s, own, unbound) })
	t.Run("clients learn of https", func(t *testing.T) {
		if got := document(t, s.Addresses().Issuer+"/.well-known/oauth-protected-resource/stripe")["resource"]; got != s.Addresses().AgentURL+"/stripe" || !strings.HasPrefix(s.Addresses().AgentURL, "https://") {
			t.Errorf("got %v", got)
		}
	})
}

// testHandshakes: what is shown is verified, whenever it is shown, even for calls
// that need none.
func testHandshakes(t *testing.T, s secured, own tls.Certificate, unbound string) {
	stranger := rig.NewAuthority(t).Client("billing-bot")
	expired := s.authority.Sign(&x509.Certificate{NotAfter: time.Now().Add(-time.Minute), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	listener := s.authority.Sign(&x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	for name, shown := range map[string]tls.Certificate{"of another authority": stranger, "expired": expired, "of a server": listener} {
		// A client shows what it is told to, whoever is asked for.
		over := s.client()
		over.TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &shown, nil }
		if got, err := s.read(t, over, unbound); err == nil {
			t.Errorf("a certificate %s: %d", name, got.StatusCode)
		}
	}
	again := s.client(own)
	for range 2 {
		if got, err := s.read(t, again, unbound); err != nil || got.TLS.DidResume {
			t.Errorf("a certificate is remembered: %v", err)
		}
	}
	old := s.client()
	old.TLSClientConfig.MinVersion, old.TLSClientConfig.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	if _, err := s.read(t, old, unbound); err == nil || !strings.Contains(err.Error(), "protocol version not supported") {
		t.Errorf("TLS 1.1: %v", err)
	}
	old.TLSClientConfig.MinVersion, old.TLSClientConfig.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	if got, err := s.read(t, old, unbound); err != nil || got.StatusCode != 200 {
		t.Errorf("TLS 1.2: %v", err)
	}
	clear, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.address+"/stripe/v1/charges", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := http.DefaultTransport.RoundTrip(clear); err == nil {
		_ = got.Body.Close()
		t.Errorf("in clear: %d", got.StatusCode)
	}
}

// Who starts a gateway with TLS is told addresses that work, and `sallyport run`
// leads to it.
func TestNewcomerWithTLS(t *testing.T) {
	authority := rig.NewAuthority(t)
	t.Setenv("CURL_CA_BUNDLE", authority.File)
	t.Setenv("SSL_CERT_FILE", authority.File)
	cert, key := authority.Files(authority.Listener())
	n := newNewcomer(t)
	n.flags = []string{"--agent-cert", cert, "--agent-key", key}
	n.up()
	for _, address := range []string{"https://" + n.agent + " ", "https://" + n.agent + "/mcp", "https://TOOL.sallyport.localhost:"} {
		if !strings.Contains(n.out.String(), address) {
			t.Errorf("the greeting does not name %s", address)
		}
	}
	if strings.Contains(n.out.String(), "http://"+n.agent) {
		t.Error("the greeting names an address that is not there")
	}
	tryGreeting(t, n)
	out := n.run("bin/sallyport run --issuer http://" + n.issuer + " --tenant acme --agent billing-bot --ticket 1001 -- sh -c 'curl -s $SALLYPORT_URL/stripe/v1/charges/ch_ada_1000 -H \"Authorization: Bearer $SALLYPORT_TOKEN\"'")
	if !strings.Contains(out, `"ch_ada_1000"`) {
		t.Errorf("got %s", out)
	}
	n.interrupt()
}
