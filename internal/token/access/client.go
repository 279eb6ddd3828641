package access

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/token"
)

type clientDoc struct {
	ID       string           `yaml:"id"`
	Agent    string           `yaml:"agent"`
	Grants   []Grant          `yaml:"grants"`
	Roles    []string         `yaml:"roles"`
	Lifetime time.Duration    `yaml:"lifetime"`
	Secrets  []string         `yaml:"secrets"`
	Keys     []map[string]any `yaml:"keys"`
	Confirm  struct {
		Sources     []string `yaml:"sources"`
		Certificate string   `yaml:"certificate"`
	} `yaml:"confirm"`
}

var (
	idPattern   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	namePattern = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$`) // as a token has it
)

const (
	secretPrefix = "sha256:"
	thumbprint   = 32 // bytes of a certificate's SHA-256
	maxKeys      = 16
	leastRSA     = 2048 // bits
)

func (p *parser) clients(docs []clientDoc, a *Access) {
	for i, doc := range docs {
		at := fmt.Sprintf("clients[%d]", i)
		if !idPattern.MatchString(doc.ID) {
			p.add(at+".id", "must be a-z, 0-9 and -, beginning with a letter", doc.ID)
		} else if _, twice := a.Client(doc.ID); twice {
			p.add(at+".id", "is used by another client", doc.ID)
		}
		a.Clients = append(a.Clients, p.client(at, doc))
	}
}

func (p *parser) client(at string, doc clientDoc) Client {
	c := Client{
		ID: doc.ID, Agent: doc.Agent, Grants: doc.Grants, Roles: doc.Roles,
		Lifetime: p.lifetime(at+".lifetime", doc.Lifetime, defaultLifetime),
		Secrets:  p.secrets(at+".secrets", doc.Secrets),
		Keys:     p.keys(at+".keys", doc.Keys),
		Confirm:  token.Confirm{Certificate: doc.Confirm.Certificate, Sources: p.networks(at+".confirm.sources", doc.Confirm.Sources)},
	}
	if !namePattern.MatchString(doc.Agent) {
		p.add(at+".agent", "must be an agent's name, as policy.csv gives it roles", doc.Agent)
	}
	if doc.Agent == token.AgentGateway {
		p.add(at+".agent", "must be another: the gateway itself acts as this one, and no token is for it", doc.Agent)
	}
	p.names(at+".roles", doc.Roles)
	if len(doc.Grants) == 0 {
		p.add(at+".grants", "must list client_credentials, token_exchange or both", nil)
	}
	for _, g := range doc.Grants {
		if g != ClientCredentials && g != TokenExchange {
			p.add(at+".grants", "must be client_credentials or token_exchange", g)
		}
	}
	if len(doc.Secrets)+len(doc.Keys) == 0 {
		p.add(at, "must have secrets (`sallyport client add` makes one) or keys", nil)
	}
	if sum, err := base64.RawURLEncoding.DecodeString(doc.Confirm.Certificate); doc.Confirm.Certificate != "" && (err != nil || len(sum) != thumbprint) {
		p.add(at+".confirm.certificate", "must be the base64url SHA-256 of the client's certificate (x5t#S256)", nil)
	}
	return c
}

func (p *parser) names(at string, roles []string) {
	for _, role := range roles {
		if !namePattern.MatchString(role) {
			p.add(at, "must be roles of policy.csv", role)
		}
	}
}

// secrets never repeats what stands there: it may be the secret itself.
func (p *parser) secrets(at string, texts []string) (out [][32]byte) {
	for _, text := range texts {
		digits, ok := strings.CutPrefix(text, secretPrefix)
		sum, err := hex.DecodeString(digits)
		if !ok || err != nil || len(sum) != 32 {
			p.add(at, "must be sha256: and 64 hex digits; the secret itself stays with the client (`sallyport client add` makes both)", nil)
			continue
		}
		out = append(out, [32]byte(sum))
	}
	return out
}

// keys are public keys as JWKs, each with an id.
func (p *parser) keys(at string, docs []map[string]any) (out []jose.JSONWebKey) {
	if len(docs) > maxKeys {
		p.add(at, "must be at most 16 keys", nil)
	}
	for i, doc := range docs {
		here := fmt.Sprintf("%s[%d]", at, i)
		var key jose.JSONWebKey
		text, err := json.Marshal(doc)
		if err != nil || key.UnmarshalJSON(text) != nil {
			p.add(here, "must be a public key as JWK, with kty, its members, and a kid", nil)
			continue
		}
		same := func(k jose.JSONWebKey) bool { return k.KeyID == key.KeyID }
		switch {
		case !key.IsPublic():
			p.add(here, "must be the public key; who has read this file knows the private one, so make a new pair", nil)
		case key.KeyID == "" || slices.ContainsFunc(out, same):
			p.add(here+".kid", "must be given, and another one for each key", nil)
		case AlgorithmsOf(key.Key) == nil:
			p.add(here, "must be Ed25519, P-256, or RSA of at least 2048 bits", nil)
		default:
			out = append(out, key)
		}
	}
	return out
}

// AlgorithmsOf are the signatures that a public key verifies here; nil for a key
// that none of the closed list fits.
func AlgorithmsOf(key any) []jose.SignatureAlgorithm {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return []jose.SignatureAlgorithm{jose.EdDSA}
	case *ecdsa.PublicKey:
		if k.Curve == elliptic.P256() {
			return []jose.SignatureAlgorithm{jose.ES256}
		}
	case *rsa.PublicKey:
		if k.N.BitLen() >= leastRSA {
			return []jose.SignatureAlgorithm{jose.RS256, jose.PS256}
		}
	}
	return nil
}
