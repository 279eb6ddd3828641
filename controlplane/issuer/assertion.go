package issuer

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/token/access"
)

// Bounds of a client assertion (RFC 7523).
const (
	maxAssertion     = 8 << 10
	assertionFor     = 5 * time.Minute // from now to exp, at most
	assertionSkew    = 5 * time.Second
	maxAssertionID   = 128
	operatorLifetime = 24 * time.Hour
)

// OperatorClient is the client_id of whoever holds the gateway's data folder. Its
// assertions are signed with the operator key.
const OperatorClient = "operator"

// signatures is the closed list of a client's algorithms.
var signatures = []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256, jose.RS256, jose.PS256}

func algorithmNames() (out []string) {
	for _, s := range signatures {
		out = append(out, string(s))
	}
	return out
}

// audience is one text or a list of them.
type audience []string

// UnmarshalJSON takes both spellings.
func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}

// assertionClaims are those that count; others are the client's own affair.
type assertionClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"`
	Audience  audience `json:"aud"`
	ID        string   `json:"jti"`
	IssuedAt  float64  `json:"iat"`
	NotBefore float64  `json:"nbf"`
	Expires   float64  `json:"exp"`
}

// byAssertion authenticates a client by what it signed. Everything that is wrong
// reads the same to it.
func (h *Handler) byAssertion(p proof, form url.Values) (client, *refusal) {
	signed, header, ok := parseAssertion(p.assertion)
	if !ok {
		return client{}, unknownClient()
	}
	var unverified assertionClaims
	if json.Unmarshal(signed.UnsafePayloadWithoutVerification(), &unverified) != nil || p.id != "" && p.id != unverified.Subject {
		return client{}, unknownClient()
	}
	c, key, ok := h.signer(unverified.Subject, header, form)
	if !ok {
		return client{}, unknownClient()
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return client{}, unknownClient()
	}
	var claims assertionClaims
	if json.Unmarshal(payload, &claims) != nil || !h.accepts(claims) {
		return client{}, unknownClient()
	}
	return c, nil
}

// parseAssertion takes one compact signature whose header says nothing that
// would change its meaning: no critical extension, no key or address of a key.
func parseAssertion(text string) (*jose.JSONWebSignature, jose.Header, bool) {
	if len(text) > maxAssertion {
		return nil, jose.Header{}, false
	}
	signed, err := jose.ParseSignedCompact(text, signatures)
	if err != nil || len(signed.Signatures) != 1 {
		return nil, jose.Header{}, false
	}
	header := signed.Signatures[0].Protected
	typ, _ := header.ExtraHeaders[jose.HeaderType].(string)
	_, typed := header.ExtraHeaders[jose.HeaderType]
	if typed && !slices.Contains([]string{"JWT", "client-authentication+jwt"}, typ) || header.JSONWebKey != nil {
		return nil, jose.Header{}, false
	}
	for name := range header.ExtraHeaders {
		if name != jose.HeaderType {
			return nil, jose.Header{}, false
		}
	}
	return signed, header, true
}

// signer finds the client that an assertion speaks of and its key of that name.
func (h *Handler) signer(subject string, header jose.Header, form url.Values) (client, any, bool) {
	if subject == OperatorClient {
		t, ok := h.Tenants.Get(form.Get("tenant"))
		key, known := h.Ring.Public(keyring.Operator, header.KeyID)
		if !ok || !known || header.Algorithm != string(jose.EdDSA) {
			return client{}, nil, false
		}
		return operator(t, form.Get("agent")), key, true
	}
	c, ok := h.find(subject)
	if !ok {
		return client{}, nil, false
	}
	for _, key := range c.Keys {
		if key.KeyID == header.KeyID && slices.Contains(access.AlgorithmsOf(key.Key), jose.SignatureAlgorithm(header.Algorithm)) {
			return c, key.Key, true
		}
	}
	return client{}, nil, false
}

// accepts holds verified claims against now, and uses the assertion up. One that
// is older than this process is refused: it may have been used before.
func (h *Handler) accepts(c assertionClaims) bool {
	now := h.Clock.Now()
	expires, issued := seconds(c.Expires), seconds(c.IssuedAt)
	switch {
	case c.Issuer != c.Subject, len(c.Audience) != 1, c.Audience[0] != h.URL && c.Audience[0] != h.URL+pathToken,
		c.ID == "", len(c.ID) > maxAssertionID, strings.ContainsRune(c.ID, 0),
		c.Expires <= 0, c.IssuedAt <= 0, !now.Before(expires.Add(assertionSkew)), expires.After(now.Add(assertionFor + assertionSkew)),
		issued.After(now.Add(assertionSkew)), seconds(c.NotBefore).After(now.Add(assertionSkew)), issued.Before(h.started):
		return false
	}
	return h.used.by(c.Subject).Use(c.ID, expires.Add(2*assertionSkew), now)
}

// seconds is a NumericDate; one that is out of reach lies in the far future or
// past.
func seconds(n float64) time.Time {
	const reach = 1 << 40
	return time.Unix(int64(min(max(n, 0), reach)), 0)
}
