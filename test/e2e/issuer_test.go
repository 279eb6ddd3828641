package e2e

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// ownIssuer is an identity provider that answers for its keys as a test says.
type ownIssuer struct {
	t     *testing.T
	r     *rig.Rig
	url   string
	keys  map[string]crypto.Signer
	asked atomic.Int64
	says  atomic.Pointer[http.HandlerFunc]
}

func newIssuer(t *testing.T, r *rig.Rig) *ownIssuer {
	t.Helper()
	i := &ownIssuer{t: t, r: r, keys: map[string]crypto.Signer{}}
	for _, kid := range []string{"one", "two"} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		i.keys[kid] = key
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i.keys["curve"] = curve
	i.show("one", "curve")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.asked.Add(1)
		(*i.says.Load())(w, r)
	}))
	t.Cleanup(server.Close)
	i.url = server.URL
	return i
}

func (i *ownIssuer) answer(f http.HandlerFunc) { i.says.Store(&f) }

// show answers with these keys, beside one of a kind that nobody knows yet.
func (i *ownIssuer) show(kids ...string) {
	keys := []any{map[string]string{"kty": "AKP", "kid": "later", "alg": "ML-DSA-99", "pub": "AA"}}
	for _, kid := range kids {
		keys = append(keys, jose.JSONWebKey{Key: i.keys[kid].Public(), KeyID: kid, Use: "sig"})
	}
	i.answer(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
	})
}

// claims are a good token's for an audience, with changes.
func (i *ownIssuer) claims(audience string, change map[string]any) map[string]any {
	now := i.r.Clock.Now()
	out := map[string]any{
		"iss": i.url, "aud": audience, "azp": "app-1", "jti": fmt.Sprint(i.asked.Load(), now.UnixNano()), "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(),
		"customer": "cus_ada", "tenant": "globex", "agent": "manager-bot", "roles": []string{"manager"},
	}
	maps.Copy(out, change)
	return out
}

// sign signs a header as it is spelled, with the key of a name.
func (i *ownIssuer) sign(kid, header string, claims map[string]any) string {
	i.t.Helper()
	payload, err := json.Marshal(claims)
	if err != nil {
		i.t.Fatal(err)
	}
	input := part([]byte(header)) + "." + part(payload)
	digest := sha256.Sum256([]byte(input))
	var signature []byte
	switch key := i.keys[kid].(type) {
	case *rsa.PrivateKey:
		signature, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	case *ecdsa.PrivateKey:
		signature = make([]byte, 64)
		r, s, failed := ecdsa.Sign(rand.Reader, key, digest[:])
		r.FillBytes(signature[:32])
		s.FillBytes(signature[32:])
		err = failed
	}
	if err != nil {
		i.t.Fatal(err)
	}
	return input + "." + part(signature)
}

func part(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// asks reads ada's charge with a token of the issuer.
func (i *ownIssuer) asks(raw string) answer {
	return call(i.t, i.r, http.MethodGet, "/stripe/v1/charges/ch_ada_1000", "", "authorization", "Bearer "+raw)
}

// refused holds that a token is refused, and how that reads.
func (i *ownIssuer) refused(what, raw, code string) {
	i.t.Helper()
	got := i.asks(raw)
	challenge := got.header.Get("www-authenticate")
	if got.status != http.StatusUnauthorized || !strings.Contains(got.body, `"code":"`+code+`"`) || !strings.Contains(challenge, `error="invalid_token"`) || !strings.Contains(challenge, "resource_metadata=") {
		i.t.Errorf("%s: %d %s %q", what, got.status, got.body, challenge)
	}
}

// Providers write headers in other orders, show keys of kinds that are new, and
// rotate; strangers write what they like.
func testOwnIssuer(t *testing.T, r *rig.Rig) {
	i := newIssuer(t, r)
	register := func(tenant, audience, jwks string) (file string, before []byte) {
		file = filepath.Join(r.Tenants, tenant, "clients.yaml")
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("\nissuers:\n  - {issuer: '%s', audience: %s, jwks: '%s', algorithms: [RS256, ES256], loopback: true, agent: {claim: azp, names: {app-1: billing-bot}}, session: {customer: customer}}\n", i.url, audience, jwks)
		if err := os.WriteFile(file, append(before[:len(before):len(before)], text...), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.WriteFile(file, before, 0o600) })
		return file, before
	}
	register("acme", "own-acme", i.url)
	const plain = `{"alg":"RS256","kid":"one"}`
	good := i.sign("one", plain, i.claims("own-acme", nil))
	testkit.Eventually(t, "the registration is live and its keys are there", func() bool { return i.asks(good).status == http.StatusOK })

	for _, header := range []string{ // as Auth0 and Keycloak, Entra and Okta write them
		`{"alg":"RS256","typ":"JWT","kid":"one"}`, `{"typ":"JWT","alg":"RS256","x5t":"one","kid":"one"}`, `{"kid":"one","alg":"RS256"}`,
	} {
		if got := i.asks(i.sign("one", header, i.claims("own-acme", nil))); got.status != http.StatusOK {
			t.Errorf("%s: %d %s", header, got.status, got.body)
		}
	}
	if got := i.asks(i.sign("curve", `{"kid":"curve","alg":"ES256"}`, i.claims("own-acme", nil))); got.status != http.StatusOK {
		t.Errorf("ES256: %d %s", got.status, got.body)
	}
	body := strings.Split(good, ".")[1]
	for name, raw := range map[string]string{
		"no algorithm":         part([]byte(`{"alg":"none","kid":"one"}`)) + "." + body + ".",
		"a key of its own":     i.sign("two", `{"alg":"RS256","kid":"two","jku":"`+i.url+`"}`, i.claims("own-acme", nil)),
		"a key not shown":      i.sign("two", `{"alg":"RS256","kid":"two"}`, i.claims("own-acme", nil)),
		"another key's name":   i.sign("two", plain, i.claims("own-acme", nil)),
		"PS256, not declared":  i.sign("one", `{"alg":"PS256","kid":"one"}`, i.claims("own-acme", nil)),
		"critical":             i.sign("one", `{"alg":"RS256","kid":"one","crit":["x"],"x":1}`, i.claims("own-acme", nil)),
		"a slash at its end":   i.sign("one", plain, i.claims("own-acme", map[string]any{"iss": i.url + "/"})),
		"nobody's audience":    i.sign("one", plain, i.claims("own-nobody", nil)),
		"a life of two hours":  i.sign("one", plain, i.claims("own-acme", map[string]any{"exp": r.Clock.Now().Add(2 * time.Hour).Unix()})),
		"a life of a year":     i.sign("one", plain, i.claims("own-acme", map[string]any{"exp": 1e300})),
		"from tomorrow":        i.sign("one", plain, i.claims("own-acme", map[string]any{"iat": r.Clock.Now().Add(time.Hour).Unix(), "exp": r.Clock.Now().Add(90 * time.Minute).Unix()})),
		"an end that is text":  i.sign("one", plain, i.claims("own-acme", map[string]any{"exp": "9999999999"})),
		"longer than is read":  i.sign("one", plain, i.claims("own-acme", map[string]any{"more": strings.Repeat("x", 8<<10)})),
		"no agent of the file": i.sign("one", plain, i.claims("own-acme", map[string]any{"azp": "app-2", "agent": "billing-bot"})),
	} {
		i.refused(name, raw, "token_invalid")
	}
	now := r.Clock.Now()
	i.refused("past its end", i.sign("one", plain, i.claims("own-acme", map[string]any{"iat": now.Add(-20 * time.Minute).Unix(), "exp": now.Add(-10 * time.Minute).Unix()})), "token_expired")

	before := i.asked.Load()
	for n := range 100 {
		i.refused("a key nobody has", i.sign("two", fmt.Sprintf(`{"alg":"RS256","kid":"k%d"}`, n), i.claims("own-acme", nil)), "token_invalid")
	}
	r.Clock.Advance(11 * time.Second)
	testkit.Eventually(t, "an unknown key is looked for", func() bool { return i.asked.Load() > before })
	if n := i.asked.Load() - before; n > 2 { // one more may have been due
		t.Errorf("a hundred unknown keys are %d requests", n)
	}

	fresh := func() string { return i.sign("one", plain, i.claims("own-acme", nil)) }
	for name, says := range map[string]http.HandlerFunc{
		"fails": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"redirects": func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "http://192.0.2.1/keys", http.StatusFound)
		},
		"is a page": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"never ends": func(w http.ResponseWriter, _ *http.Request) {
			for range 20_000 {
				if _, err := w.Write([]byte(strings.Repeat(" ", 1<<10))); err != nil {
					return
				}
			}
		},
	} {
		i.answer(says)
		before := i.asked.Load()
		r.Clock.Advance(6 * time.Minute)
		testkit.Eventually(t, "it is asked", func() bool { return i.asked.Load() > before })
		if got := i.asks(fresh()); got.status != http.StatusOK {
			t.Errorf("while it %s: %d %s", name, got.status, got.body)
		}
	}
	i.show("two")
	r.Clock.Advance(11 * time.Second)
	rotated := func() bool {
		return i.asks(i.sign("two", `{"kid":"two","alg":"RS256"}`, i.claims("own-acme", nil))).status == http.StatusOK
	}
	testkit.Eventually(t, "the next key is good", rotated)
	i.refused("the key before", fresh(), "token_invalid")
	i.answer(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[]}`)) })
	r.Clock.Advance(6 * time.Minute)
	testkit.Eventually(t, "a key that is withdrawn is worth nothing", func() bool { return !rotated() })

	// Another tenant's word for the same issuer, with keys of its own: it speaks for
	// that tenant alone. And the same audience is not to be had.
	other := newIssuer(t, r)
	other.url, other.keys["one"] = i.url, other.keys["two"]
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { (*other.says.Load())(w, q) }))
	t.Cleanup(keys.Close)
	other.show("one")
	file, _ := register("globex", "own-globex", keys.URL)
	theirs := func(audience any) string {
		return other.sign("one", plain, other.claims("", map[string]any{"aud": audience, "tenant": "acme"}))
	}
	testkit.Eventually(t, "globex's keys are there", func() bool { return other.asks(theirs("own-globex")).status != http.StatusUnauthorized })
	if got := other.asks(theirs("own-globex")); got.status == http.StatusOK {
		t.Errorf("globex's token reads acme's charge: %s", got.body)
	}
	other.refused("acme's audience with globex's key", theirs("own-acme"), "token_invalid")
	other.refused("both audiences", theirs([]string{"own-globex", "own-acme"}), "token_invalid")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "own-globex", "own-acme", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	r.TenantStatus(t, "globex", func(problems []string) bool { return strings.Contains(strings.Join(problems, "\n"), "acme") })
	other.refused("acme's audience, registered by globex", theirs("own-acme"), "token_invalid")
}
