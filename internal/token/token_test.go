package token

import (
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

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

// nil does not narrow, an empty ceiling narrows to nothing: the one must never
// turn into the other.
func TestRolesKeepTheirMeaning(t *testing.T) {
	for name, roles := range map[string][]string{"no narrowing": nil, "to nothing": {}, "to one": {"billing"}} {
		t.Run(name, func(t *testing.T) {
			id := identity()
			id.Roles = roles
			got, code := verifier(t).Verify(sign(t, seed, "token-0001", id), now)
			if diff := cmp.Diff(id, got); code != "" || diff != "" {
				t.Errorf("%q %s", code, diff)
			}
		})
	}
}

func TestSignRefusesWhatNobodyCouldVerify(t *testing.T) {
	s, err := NewSigner(SignerOptions{KeyID: "token-0001", Key: seed})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Identity){
		"no tenant":           func(id *Identity) { id.Tenant = "" },
		"tenant with a slash": func(id *Identity) { id.Tenant = "a/b" },
		"the gateway itself":  func(id *Identity) { id.Agent = AgentGateway },
		"no agent":            func(id *Identity) { id.Agent = "" },
		"empty role":          func(id *Identity) { id.Roles = []string{""} },
		"no session":          func(id *Identity) { id.Session.ID = "" },
		"broken UTF-8":        func(id *Identity) { id.Session.Customer = "\xff" },
		"long ticket":         func(id *Identity) { id.Session.Ticket = strings.Repeat("1", maxText+1) },
		"no end":              func(id *Identity) { id.Expires = id.IssuedAt },
		"too large":           func(id *Identity) { id.Roles = slices.Repeat([]string{strings.Repeat("r", 63)}, 60) },
	} {
		t.Run(name, func(t *testing.T) {
			id := identity()
			change(&id)
			if raw, err := s.Sign(id); err == nil {
				t.Errorf("signed %s", raw)
			}
		})
	}
}

// What was verified once is remembered, but not past its end.
func TestRememberedTokensExpire(t *testing.T) {
	v, raw := verifier(t), sign(t, seed, "token-0001", identity())
	for _, tt := range []struct {
		at   time.Duration
		want reason.Code
	}{{0, ""}, {15*time.Minute + 4*time.Second, ""}, {15*time.Minute + 5*time.Second, reason.TokenExpired}, {-6 * time.Second, reason.TokenInvalid}} {
		if _, code := v.Verify(raw, now.Add(tt.at)); code != tt.want {
			t.Errorf("after %s: got %q, want %q", tt.at, code, tt.want)
		}
	}
}

func TestRevokeWorksOnRememberedTokens(t *testing.T) {
	raw := sign(t, seed, "token-0001", identity())
	for name, set := range map[string]*Revocations{
		"token":   {Tokens: map[string]bool{"tok_1": true}},
		"session": {Sessions: map[string]bool{"acme/ses_1": true}},
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
	v.Revoke(nil)
	if _, code := v.Verify(raw, now); code != "" {
		t.Errorf("nothing is revoked: %q", code)
	}
	v.Revoke(&Revocations{Agents: map[string]time.Time{"acme/billing-bot": now}})
	if _, code := v.Verify(raw, now); code != "" {
		t.Errorf("a token issued at the time of the revocation: %q", code)
	}
}

// A token under the old key is good until the key is withdrawn, also when it was
// verified before, and a key that comes back as another one does not help it.
func TestKeysAreAskedForRememberedTokens(t *testing.T) {
	public := func(key ed25519.PrivateKey) ed25519.PublicKey { p, _ := key.Public().(ed25519.PublicKey); return p }
	keys := map[string]ed25519.PublicKey{"token-0001": public(seed)}
	v, err := NewVerifier(VerifierOptions{Key: func(kid string) (ed25519.PublicKey, bool) { k, ok := keys[kid]; return k, ok }})
	if err != nil {
		t.Fatal(err)
	}
	raw := sign(t, seed, "token-0001", identity())
	for _, step := range []struct {
		what string
		keys map[string]ed25519.PublicKey
		want reason.Code
	}{
		{"one key", map[string]ed25519.PublicKey{"token-0001": public(seed)}, ""},
		{"rotated", map[string]ed25519.PublicKey{"token-0001": public(seed), "token-0002": public(stranger)}, ""},
		{"withdrawn", map[string]ed25519.PublicKey{"token-0002": public(stranger)}, reason.TokenInvalid},
		{"another key of its name", map[string]ed25519.PublicKey{"token-0001": public(stranger)}, reason.TokenInvalid},
	} {
		keys = step.keys
		if _, code := v.Verify(raw, now); code != step.want {
			t.Errorf("%s: %q", step.what, code)
		}
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

func TestSessionID(t *testing.T) {
	base := Identity{Tenant: "acme", Agent: "bot", TokenID: "one", Session: Session{Ticket: "1", Customer: "cus"}}
	renewed := base
	renewed.TokenID, renewed.Roles = "two", []string{"billing"}
	if SessionID(base) != SessionID(renewed) {
		t.Error("a renewed token has another session")
	}
	for name, other := range map[string]Identity{
		"tenant":   {Tenant: "globex", Agent: "bot", Session: base.Session},
		"agent":    {Tenant: "acme", Agent: "bot2", Session: base.Session},
		"ticket":   {Tenant: "acme", Agent: "bot", Session: Session{Ticket: "2", Customer: "cus"}},
		"customer": {Tenant: "acme", Agent: "bot", Session: Session{Ticket: "1", Customer: "cus2"}},
		"shifted":  {Tenant: "acme", Agent: "bot", Session: Session{Ticket: "1cus"}},
	} {
		if SessionID(base) == SessionID(other) {
			t.Errorf("another %s has the same session", name)
		}
	}
}
