package main

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/rig"
)

// Files that make no listener are refused before anything is started.
func TestUpRefusesHalfATLS(t *testing.T) {
	authority := rig.NewAuthority(t)
	cert, key := authority.Files(authority.Listener())
	_, other := authority.Files(authority.Listener())
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(nil, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	strangeCert, strangeKey := authority.Files(tls.Certificate{PrivateKey: private, Leaf: &x509.Certificate{Raw: der}})
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"no key":               {[]string{"--agent-cert", cert}, "--agent-key"},
		"no certificate":       {[]string{"--agent-key", key}, "--agent-cert"},
		"another key":          {[]string{"--agent-cert", cert, "--agent-key", other}, "private key does not match"},
		"absent":               {[]string{"--agent-cert", filepath.Join(t.TempDir(), "cert.pem"), "--agent-key", key}, "no such file"},
		"what Envoy refuses":   {[]string{"--agent-cert", strangeCert, "--agent-key", strangeKey}, "Envoy takes ECDSA keys"},
		"an authority alone":   {[]string{"--agent-client-ca", authority.File}, "--agent-cert"},
		"no authority":         {[]string{"--agent-cert", cert, "--agent-key", key, "--agent-client-ca", key}, "--agent-client-ca: " + key + " has no certificate"},
		"no file":              {[]string{"--agent-cert", cert, "--agent-key", key, "--agent-client-ca", cert + "x"}, "--agent-client-ca"},
		"another word outside": {[]string{"--agent-cert", cert, "--agent-key", key, "--agent-url", "http://agents.example.com"}, "--agent-url must be https"},
		"a network in clear":   {[]string{"--agent-address", "0.0.0.0:0"}, "--agent-cert"},
	} {
		t.Run(name, func(t *testing.T) {
			got := sallyport(t, "", append([]string{"up", "--data", filepath.Join(shortDir(t), "data")}, tt.args...)...)
			line, rest, _ := strings.Cut(got.stderr, "\n")
			if got.code != 1 || got.stdout != "" || rest != "" || !strings.Contains(line, tt.says) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
