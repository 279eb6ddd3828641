package up

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sallyport/sallyport/controlplane/resource"
	"github.com/sallyport/sallyport/internal/durable"
	"github.com/sallyport/sallyport/internal/follow"
)

// minRSA is the shortest RSA key that Envoy takes, in bits.
const minRSA = 2048

// pems are the files of the agent listener's TLS, as they were read together.
type pems struct{ chain, key, clients []byte }

func (p pems) equal(other pems) bool {
	return bytes.Equal(p.chain, other.chain) && bytes.Equal(p.key, other.key) && bytes.Equal(p.clients, other.clients)
}

// checkTLS refuses what Envoy would refuse in many more words.
func (c Config) checkTLS() error {
	if c.AgentURL != "" && !isHTTPS(c.AgentURL) {
		return fmt.Errorf("--agent-url must be https:// when the agent listener has TLS (got %q)", c.AgentURL)
	}
	_, err := c.readTLS()
	return err
}

// readTLS reads the files, which belong together and which Envoy takes.
func (c Config) readTLS() (pems, error) {
	var p pems
	var err error
	if p.chain, err = os.ReadFile(c.AgentCert); err != nil {
		return pems{}, fmt.Errorf("--agent-cert: %w", err)
	}
	if p.key, err = os.ReadFile(c.AgentKey); err != nil {
		return pems{}, fmt.Errorf("--agent-key: %w", err)
	}
	if err := checkPair(p); err != nil {
		return pems{}, err
	}
	if c.AgentClientCA == "" {
		return p, nil
	}
	if p.clients, err = os.ReadFile(c.AgentClientCA); err != nil {
		return pems{}, fmt.Errorf("--agent-client-ca: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(p.clients) {
		return pems{}, fmt.Errorf("--agent-client-ca: %s has no certificate in PEM", c.AgentClientCA)
	}
	return p, nil
}

func checkPair(p pems) error {
	pair, err := tls.X509KeyPair(p.chain, p.key)
	if err != nil {
		return fmt.Errorf("--agent-cert and --agent-key: %w", err)
	}
	long := false
	switch key := pair.Leaf.PublicKey.(type) {
	case *ecdsa.PublicKey:
		long = true
	case *rsa.PublicKey:
		long = key.N.BitLen() >= minRSA
	}
	if !long {
		return fmt.Errorf("--agent-key: Envoy takes ECDSA keys, and RSA keys of %d bits and more", minRSA)
	}
	return nil
}

// certificates hands the listener's files to Envoy, as secrets that it follows.
type certificates struct {
	config Config
	files  resource.ListenerTLS
	given  pems
}

// newCertificates writes the secrets into a folder; nil when the listener has no
// TLS.
func newCertificates(c Config, dir string) (*certificates, error) {
	if c.AgentCert == "" {
		return nil, nil //nolint:nilnil // there is nothing to follow
	}
	out := &certificates{config: c, files: resource.ListenerTLS{Certificate: filepath.Join(dir, "agent-certificate.json")}}
	if c.AgentClientCA != "" {
		out.files.Clients = filepath.Join(dir, "agent-clients.json")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	read, err := c.readTLS()
	if err != nil {
		return nil, err
	}
	return out, out.give(read)
}

// run follows the files. Envoy's own watch sees a file that is renamed over another
// alone: what most programs that renew certificates do, to write into the old file
// or to change a link, it would miss.
func (f *certificates) run(ctx context.Context) error {
	const message = "New files of the agent listener's TLS are not taken: the last good ones are served"
	return follow.File(ctx, f.config.Clock, f.config.Logger, message, f.look)
}

// look gives Envoy files that say something else.
func (f *certificates) look() error {
	read, err := f.config.readTLS()
	if err != nil || read.equal(f.given) {
		return err
	}
	if err := f.give(read); err != nil {
		return err
	}
	f.config.Logger.Info("The agent listener has other files of its TLS", "certificate", f.config.AgentCert)
	return nil
}

// give writes what changed. Envoy waits for renames.
func (f *certificates) give(p pems) error {
	data, err := resource.CertificateSecret(p.chain, p.key)
	if err == nil {
		err = durable.Replace(f.files.Certificate, data, 0o600)
	}
	if err == nil && f.files.Clients != "" {
		if data, err = resource.ClientsSecret(p.clients); err == nil {
			err = durable.Replace(f.files.Clients, data, 0o600)
		}
	}
	if err == nil {
		f.given = p
	}
	return err
}
