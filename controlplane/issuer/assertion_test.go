package issuer_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sallyport/sallyport/internal/keyring"
)

// pair is a client's key, private and as clients.yaml has it.
type pair struct {
	private   crypto.Signer
	algorithm jose.SignatureAlgorithm
	kid       string
}

func (p pair) yaml(t *testing.T) string {
	t.Helper()
	text, err := json.Marshal(jose.JSONWebKey{Key: p.private.Public(), KeyID: p.kid})
	if err != nil {
		t.Fatal(err)
	}
	return string(text) // JSON is YAML
}

func pairs(t *testing.T) []pair {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return []pair{{ed, jose.EdDSA, "ed"}, {ec, jose.ES256, "ec"}, {rs, jose.RS256, "rs"}, {rs, jose.PS256, "rs"}}
}

func asserting(text string, more ...string) url.Values {
	return form(append([]string{
		"grant_type", "client_credentials", "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", text,
	}, more...)...)
}

// A client with a key signs an assertion; each of them counts once, here, now.
func TestAssertions(t *testing.T) {
	keys := pairs(t)
	r := newRig(t, "clients:\n  - {id: signer, agent: billing-bot, grants: [client_credentials], keys: ["+keys[0].yaml(t)+", "+keys[1].yaml(t)+", "+keys[2].yaml(t)+"]}\n"+
		"  - {id: other, agent: billing-bot, grants: [client_credentials], keys: ["+pair{keys[0].private, jose.EdDSA, "own"}.yaml(t)+"]}\n")
	r.clock.Advance(time.Minute) // an assertion from before the start is another case
	now, id := r.clock.Now().Unix(), 0
	claims := func(change map[string]any) map[string]any {
		id++
		c := map[string]any{"iss": "acme.signer", "sub": "acme.signer", "aud": r.url, "jti": strconv.Itoa(id), "iat": now, "exp": now + 60}
		maps.Copy(c, change)
		for name, v := range c {
			if v == nil {
				delete(c, name)
			}
		}
		return c
	}
	for _, k := range keys {
		text := assert(t, k.algorithm, k.private, k.kid, claims(nil), map[jose.HeaderKey]any{"typ": "JWT"})
		if got := r.ask(asserting(text)); got.status != 200 || r.verified(got.Token).Agent != "billing-bot" {
			t.Errorf("%s: %+v", k.algorithm, got)
		}
		if got := r.ask(asserting(text)); got.status != 401 || got.Token != "" {
			t.Errorf("%s, the second time: %+v", k.algorithm, got)
		}
	}
	ed, ec, rs := keys[0], keys[1], keys[2]
	_, stranger, _ := ed25519.GenerateKey(rand.Reader)
	with := func(change map[string]any) string {
		return assert(t, ed.algorithm, ed.private, ed.kid, claims(change), nil)
	}
	header := func(name string, value any) string {
		return assert(t, ed.algorithm, ed.private, ed.kid, claims(nil), map[jose.HeaderKey]any{jose.HeaderKey(name): value})
	}
	for name, tt := range map[string]struct {
		text string
		more []string
		ok   bool
	}{
		"for the token endpoint":      {with(map[string]any{"aud": r.url + "/token"}), nil, true},
		"one audience in a list":      {with(map[string]any{"aud": []string{r.url}}), nil, true},
		"with client_id":              {with(nil), []string{"client_id", "acme.signer"}, true},
		"typed for this":              {header("typ", "client-authentication+jwt"), nil, true},
		"not before now":              {with(map[string]any{"nbf": now}), nil, true},
		"another client_id":           {with(nil), []string{"client_id", "acme.other"}, false},
		"a secret besides":            {with(nil), []string{"client_id", "acme.signer", "client_secret", "x"}, false},
		"another key":                 {assert(t, jose.EdDSA, stranger, "ed", claims(nil), nil), nil, false},
		"another client's key":        {assert(t, jose.EdDSA, ed.private, "own", claims(nil), nil), nil, false},
		"another key's name":          {assert(t, jose.EdDSA, ed.private, "ec", claims(nil), nil), nil, false},
		"no key's name":               {assert(t, jose.EdDSA, ed.private, "", claims(nil), nil), nil, false},
		"RS384":                       {assert(t, jose.RS384, rs.private, "rs", claims(nil), nil), nil, false},
		"HS256 with the public key":   {hs256(t, ec, claims(nil)), nil, false},
		"another issuer":              {with(map[string]any{"iss": "acme.other"}), nil, false},
		"another subject":             {with(map[string]any{"sub": "acme.other"}), nil, false},
		"no subject":                  {with(map[string]any{"sub": nil}), nil, false},
		"another audience":            {with(map[string]any{"aud": "https://elsewhere.example"}), nil, false},
		"two audiences":               {with(map[string]any{"aud": []string{r.url, "https://elsewhere.example"}}), nil, false},
		"no audience":                 {with(map[string]any{"aud": nil}), nil, false},
		"no id":                       {with(map[string]any{"jti": nil}), nil, false},
		"a long id":                   {with(map[string]any{"jti": strings.Repeat("j", 129)}), nil, false},
		"no end":                      {with(map[string]any{"exp": nil}), nil, false},
		"an end that is over":         {with(map[string]any{"exp": now - 6}), nil, false},
		"an end that is far":          {with(map[string]any{"exp": now + 400}), nil, false},
		"an end out of reach":         {with(map[string]any{"exp": 1e300}), nil, false},
		"a beginning out of reach":    {with(map[string]any{"nbf": 1e300}), nil, false},
		"not yet":                     {with(map[string]any{"nbf": now + 30}), nil, false},
		"from the future":             {with(map[string]any{"iat": now + 30}), nil, false},
		"without a time":              {with(map[string]any{"iat": nil}), nil, false},
		"from before this process":    {with(map[string]any{"iat": now - 120}), nil, false},
		"a critical header":           {header("crit", []string{"x"}), nil, false},
		"an address of keys":          {header("jku", "https://elsewhere.example/keys"), nil, false},
		"certificates of its own":     {header("x5u", "https://elsewhere.example/keys"), nil, false},
		"another type":                {header("typ", "at+jwt"), nil, false},
		"a gateway token's type":      {header("typ", "sallyport+jwt"), nil, false},
		"nothing":                     {".", nil, false},
		"two signatures' worth":       {with(nil) + "." + with(nil), nil, false},
		"a long one":                  {with(map[string]any{"pad": strings.Repeat("p", 9000)}), nil, false},
		"the operator, its own key":   {assert(t, jose.EdDSA, ed.private, "ed", claims(map[string]any{"iss": "operator", "sub": "operator"}), nil), []string{"tenant", "acme", "agent", "billing-bot"}, false},
		"the operator, the token key": {operator(t, r, keyring.Token, "operator"), []string{"tenant", "acme", "agent", "billing-bot"}, false},
		"the operator":                {operator(t, r, keyring.Operator, "operator"), []string{"tenant", "acme", "agent", "billing-bot"}, true},
		"the operator, of no tenant":  {operator(t, r, keyring.Operator, "operator"), []string{"tenant", "hooli", "agent", "billing-bot"}, false},
		"a client, the operator key":  {operator(t, r, keyring.Operator, "acme.signer"), nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.ask(asserting(tt.text, tt.more...))
			if (got.status == 200) != tt.ok || !tt.ok && (got.Error != "invalid_client" || got.Token != "") {
				t.Errorf("got %+v", got)
			}
		})
	}
	untyped := asserting(with(nil))
	untyped.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")
	if got := r.ask(untyped); got.Error != "invalid_request" {
		t.Errorf("another type of assertion: %+v", got)
	}
}

// An assertion that comes many times at once counts once.
func TestAssertionsAtOnce(t *testing.T) {
	ed := pairs(t)[0]
	r := newRig(t, "clients: [{id: signer, agent: billing-bot, grants: [client_credentials], keys: ["+ed.yaml(t)+"]}]\n")
	now := r.clock.Now().Unix()
	text := assert(t, ed.algorithm, ed.private, ed.kid, map[string]any{"iss": "acme.signer", "sub": "acme.signer", "aud": r.url, "jti": "once", "iat": now, "exp": now + 60}, nil)
	var all sync.WaitGroup
	var tokens atomic.Int64
	for range 20 {
		all.Go(func() {
			response, err := http.PostForm(r.url+"/token", asserting(text))
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = response.Body.Close() }()
			if response.StatusCode == http.StatusOK {
				tokens.Add(1)
			}
		})
	}
	all.Wait()
	if n := tokens.Load(); n != 1 {
		t.Errorf("%d tokens for one assertion", n)
	}
}

// hs256 takes the public key, which everybody has, for a secret.
func hs256(t *testing.T, p pair, claims any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: []byte(p.yaml(t)), KeyID: p.kid}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, _ := json.Marshal(claims)
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := signed.CompactSerialize()
	return text
}

// operator signs as whoever holds the data folder does.
func operator(t *testing.T, r *rig, purpose keyring.SigningPurpose, subject string) string {
	t.Helper()
	kid, key := r.ring.Signing(purpose)
	now := r.clock.Now().Unix()
	return assert(t, jose.EdDSA, key, kid, map[string]any{"iss": subject, "sub": subject, "aud": r.url, "jti": string(purpose) + subject, "iat": now, "exp": now + 60}, nil)
}

// Whatever a stranger writes there, it is no client.
func FuzzAssertion(f *testing.F) {
	f.Add("a.b.c")
	f.Add("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY21lLnNpZ25lciJ9.")
	f.Fuzz(func(t *testing.T, text string) {
		r := newRig(t, "clients: []")
		if got := r.ask(asserting(text)); got.status == 200 || got.Token != "" {
			t.Errorf("%q gives %+v", text, got)
		}
	})
}
