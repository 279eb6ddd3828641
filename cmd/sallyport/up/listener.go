package up

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"

	"github.com/sallyport/sallyport/controlplane/resource"
)

// minRSA is the shortest RSA key that Envoy takes, in bits.
const minRSA = 2048

// checkAgent refuses an agent listener whose tokens would cross a network in
// clear, and files that Envoy would refuse in many more words.
func (c Config) checkAgent() error {
	switch {
	case c.AgentURL != "" && !isBase(c.AgentURL):
		return fmt.Errorf("--agent-url must be like https://agents.example.com (got %q)", c.AgentURL)
	case (c.AgentCert == "") != (c.AgentKey == ""):
		return errors.New("--agent-cert and --agent-key go together")
	case c.AgentCert != "":
		return c.checkFiles()
	case c.AgentClientCA != "":
		return errors.New("--agent-client-ca needs TLS on the agent listener: name its --agent-cert and --agent-key")
	}
	if !reachesOut(c.AgentAddress) || isHTTPS(c.AgentURL) {
		return nil
	}
	return fmt.Errorf("the agent listener on %s would get tokens in clear: give it a certificate with --agent-cert and --agent-key, listen on 127.0.0.1, or put TLS in front of it and say so with --agent-url https://…", c.AgentAddress)
}

// checkPlain refuses the Desk and admin beyond this machine: they have no TLS of
// their own, and votes, sessions and names of tenants would cross a network in
// clear.
func (c Config) checkPlain() error {
	for _, l := range []struct{ what, name, flag, address string }{
		{"Desk", "desk", "--desk-address", c.DeskAddress},
		{"Desk", "desk", "--desk-pages", c.DeskPages},
		{"admin listener", "admin", "--admin-address", c.AdminAddress},
	} {
		if !reachesOut(l.address) {
			continue
		}
		if !slices.Contains(c.BehindTLS, l.name) {
			return fmt.Errorf("the %s on %s has no TLS and reaches beyond this machine: listen on 127.0.0.1 (%s), or put TLS in front of it, shut everybody else out, and say so with --behind-tls %s", l.what, l.address, l.flag, l.name)
		}
		if c.Logger != nil {
			c.Logger.Warn("A listener without TLS reaches beyond this machine, as --behind-tls says", "listener", l.name, "address", l.address)
		}
	}
	return nil
}

// reachesOut reports an address beyond this machine; what is no address is
// refused where ports are picked.
func reachesOut(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && !isLoopback(host)
}

func (c Config) checkFiles() error {
	pair, err := tls.LoadX509KeyPair(c.AgentCert, c.AgentKey)
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
	if c.AgentURL != "" && !isHTTPS(c.AgentURL) {
		return fmt.Errorf("--agent-url must be https:// when the agent listener has TLS (got %q)", c.AgentURL)
	}
	if c.AgentClientCA == "" {
		return nil
	}
	data, err := os.ReadFile(c.AgentClientCA)
	if err != nil {
		return fmt.Errorf("--agent-client-ca: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(data) {
		return fmt.Errorf("--agent-client-ca: %s has no certificate in PEM", c.AgentClientCA)
	}
	return nil
}

func (c Config) agentTLS() resource.ListenerTLS {
	return resource.ListenerTLS{Certificate: c.AgentCert, Key: c.AgentKey, ClientCA: c.AgentClientCA}
}

func (c Config) agentScheme() string {
	if c.AgentCert != "" {
		return "https"
	}
	return "http"
}
