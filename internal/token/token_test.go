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

var (
	now      = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	seed     = ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	stranger = ed25519.NewKeyFromSeed([]byte(strings.Repeat("s", ed25519.SeedSize)))
)

func identity() Identity {
	return Identity{
		Tenant: "acme", Agent: "billing-bot", TokenID: "tok_1", Roles: []string{"billing"},
		Session:  Session{ID: "ses_1", Ticket: "1001", Customer: "cus_ada"},
		IssuedAt: now, Expires: now.Add(15 * time.Minute),
	}
}

func sign(t testing.TB, key ed25519.PrivateKey, kid string, id Identity) string {
	t.Helper()
	s, err := NewSigner(SignerOptions{KeyID: kid, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := s.Sign(id)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func verifier(t testing.TB) *Verifier {
	t.Helper()
	public, _ := seed.Public().(ed25519.PublicKey)
	v, err := NewVerifier(VerifierOptions{Leeway: 5 * time.Second, Key: func(kid string) (ed25519.PublicKey, bool) {
		return public, kid == "token-0001"
	}})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVerifyReturnsWhatWasSigned(t *testing.T) {
	v, raw := verifier(t), sign(t, seed, "token-0001", identity())
	for range 2 { // the second time from memory
		got, code := v.Verify(raw, now)
		if code != "" {
			t.Fatal(code)
		}
		if diff := cmp.Diff(identity(), got); diff != "" {
			t.Error(diff)
		}
	}
}

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

func TestVerifyRefuses(t *testing.T) {
	good := sign(t, seed, "token-0001", identity())
	public, _ := seed.Public().(ed25519.PublicKey)
	parts := strings.Split(good, ".")
	none := wire.TokenPrefix + base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"token-0001","typ":"sallyport+jwt"}`)) + "." + parts[1] + "."
	plain := fromIdentity(identity())
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
		{"an unknown claim", forge(t, jose.EdDSA, seed, kind, map[string]any{"iss": issuer, "aud": audience, "scope": "read"}), now, reason.TokenInvalid},
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

func TestRevokeWorksOnRememberedTokens(t *testing.T) {
	raw := sign(t, seed, "token-0001", identity())
	for name, set := range map[string]*Revocations{
		"token":   {Tokens: map[string]bool{"tok_1": true}},
		"session": {Sessions: map[string]bool{"ses_1": true}},
		"agent":   {Agents: map[string]time.Time{"acme/billing-bot": now.Add(time.Second)}},
	} {
		t.Run(name, func(t *testing.T) {
			v := verifier(t)
			if _, code := v.Verify(raw, now); code != "" {
				t.Fatal(code)
			}
			v.Revoke(set)
			if _, code := v.Verify(raw, now); code != reason.TokenRevoked {
				t.Errorf("got %q", code)
			}
		})
	}
	v := verifier(t)
	v.Revoke(&Revocations{Agents: map[string]time.Time{"acme/billing-bot": now}})
	if _, code := v.Verify(raw, now); code != "" {
		t.Errorf("a token issued at the time of the revocation: %q", code)
	}
}

func TestFromCredential(t *testing.T) {
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	for _, tt := range []struct{ name, slot, value, want string }{
		{"bearer", "authorization", "Bearer spgw_a.b.c", "spgw_a.b.c"},
		{"bearer, any case", "authorization", "bearer spgw_a", "spgw_a"},
		{"alone", "authorization", "spgw_a", "spgw_a"},
		{"basic user", "authorization", basic("spgw_a:"), "spgw_a"},
		{"basic password", "authorization", basic("bot:spgw_a"), "spgw_a"},
		{"basic both the same", "authorization", basic("spgw_a:spgw_a"), "spgw_a"},
		{"basic, two different", "authorization", basic("spgw_a:spgw_b"), ""},
		{"api key", "x-api-key", "spgw_a", "spgw_a"},
		{"api key with a scheme", "x-api-key", "Bearer spgw_a", ""},
		{"somebody else's key", "authorization", "Bearer sk_live_1", ""},
		{"broken basic", "authorization", "Basic ???", ""},
		{"another scheme", "authorization", "Digest spgw_a", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := FromCredential(tt.slot, tt.value)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q %v, want %q", got, ok, tt.want)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(sign(f, seed, "token-0001", identity()))
	f.Add(wire.TokenPrefix + "..")
	v := verifier(f)
	good := sign(f, seed, "token-0001", identity())
	f.Fuzz(func(t *testing.T, raw string) {
		if _, code := v.Verify(raw, now); code == "" && raw != good {
			t.Errorf("%q verified", raw)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	v, raw := verifier(b), sign(b, seed, "token-0001", identity())
	b.Run("remembered", func(b *testing.B) {
		for b.Loop() {
			v.Verify(raw, now)
		}
	})
	b.Run("signature", func(b *testing.B) {
		for b.Loop() {
			v.parse(raw)
		}
	})
}
