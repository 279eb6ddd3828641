package foreign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/token/access"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// provider is a tenant's identity provider: its keys, and how often it was asked.
type provider struct {
	t     *testing.T
	url   string
	shown atomic.Pointer[jose.JSONWebKeySet]
	asked atomic.Int64
	down  atomic.Bool
	keys  map[string]crypto.Signer
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{t: t, keys: map[string]crypto.Signer{}}
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p.keys["ed"], p.keys["ec"], p.keys["rs"] = ed, ec, rs
	p.show("ed", "ec", "rs")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		p.asked.Add(1)
		if p.down.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(p.shown.Load())
	}))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *provider) show(kids ...string) {
	set := &jose.JSONWebKeySet{}
	for _, kid := range kids {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: p.keys[kid].Public(), KeyID: kid, Use: "sig"})
	}
	p.shown.Store(set)
}

// registration is acme's.
func (p *provider) registration() *access.Issuer {
	return &access.Issuer{
		Issuer: "https://login.acme.example", Audience: "sallyport", JWKS: p.url, Loopback: true, Lifetime: time.Hour,
		Algorithms: []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256, jose.RS256, jose.PS256},
		AgentClaim: "azp", Agents: map[string]string{"app-1": "billing-bot"},
	}
}

// claimsOf are a good token's, with changes; nil takes one away.
func claimsOf(change map[string]any) map[string]any {
	c := map[string]any{"iss": "https://login.acme.example", "aud": "sallyport", "azp": "app-1", "sub": "u1", "jti": "j1", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "tenant": "globex", "agent": "root"}
	maps.Copy(c, change)
	maps.DeleteFunc(c, func(_ string, v any) bool { return v == nil })
	return c
}

func (p *provider) sign(algorithm jose.SignatureAlgorithm, kid string, payload any, header map[jose.HeaderKey]any) string {
	p.t.Helper()
	data, ok := payload.(string)
	if !ok {
		text, err := json.Marshal(payload)
		if err != nil {
			p.t.Fatal(err)
		}
		data = string(text)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: p.keys[kid], KeyID: kid}}, &jose.SignerOptions{ExtraHeaders: header})
	if err != nil {
		p.t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(data))
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		p.t.Fatal(err)
	}
	return text
}

// rig is a verifier as extauthz has it, with one registration that can change.
type rig struct {
	*provider
	keys       *Keys
	registered atomic.Pointer[access.Issuer]
	verifier   *token.Verifier
}

func newRig(t *testing.T, change func(*access.Issuer)) *rig {
	t.Helper()
	r := &rig{provider: newProvider(t), keys: NewKeys()}
	i := r.registration()
	if change != nil {
		change(i)
	}
	r.registered.Store(i)
	find := func(issuer, audience string) (string, *access.Issuer, bool) {
		i := r.registered.Load()
		return "acme", i, issuer == i.Issuer && (audience == i.Audience)
	}
	var err error
	r.verifier, err = token.NewVerifier(token.VerifierOptions{
		Key:     func(string) (ed25519.PublicKey, bool) { return nil, false },
		Foreign: New(Options{Find: find, Keys: r.keys}),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.look(now)
	return r
}

// look is one turn of Follow.
func (r *rig) look(at time.Time) {
	r.keys.refresh(r.t.Context(), []*access.Issuer{r.registered.Load()}, at, slog.New(slog.DiscardHandler))
	r.keys.fetching.Wait()
}

func TestAccepted(t *testing.T) {
	r := newRig(t, func(i *access.Issuer) { i.RolesClaim, i.TicketClaim, i.CustomerClaim = "groups", "ticket", "customer" })
	want := token.Identity{Tenant: "acme", Agent: "billing-bot", Roles: []string{}, IssuedAt: now, Expires: now.Add(time.Hour)}
	with := func(change func(*token.Identity)) token.Identity { id := want; change(&id); return id }
	for name, tt := range map[string]struct {
		algorithm jose.SignatureAlgorithm
		kid       string
		claims    map[string]any
		header    map[jose.HeaderKey]any
		want      token.Identity
	}{
		"EdDSA":                {jose.EdDSA, "ed", nil, nil, want},
		"ES256":                {jose.ES256, "ec", nil, map[jose.HeaderKey]any{"typ": "JWT"}, want},
		"RS256":                {jose.RS256, "rs", nil, map[jose.HeaderKey]any{"typ": "at+jwt", "x5t": "abc"}, want},
		"PS256":                {jose.PS256, "rs", nil, nil, want},
		"one of many audience": {jose.EdDSA, "ed", map[string]any{"aud": []string{"other", "sallyport"}}, nil, want},
		"roles are a ceiling":  {jose.EdDSA, "ed", map[string]any{"groups": []string{"billing", "not a role!", "support"}}, nil, with(func(id *token.Identity) { id.Roles = []string{"billing", "support"} })},
		"roles in one text":    {jose.EdDSA, "ed", map[string]any{"groups": "billing support"}, nil, with(func(id *token.Identity) { id.Roles = []string{"billing", "support"} })},
		"a session":            {jose.EdDSA, "ed", map[string]any{"ticket": "1001", "customer": "cus_ada"}, nil, with(func(id *token.Identity) { id.Session = token.Session{Ticket: "1001", Customer: "cus_ada"} })},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second time from memory
				got, code := r.verifier.Verify(r.sign(tt.algorithm, tt.kid, claimsOf(tt.claims), tt.header), now)
				if code != "" || !strings.HasPrefix(got.TokenID, "ext_") {
					t.Fatalf("%q %+v", code, got)
				}
				tt.want.Session.ID, tt.want.TokenID = token.SessionID(tt.want), got.TokenID
				if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported()); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestRefused(t *testing.T) {
	r := newRig(t, nil)
	stranger := newProvider(t)
	good := func(change map[string]any) string { return r.sign(jose.EdDSA, "ed", claimsOf(change), nil) }
	header := func(name string, value any) string {
		return r.sign(jose.EdDSA, "ed", claimsOf(nil), map[jose.HeaderKey]any{jose.HeaderKey(name): value})
	}
	text, _ := json.Marshal(claimsOf(nil))
	twice := strings.Replace(string(text), "{", `{"azp":"app-2",`, 1)
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"ed"}`)) + "." + base64.RawURLEncoding.EncodeToString(text) + "."
	for name, raw := range map[string]string{
		"another key":              stranger.sign(jose.EdDSA, "ed", claimsOf(nil), nil),
		"no signature":             none,
		"RS384":                    r.sign(jose.RS384, "rs", claimsOf(nil), nil),
		"another issuer":           good(map[string]any{"iss": "https://login.globex.example"}),
		"no issuer":                good(map[string]any{"iss": nil}),
		"an issuer as a list":      good(map[string]any{"iss": []string{"https://login.acme.example"}}),
		"another audience":         good(map[string]any{"aud": "another"}),
		"no audience":              good(map[string]any{"aud": nil}),
		"too many audiences":       good(map[string]any{"aud": []string{"1", "2", "3", "4", "5", "6", "7", "8", "sallyport"}}),
		"an agent nobody declared": good(map[string]any{"azp": "app-2"}),
		"no agent":                 good(map[string]any{"azp": nil}),
		"an agent that is null":    good(map[string]any{"azp": map[string]any{}}),
		"no end":                   good(map[string]any{"exp": nil}),
		"no beginning":             good(map[string]any{"iat": nil}),
		"a long life":              good(map[string]any{"exp": now.Add(61 * time.Minute).Unix()}),
		"an end in the year 9999":  good(map[string]any{"exp": time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).Unix()}),
		"not yet":                  good(map[string]any{"nbf": now.Add(time.Minute).Unix()}),
		"a time that is text":      good(map[string]any{"exp": "tomorrow"}),
		"a critical header":        header("crit", []string{"x"}),
		"an address of keys":       header("jku", "https://elsewhere.example"),
		"a token inside":           header("cty", "JWT"),
		"a logout token's type":    header("typ", "logout+jwt"),
		"another header":           header("x", "y"),
		"a claim twice":            r.sign(jose.EdDSA, "ed", twice, nil),
		"text behind":              r.sign(jose.EdDSA, "ed", string(text)+"{}", nil),
		"a list":                   r.sign(jose.EdDSA, "ed", "[]", nil),
		"a broken signature":       good(nil)[:len(good(nil))-6] + "AAAAAA",
		"line breaks":              strings.Replace(good(nil), ".", ".\n", 1),
		"four parts":               good(nil) + ".e30",
	} {
		t.Run(name, func(t *testing.T) {
			if id, code := r.verifier.Verify(raw, now); code != reason.TokenInvalid {
				t.Errorf("%q %+v", code, id)
			}
		})
	}
	raw := good(map[string]any{"ticket": "1001", "customer": "cus_ada", "groups": []string{"billing"}})
	if id, code := r.verifier.Verify(raw, now); code != "" || id.Session.Ticket != "" || id.Session.Customer != "" || id.Roles != nil {
		t.Errorf("claims that the registration does not name: %q %+v", code, id)
	}
	if _, code := r.verifier.Verify(raw, now.Add(time.Hour)); code != reason.TokenExpired {
		t.Errorf("past its end: %q", code)
	}
	r.verifier.Revoke(&token.Revocations{Agents: map[string]time.Time{"acme/billing-bot": now.Add(time.Second)}})
	if _, code := r.verifier.Verify(raw, now); code != reason.TokenRevoked {
		t.Errorf("revoked: %q", code)
	}
}

func TestAlgorithmIsTheRegistrations(t *testing.T) {
	r := newRig(t, func(i *access.Issuer) { i.Algorithms = []jose.SignatureAlgorithm{jose.PS256} })
	if _, code := r.verifier.Verify(r.sign(jose.RS256, "rs", claimsOf(nil), nil), now); code != reason.TokenInvalid {
		t.Errorf("RS256 where PS256 is registered: %q", code)
	}
	if _, code := r.verifier.Verify(r.sign(jose.PS256, "rs", claimsOf(nil), nil), now); code != "" {
		t.Errorf("PS256: %q", code)
	}
}

// A token that was verified is good no longer than its key is shown and its
// registration stands; keys that cannot be fetched stay.
func TestKeysAndRegistrationsChange(t *testing.T) {
	r := newRig(t, nil)
	raw := r.sign(jose.EdDSA, "ed", claimsOf(nil), nil)
	check := func(what string, want reason.Code) {
		t.Helper()
		if _, code := r.verifier.Verify(raw, now); code != want {
			t.Errorf("%s: %q", what, code)
		}
	}
	check("at first", "")
	r.down.Store(true)
	r.look(now.Add(refreshEvery))
	check("the issuer is down", "")
	r.down.Store(false)
	r.show("ec")
	r.look(now.Add(refreshEvery + retryAfter/2))
	check("before the next try", "")
	r.look(now.Add(refreshEvery + retryAfter))
	check("the key is not shown any more", reason.TokenInvalid)
	asked := r.asked.Load()
	r.show("ec", "ed")
	r.look(now.Add(refreshEvery + 2*retryAfter)) // somebody asked for the unknown key
	check("the key is shown again", "")
	if got := r.asked.Load(); got != asked+1 {
		t.Errorf("%d requests for one unknown key", got-asked)
	}
	r.look(now.Add(refreshEvery + 3*retryAfter))
	if got := r.asked.Load(); got != asked+1 {
		t.Error("keys that are complete are fetched again early")
	}
	moved := r.registration()
	moved.Agents = map[string]string{"app-2": "billing-bot"}
	r.registered.Store(moved)
	check("the registration names another agent", reason.TokenInvalid)
	gone := r.registration()
	gone.Audience = "another"
	r.registered.Store(gone)
	check("the registration is gone", reason.TokenInvalid)
}

// Keys on this machine are only fetched where that is said.
func TestGuardedFetch(t *testing.T) {
	r := newRig(t, func(i *access.Issuer) { i.Loopback = false })
	if n := r.asked.Load(); n != 0 {
		t.Errorf("it was asked %d times", n)
	}
	if _, code := r.verifier.Verify(r.sign(jose.EdDSA, "ed", claimsOf(nil), nil), now); code != reason.TokenInvalid {
		t.Errorf("verified without a key: %q", code)
	}
}

func FuzzForeign(f *testing.F) {
	f.Add("eyJhbGciOiJFZERTQSJ9.e30.AA")
	f.Add("eyJhbGciOiJub25lIn0.eyJpc3MiOiJhIn0.")
	v := New(Options{Find: func(string, string) (string, *access.Issuer, bool) { return "acme", &access.Issuer{}, true }, Keys: NewKeys()})
	f.Fuzz(func(t *testing.T, raw string) {
		if id, _, ok := v.Identity(raw); ok {
			t.Errorf("%q is %+v", raw, id)
		}
		if c, ok := parse([]byte(raw)); ok {
			_, _ = c.identity("acme", &access.Issuer{AgentClaim: "a", Agents: map[string]string{"b": "c"}}, raw)
		}
	})
}
