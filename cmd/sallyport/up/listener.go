package up

import (
	"errors"
	"fmt"
	"net"
	"slices"
)

// checkAgent refuses an agent listener whose tokens would cross a network in
// clear, and files that Envoy would refuse in many more words.
func (c Config) checkAgent() error {
	switch {
	case c.AgentURL != "" && !isBase(c.AgentURL):
		return fmt.Errorf("--agent-url must be like https://agents.example.com (got %q)", c.AgentURL)
	case (c.AgentCert == "") != (c.AgentKey == ""):
		return errors.New("--agent-cert and --agent-key go together")
	case c.AgentCert != "":
		return c.checkTLS()
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

func (c Config) agentScheme() string {
	if c.AgentCert != "" {
		return "https"
	}
	return "http"
}
