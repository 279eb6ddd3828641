package foreign

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/token/access"
)

// Bounds of a token.
const (
	maxAudiences = 8
	maxRoles     = 64
	beginSkew    = 5 // seconds that nbf may lie behind iat
)

// Options are what a Verifier needs.
type Options struct {
	// Find returns the tenant that registered an issuer with an audience, and the
	// registration; without I/O.
	Find func(issuer, audience string) (tenant string, i *access.Issuer, ok bool)
	Keys *Keys
}

// Verifier verifies tokens of registered issuers. It is safe for concurrent use.
type Verifier struct{ Options }

// New returns a Verifier.
func New(o Options) *Verifier { return &Verifier{o} }

// headers are what the header of a token may have besides its algorithm: nothing
// that names a key of its own, and nothing critical.
var headers = []jose.HeaderKey{"typ", "x5t", "x5t#S256"}

// types are what typ may be. A token inside a token has cty, and is none.
var types = []string{"JWT", "at+jwt", "application/at+jwt"}

// Identity is part of token.Foreign.
func (v *Verifier) Identity(raw string) (token.Identity, func() bool, bool) {
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256, jose.RS256, jose.PS256})
	if err != nil || len(signed.Signatures) != 1 {
		return token.Identity{}, nil, false
	}
	if again, err := signed.CompactSerialize(); err != nil || again != raw {
		return token.Identity{}, nil, false
	}
	header := signed.Signatures[0].Protected
	if !plain(header) {
		return token.Identity{}, nil, false
	}
	claimed, ok := parse(signed.UnsafePayloadWithoutVerification())
	if !ok {
		return token.Identity{}, nil, false
	}
	tenant, issuer, audience, ok := v.registration(claimed)
	if !ok || !slices.Contains(issuer.Algorithms, jose.SignatureAlgorithm(header.Algorithm)) {
		return token.Identity{}, nil, false
	}
	from := source{issuer.JWKS, issuer.Loopback}
	key, ok := v.Keys.find(from, header.KeyID)
	if !ok || !slices.Contains(access.AlgorithmsOf(key), jose.SignatureAlgorithm(header.Algorithm)) {
		return token.Identity{}, nil, false
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return token.Identity{}, nil, false
	}
	verified, ok := parse(payload)
	if !ok {
		return token.Identity{}, nil, false
	}
	id, ok := verified.identity(tenant, issuer, raw)
	still := func() bool {
		_, now, registered := v.Find(issuer.Issuer, audience)
		held, there := v.Keys.find(from, header.KeyID)
		return registered && now == issuer && there && same(held, key)
	}
	return id, still, ok
}

// same compares public keys.
func same(a, b any) bool {
	one, ok := a.(interface{ Equal(any) bool })
	if ok {
		return one.Equal(b)
	}
	x, errX := json.Marshal(jose.JSONWebKey{Key: a})
	y, errY := json.Marshal(jose.JSONWebKey{Key: b})
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func plain(h jose.Header) bool {
	if h.JSONWebKey != nil || h.KeyID == "" || h.Nonce != "" {
		return false
	}
	for name, value := range h.ExtraHeaders {
		text, _ := value.(string)
		if !slices.Contains(headers, name) || name == "typ" && !slices.Contains(types, text) {
			return false
		}
	}
	return true
}

// registration finds the one registration that a token fits.
func (v *Verifier) registration(c claims) (tenant string, i *access.Issuer, audience string, ok bool) {
	issuer, named := c.text("iss")
	audiences := c.texts("aud")
	if !named || len(audiences) == 0 || len(audiences) > maxAudiences {
		return "", nil, "", false
	}
	for _, one := range audiences {
		name, found, is := v.Find(issuer, one)
		switch {
		case !is || found == i:
		case ok:
			return "", nil, "", false // of two registrations: whose it is would be a guess
		default:
			tenant, i, audience, ok = name, found, one, true
		}
	}
	return tenant, i, audience, ok
}

// claims are a payload's members as they came.
type claims map[string]json.RawMessage

// parse refuses a payload that has a claim twice: it could be read two ways.
func parse(payload []byte) (claims, bool) {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return nil, false
	}
	out := claims{}
	for decoder.More() {
		name, err := decoder.Token()
		key, ok := name.(string)
		var value json.RawMessage
		if err != nil || !ok || decoder.Decode(&value) != nil {
			return nil, false
		}
		if _, twice := out[key]; twice {
			return nil, false
		}
		out[key] = value
	}
	_, err := decoder.Token()
	return out, err == nil && !decoder.More()
}

func (c claims) text(name string) (string, bool) {
	var out *string // null is no text
	if json.Unmarshal(c[name], &out) != nil || out == nil {
		return "", false
	}
	return *out, true
}

// texts is a list, or one text as a list of one.
func (c claims) texts(name string) []string {
	var list []string
	if json.Unmarshal(c[name], &list) == nil {
		return list
	}
	if one, ok := c.text(name); ok {
		return []string{one}
	}
	return nil
}

// seconds is a NumericDate in whole seconds.
func (c claims) seconds(name string) (int64, bool) {
	var n float64
	value, ok := c[name]
	if !ok || json.Unmarshal(value, &n) != nil || !(n > 0 && n < 1<<40) {
		return 0, false
	}
	return int64(n), true
}

// identity is who verified claims speak for, by the registration's words.
func (c claims) identity(tenant string, i *access.Issuer, raw string) (token.Identity, bool) {
	issued, one := c.seconds("iat")
	expires, two := c.seconds("exp")
	begins, three := c.seconds("nbf")
	_, dated := c["nbf"]
	if !one || !two || expires <= issued || expires-issued > int64(i.Lifetime/time.Second) || dated && (!three || begins > issued+beginSkew) {
		return token.Identity{}, false
	}
	who, ok := c.text(i.AgentClaim)
	agent := i.Agents[who]
	if !ok || agent == "" {
		return token.Identity{}, false
	}
	id := token.Identity{Tenant: tenant, Agent: agent, IssuedAt: time.Unix(issued, 0).UTC(), Expires: time.Unix(expires, 0).UTC()}
	if i.RolesClaim != "" {
		id.Roles = c.roles(i.RolesClaim)
	}
	ticket, fine := c.bound(i.TicketClaim)
	customer, also := c.bound(i.CustomerClaim)
	if !fine || !also {
		return token.Identity{}, false
	}
	id.Session.Ticket, id.Session.Customer = ticket, customer
	id.Session.ID = token.SessionID(id)
	id.TokenID = c.id(i, raw)
	return id, token.Check(id) == nil
}

// roles is a ceiling: a list, or one text with spaces between, as scopes are. A
// claim that is neither narrows to nothing, and what cannot be a role here is
// left out.
func (c claims) roles(name string) []string {
	list := c.texts(name)
	if one, ok := c.text(name); ok {
		list = strings.Fields(one)
	}
	out := []string{}
	for _, role := range list {
		if token.IsName(role) && len(out) < maxRoles {
			out = append(out, role)
		}
	}
	return out
}

// bound is what a session claim says; a claim that is absent, or that the
// registration does not name, binds nothing.
func (c claims) bound(name string) (string, bool) {
	if _, there := c[name]; name == "" || !there {
		return "", true
	}
	return c.text(name)
}

// id names a token so that it can be revoked, and never as another issuer's.
func (c claims) id(i *access.Issuer, raw string) string {
	own, ok := c.text("jti")
	if !ok {
		own = raw
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s,%s", len(i.Issuer), i.Issuer, own))
	return "ext_" + hex.EncodeToString(sum[:20])
}
