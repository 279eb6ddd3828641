package e2e

import (
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// rotated is a gateway whose certificate files a test changes.
type rotated struct {
	secured
	cert, key, clients string
}

func startRotated(t *testing.T) (rotated, tls.Certificate) {
	r := rotated{secured: secured{authority: rig.NewAuthority(t)}, clients: filepath.Join(t.TempDir(), "clients.pem")}
	first := r.authority.Listener()
	r.cert, r.key = r.authority.Files(first)
	copyFile(t, r.clients, r.authority.File)
	r.Rig = rig.Start(t, rig.Options{Change: func(c *up.Config) {
		c.AgentAddress = "127.0.0.1:0"
		c.AgentCert, c.AgentKey, c.AgentClientCA = r.cert, r.key, r.clients
	}})
	r.address = r.Addresses().Agent
	return r, first
}

// shows reports which certificate a new connection is shown.
func (r rotated) shows(t *testing.T, want tls.Certificate) bool {
	t.Helper()
	raw, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	conn := tls.Client(raw, &tls.Config{RootCAs: r.authority.Pool, ServerName: "localhost"})
	defer func() { _ = conn.Close() }()
	if err := conn.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return conn.ConnectionState().PeerCertificates[0].Equal(want.Leaf)
}

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A certificate that is renewed is served without a restart, however its files were
// changed; what cannot be served changes nothing.
func TestAgentListenerFollowsItsCertificate(t *testing.T) {
	r, first := startRotated(t)
	if !r.shows(t, first) {
		t.Fatal("another certificate than its file's")
	}
	second := r.authority.Listener()
	cert, key := r.authority.Files(second)
	for _, move := range [][2]string{{key, r.key}, {cert, r.cert}} {
		if err := os.Rename(move[0], move[1]); err != nil {
			t.Fatal(err)
		}
	}
	testkit.Eventually(t, "the renamed certificate is shown", func() bool { return r.shows(t, second) })

	third := r.authority.Listener()
	cert, key = r.authority.Files(third)
	before := strings.Count(r.Log.String(), "private key does not match") // between the two renames
	copyFile(t, r.cert, cert)
	testkit.Eventually(t, "a certificate without its key is named", func() bool {
		return strings.Count(r.Log.String(), "private key does not match") > before
	})
	if !r.shows(t, second) {
		t.Error("the last good certificate is gone")
	}
	copyFile(t, r.key, key)
	testkit.Eventually(t, "the certificate that was written over is shown", func() bool { return r.shows(t, third) })

	if err := os.WriteFile(r.cert, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "a broken file is named", func() bool { return strings.Contains(r.Log.String(), "failed to find any PEM data") })
	if !r.shows(t, third) {
		t.Error("the last good certificate is gone")
	}
	copyFile(t, r.cert, cert)
	t.Run("authorities of clients", func(t *testing.T) { testFollowsAuthorities(t, r) })
}

// The clients of a new authority are let in, and those of the old one no more.
func testFollowsAuthorities(t *testing.T, r rotated) {
	raw := r.Token(rig.Billing("acme", "cus_ada"))
	other := rig.NewAuthority(t)
	before, after := r.authority.Client("billing-bot"), other.Client("billing-bot")
	passes := func(c tls.Certificate) bool {
		over := r.client()
		over.TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &c, nil }
		got, err := r.read(t, over, raw)
		return err == nil && got.StatusCode == 200
	}
	if !passes(before) || passes(after) {
		t.Fatal("not the authority of the file")
	}
	copyFile(t, r.clients, other.File)
	testkit.Eventually(t, "the new authority counts", func() bool { return passes(after) && !passes(before) })
}
