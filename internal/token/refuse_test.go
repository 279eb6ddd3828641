package token

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// forge signs any header and payload with any algorithm.
func forge(t *testing.T, algorithm jose.SignatureAlgorithm, key any, typ string, payload any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: "token-0001"}}, (&jose.SignerOptions{}).WithType(jose.ContentType(typ)))
	if err != nil {
		t.Fatal(err)
	}
	data, _ := json.Marshal(payload)
	signed, err := signer.Sign(data)
	if err != nil {
		t.Fatal(err)
	}
	compact, _ := signed.CompactSerialize()
	return wire.TokenPrefix + compact
}

// forgeText signs any text with the right key.
func forgeText(t *testing.T, header, payload string) string {
	t.Helper()
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
	return wire.TokenPrefix + signed + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(seed, []byte(signed)))
}

func TestVerifyRefuses(t *testing.T) {
	good := sign(t, seed, "token-0001", identity())
	public, _ := seed.Public().(ed25519.PublicKey)
	parts := strings.Split(good, ".")
	none := wire.TokenPrefix + base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"token-0001","typ":"sallyport+jwt"}`)) + "." + parts[1] + "."
	plain := fromIdentity(identity())
	last := len(good) - 1
	const header = `{"alg":"EdDSA","kid":"token-0001","typ":"sallyport+jwt"}`
	withHeader := func(more string) string { return strings.Replace(header, "}", ","+more+"}", 1) }
	text, _ := json.Marshal(plain)
	payload := string(text)
	jwk, _ := json.Marshal(jose.JSONWebKey{Key: public})
	if id, code := verifier(t).Verify(forgeText(t, header, payload), now); code != "" || id.Tenant != "acme" {
		t.Fatalf("the forgery that is exact must pass, or the others prove nothing: %q", code)
	}
	with := func(change func(*claims)) claims { c := plain; change(&c); return c }
	for _, tt := range []struct {
		name string
		raw  string
		at   time.Time
		want reason.Code
	}{
		{"nothing", "", now, reason.TokenMissing},
		{"no prefix", strings.TrimPrefix(good, wire.TokenPrefix), now, reason.TokenInvalid},
		{"another key", sign(t, stranger, "token-0001", identity()), now, reason.TokenInvalid},
		{"unknown key id", sign(t, seed, "token-0009", identity()), now, reason.TokenInvalid},
		{"algorithm none", none, now, reason.TokenInvalid},
		{"HS256 with the public key", forge(t, jose.HS256, []byte(public), kind, plain), now, reason.TokenInvalid},
		{"another type", forge(t, jose.EdDSA, seed, "JWT", plain), now, reason.TokenInvalid},
		{"another audience", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Audience = "x" })), now, reason.TokenInvalid},
		{"another issuer", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Issuer = "x" })), now, reason.TokenInvalid},
		{"a tenant that is a path", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Tenant = "../acme" })), now, reason.TokenInvalid},
		{"an agent with a separator", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Agent = "a/b" })), now, reason.TokenInvalid},
		{"the agent that is the gateway", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Agent = AgentGateway })), now, reason.TokenInvalid},
		{"no agent", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Agent = "" })), now, reason.TokenInvalid},
		{"a role with a comma", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Roles = []string{"a,b"} })), now, reason.TokenInvalid},
		{"no id", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.ID = "" })), now, reason.TokenInvalid},
		{"no session", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Session.ID = "" })), now, reason.TokenInvalid},
		{"a line break in the ticket", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Session.Ticket = "1\n2" })), now, reason.TokenInvalid},
		{"no end", forge(t, jose.EdDSA, seed, kind, with(func(c *claims) { c.Expires = 0 })), now, reason.TokenInvalid},
		{"an unknown claim", forgeText(t, header, strings.Replace(payload, "{", `{"scope":"read",`, 1)), now, reason.TokenInvalid},
		{"a repeated claim", forgeText(t, header, strings.Replace(payload, "{", `{"tenant":"globex",`, 1)), now, reason.TokenInvalid},
		{"a claim in capitals", forgeText(t, header, strings.Replace(payload, `"tenant"`, `"Tenant"`, 1)), now, reason.TokenInvalid},
		{"text behind the claims", forgeText(t, header, payload+"]"), now, reason.TokenInvalid},
		{"a critical header", forgeText(t, withHeader(`"crit":["x"],"x":1`), payload), now, reason.TokenInvalid},
		{"a critical b64", forgeText(t, withHeader(`"b64":true,"crit":["b64"]`), payload), now, reason.TokenInvalid},
		{"a key of its own", forgeText(t, strings.Replace(header, `"kid"`, `"jwk":`+string(jwk)+`,"kid"`, 1), payload), now, reason.TokenInvalid},
		{"another header", forgeText(t, withHeader(`"x":1`), payload), now, reason.TokenInvalid},
		{"a header in another order", forgeText(t, `{"typ":"sallyport+jwt","kid":"token-0001","alg":"EdDSA"}`, payload), now, reason.TokenInvalid},
		{"no key id", forgeText(t, `{"alg":"EdDSA","typ":"sallyport+jwt"}`, payload), now, reason.TokenInvalid},
		{"no type", forgeText(t, `{"alg":"EdDSA","kid":"token-0001"}`, payload), now, reason.TokenInvalid},
		{"the prefix twice", wire.TokenPrefix + good, now, reason.TokenInvalid},
		{"a line break behind", good + "\n", now, reason.TokenInvalid},
		{"a line break within", strings.Replace(good, ".", ".\r\n", 1), now, reason.TokenInvalid},
		{"spaces around", " " + good + " ", now, reason.TokenInvalid},
		{"unused bits of base64", good[:last] + string(rune(good[last]+1)), now, reason.TokenInvalid},
		{"without a signature", wire.TokenPrefix + parts[1] + "." + parts[1] + ".", now, reason.TokenInvalid},
		{"four parts", good + ".", now, reason.TokenInvalid},
		{"cut", good[:len(good)-4], now, reason.TokenInvalid},
		{"padded", good + "=", now, reason.TokenInvalid},
		{"too long", good + strings.Repeat("A", maxToken), now, reason.TokenInvalid},
		{"from the future", good, now.Add(-time.Minute), reason.TokenInvalid},
		{"expired", good, now.Add(15*time.Minute + 5*time.Second), reason.TokenExpired},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id, code := verifier(t).Verify(tt.raw, tt.at)
			if code != tt.want || !cmp.Equal(id, Identity{}) {
				t.Errorf("got %q and %+v, want %q and no identity", code, id, tt.want)
			}
		})
	}
}
