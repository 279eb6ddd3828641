package up

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/daemon"
)

// writePair writes a new certificate and its key.
func writePair(t *testing.T, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func readAll(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What is not good leaves the last good files, and what is good again is taken.
func TestCertificatesKeepTheLastGoodOnes(t *testing.T) {
	dir := t.TempDir()
	var log bytes.Buffer
	c := Config{AgentCert: filepath.Join(dir, "cert.pem"), AgentKey: filepath.Join(dir, "key.pem"), Logger: daemon.Logger(&log, "info")}
	writePair(t, c.AgentCert, c.AgentKey)
	f, err := newCertificates(c, filepath.Join(dir, "envoy"))
	if err != nil {
		t.Fatal(err)
	}
	given := readAll(t, f.files.Certificate)
	if info, err := os.Stat(f.files.Certificate); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the key: %v, %v", info.Mode(), err)
	}
	if err := f.look(); err != nil || log.Len() > 0 {
		t.Errorf("nothing changed: %v, %s", err, log.String())
	}
	if err := os.WriteFile(c.AgentCert, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.look(); err == nil || readAll(t, f.files.Certificate) != given {
		t.Errorf("an empty file: %v", err)
	}
	writePair(t, c.AgentCert, c.AgentKey)
	if err := f.look(); err != nil || readAll(t, f.files.Certificate) == given || !strings.Contains(log.String(), "has other files") {
		t.Errorf("the new one is not given: %v, %s", err, log.String())
	}
}
