package up

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/controlplane/issuer"
	"github.com/sallyport/sallyport/internal/daemon"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// metadataURL is what 401 answers name; "" where no token endpoint is known.
func (c Config) metadataURL() string {
	if c.IssuerURL == "" {
		return ""
	}
	return c.IssuerURL + issuer.PathResource
}

// checkIssuer refuses a token endpoint whose secrets would cross a network in
// clear.
func (c Config) checkIssuer() error {
	if c.IssuerURL != "" {
		if !isBase(c.IssuerURL) {
			return fmt.Errorf("--issuer-url must be like https://tokens.example.com (got %q)", c.IssuerURL)
		}
		if isHTTPS(c.IssuerURL) {
			return nil // something in front of it has the certificate
		}
	}
	host, _, err := net.SplitHostPort(c.IssuerAddress)
	if c.IssuerAddress == "" || err == nil && isLoopback(host) {
		return nil
	}
	return fmt.Errorf("the token endpoint on %s would get secrets in clear: listen on 127.0.0.1, or put TLS in front of it and say so with --issuer-url https://…", c.IssuerAddress)
}

// isBase reports a URL that paths can be put behind.
func isBase(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && u.RawQuery == "" && !strings.HasSuffix(u.Path, "/") && u.Fragment == "" && u.User == nil
}

func isHTTPS(base string) bool { return strings.HasPrefix(strings.ToLower(base), "https://") }

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// startIssuer serves the token endpoint. It reads tickets through Envoy, so it
// starts after it.
func (g *Gateway) startIssuer(context.Context) error {
	b := g.base
	spool, err := b.openSpool(Issuer)
	if err != nil {
		return err
	}
	h, err := issuer.New(issuer.Options{
		URL: b.config.IssuerURL, AgentURL: b.config.AgentURL, Tenants: b.tenants, Ring: b.ring, Recorder: spool,
		Resolver: sessionReader{execute.NewClient(execute.ClientOptions{
			Socket: b.paths.socket(socketExecute), Node: b.config.node(), Sealer: grant.NewSealer(b.ring), Clock: b.config.Clock,
		})},
		Clock: b.config.Clock, Logger: b.config.Logger,
	})
	if err != nil {
		return errors.Join(err, spool.Close())
	}
	door, err := net.Listen("tcp", b.config.IssuerAddress)
	if err != nil {
		return errors.Join(err, spool.Close())
	}
	g.parts.start(string(Issuer), closing(spool, func(ctx context.Context) error { return daemon.ServeHTTP(ctx, door, h) }))
	return nil
}

// sessionReader is the issuer's way to a tenant's tools: the execute listener.
type sessionReader struct{ client *execute.Client }

// noToken is the token id of orders that are made before there is a token.
const noToken = "issuer"

// Resolve is part of issuer.Resolver.
func (r sessionReader) Resolve(ctx context.Context, t *tenant.Tenant, who token.Identity, decision string) (string, error) {
	who.TokenID, who.Session.ID = noToken, token.SessionID(who)
	customer, err := r.client.Customer(ctx, execute.Caller{Decision: decision, Identity: who, Tenant: t})
	var unresolved *execute.Unresolved
	if errors.As(err, &unresolved) {
		return "", &issuer.Unresolved{What: unresolved.Error()}
	}
	return customer, err
}
