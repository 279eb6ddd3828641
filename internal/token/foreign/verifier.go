package foreign

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/token/access"
)

// maxAudiences is how many a token may name.
const maxAudiences = 8

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

// headers are what the header of a token may have: nothing that brings or names a
// key of its own, and nothing critical.
var headers = []string{"alg", "kid", "typ", "x5t", "x5t#S256"}

// types are what typ may be. A token inside a token has cty, and is none.
var types = []string{"JWT", "at+jwt", "application/at+jwt"}

// Identity is part of token.Foreign.
func (v *Verifier) Identity(raw string) (token.Identity, func() bool, bool) {
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256, jose.RS256, jose.PS256})
	if err != nil || len(signed.Signatures) != 1 {
		return token.Identity{}, nil, false
	}
	if !spelledOnce(raw) {
		return token.Identity{}, nil, false
	}
	header, ok := plain(raw)
	if !ok {
		return token.Identity{}, nil, false
	}
	claimed, ok := parse(signed.UnsafePayloadWithoutVerification())
	if !ok {
		return token.Identity{}, nil, false
	}
	tenant, issuer, audience, ok := v.registration(claimed)
	if !ok || !slices.Contains(issuer.Algorithms, header.algorithm) {
		return token.Identity{}, nil, false
	}
	from := source{issuer.JWKS, issuer.Loopback}
	key, ok := v.Keys.find(from, header)
	if !ok {
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
		held, there := v.Keys.find(from, header)
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

// spelledOnce refuses base64 that another spelling decodes to as well: with line
// breaks, or other bits behind the last byte.
func spelledOnce(raw string) bool {
	for part := range strings.SplitSeq(raw, ".") {
		data, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || base64.RawURLEncoding.EncodeToString(data) != part {
			return false
		}
	}
	return true
}

// plain reads the header of a token: which key it is signed with. One that says
// anything else, or anything twice, is refused.
func plain(raw string) (keyName, bool) {
	text, _, _ := strings.Cut(raw, ".")
	data, err := base64.RawURLEncoding.DecodeString(text)
	header, ok := parse(data)
	if err != nil || !ok {
		return keyName{}, false
	}
	for name := range header {
		if !slices.Contains(headers, name) {
			return keyName{}, false
		}
	}
	typ, named := header.text("typ")
	if _, typed := header["typ"]; typed && (!named || !slices.Contains(types, typ)) {
		return keyName{}, false
	}
	algorithm, ok := header.text("alg")
	kid, also := header.text("kid")
	return keyName{kid, jose.SignatureAlgorithm(algorithm)}, ok && also && kid != ""
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
