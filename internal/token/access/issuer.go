package access

import (
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/token"
)

// Issuer is an identity provider of the tenant's own whose tokens agents may
// use. The tenant of such a token is whose file this is, whatever it claims.
type Issuer struct {
	Issuer     string // "iss", exactly
	Audience   string // "aud" that a token must be for; with Issuer unique on the platform
	JWKS       string // URL of its keys
	Loopback   bool   // JWKS is on this machine, and may be http
	Algorithms []jose.SignatureAlgorithm
	Lifetime   time.Duration // of a token, from iat to exp, at most

	AgentClaim    string
	Agents        map[string]string // value of the claim -> agent
	RolesClaim    string            // "" for no narrowing by the token
	TicketClaim   string            // "" for unbound tokens
	CustomerClaim string
}

const maxIssuers = 8

type issuerDoc struct {
	Issuer     string                    `yaml:"issuer"`
	Audience   string                    `yaml:"audience"`
	JWKS       string                    `yaml:"jwks"`
	Loopback   bool                      `yaml:"loopback"`
	Algorithms []jose.SignatureAlgorithm `yaml:"algorithms"`
	Lifetime   time.Duration             `yaml:"lifetime"`
	Agent      struct {
		Claim string            `yaml:"claim"`
		Names map[string]string `yaml:"names"`
	} `yaml:"agent"`
	Roles struct {
		Claim string `yaml:"claim"`
	} `yaml:"roles"`
	Session struct {
		Ticket   string `yaml:"ticket"`
		Customer string `yaml:"customer"`
	} `yaml:"session"`
}

// algorithms is the closed list.
var algorithms = []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256, jose.RS256, jose.PS256}

func (p *parser) issuers(docs []issuerDoc, a *Access) {
	if len(docs) > maxIssuers {
		p.add("issuers", "must be at most 8", len(docs))
	}
	for i, doc := range docs {
		at := fmt.Sprintf("issuers[%d]", i)
		same := func(o Issuer) bool { return o.Issuer == doc.Issuer && o.Audience == doc.Audience }
		if slices.ContainsFunc(a.Issuers, same) {
			p.add(at, "has the issuer and audience of another one", nil)
		}
		a.Issuers = append(a.Issuers, p.issuer(at, doc))
	}
}

func (p *parser) issuer(at string, doc issuerDoc) Issuer {
	i := Issuer{
		Issuer: doc.Issuer, Audience: doc.Audience, JWKS: doc.JWKS, Loopback: doc.Loopback, Algorithms: doc.Algorithms,
		Lifetime:   p.lifetime(at+".lifetime", doc.Lifetime, time.Hour),
		AgentClaim: doc.Agent.Claim, Agents: doc.Agent.Names, RolesClaim: doc.Roles.Claim,
		TicketClaim: doc.Session.Ticket, CustomerClaim: doc.Session.Customer,
	}
	if !isURL(i.Issuer, i.Loopback) {
		p.add(at+".issuer", "must be the https URL that its tokens have as iss", i.Issuer)
	}
	if i.Audience == "" || len(i.Audience) > 256 {
		p.add(at+".audience", "must be what its tokens for this gateway have as aud", nil)
	}
	if !isURL(i.JWKS, i.Loopback) {
		p.add(at+".jwks", "must be the https URL of its keys; on this machine http, with loopback: true", i.JWKS)
	}
	if len(i.Algorithms) == 0 {
		i.Algorithms = []jose.SignatureAlgorithm{jose.RS256}
	}
	for _, algorithm := range i.Algorithms {
		if !slices.Contains(algorithms, algorithm) {
			p.add(at+".algorithms", "must be of EdDSA, ES256, RS256 and PS256", algorithm)
		}
	}
	p.claims(at, i)
	return i
}

func (p *parser) claims(at string, i Issuer) {
	if len(i.Agents) == 0 || i.AgentClaim == "" {
		p.add(at+".agent", "must have a claim and names: which value of it is which agent", nil)
	}
	for _, value := range slices.Sorted(maps.Keys(i.Agents)) {
		if !namePattern.MatchString(i.Agents[value]) || value == "" {
			p.add(at+".agent.names", "must give agents' names, as policy.csv has them", i.Agents[value])
		}
		if i.Agents[value] == token.AgentGateway {
			p.add(at+".agent.names", "must give another agent: the gateway itself acts as this one, and no token is for it", i.Agents[value])
		}
	}
	// Claims that are checked otherwise mean something else already.
	reserved := []string{"iss", "aud", "exp", "nbf", "iat", "jti"}
	for _, claim := range []string{i.AgentClaim, i.RolesClaim, i.TicketClaim, i.CustomerClaim} {
		if slices.Contains(reserved, claim) || len(claim) > 64 {
			p.add(at, "must take claims that are not "+fmt.Sprint(reserved), claim)
		}
	}
}

// isURL takes http only for an address of this machine.
func isURL(text string, loopback bool) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(text) > 512 {
		return false
	}
	if u.Scheme != "http" {
		return u.Scheme == "https"
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return loopback && err == nil && addr.IsLoopback()
}
