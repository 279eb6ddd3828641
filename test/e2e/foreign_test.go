package e2e

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// Tokens of a tenant's own identity provider are good at the gateway as the
// tenant registered it, also while the provider is away, and reach no tool.
func testForeign(t *testing.T, r *rig.Rig) {
	provider, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = provider.Shutdown() }()
	file := filepath.Join(r.Tenants, "acme", "clients.yaml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	register := "\nissuers:\n  - {issuer: '" + provider.Issuer() + "', audience: gateway, jwks: '" + provider.JWKSEndpoint() + "', loopback: true, agent: {claim: azp, names: {app-1: billing-bot}}, roles: {claim: groups}, session: {ticket: ticket, customer: customer}}\n"
	if err := os.WriteFile(file, append(before[:len(before):len(before)], register...), 0o600); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.WriteFile(file, before, 0o600) }()
	sign := func(change map[string]any) string {
		t.Helper()
		now := r.Clock.Now()
		claims := jwt.MapClaims{
			"iss": provider.Issuer(), "aud": "gateway", "azp": "app-1", "sub": "u1", "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(),
			"ticket": "1001", "customer": "cus_ada", "groups": []string{"billing"}, "tenant": "globex",
		}
		maps.Copy(claims, change)
		raw, err := provider.Keypair.SignJWT(claims)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	read := func(path, raw string) answer {
		return call(t, r, http.MethodGet, path, "", "authorization", "Bearer "+raw)
	}
	good := sign(nil)
	testkit.Eventually(t, "the registration is live and its keys are there", func() bool {
		return read("/stripe/v1/charges/ch_ada_1000", good).status == http.StatusOK
	})
	for name, tt := range map[string]struct {
		path   string
		change map[string]any
		status int
	}{
		"a role that the token does not have": {"/zendesk/api/v2/tickets/1001.json", nil, 403},
		"another customer's charge":           {"/stripe/v1/charges/ch_bob_90", nil, 403},
		"another audience":                    {"/stripe/v1/charges/ch_ada_1000", map[string]any{"aud": "elsewhere"}, 401},
		"another issuer":                      {"/stripe/v1/charges/ch_ada_1000", map[string]any{"iss": "https://elsewhere.example"}, 401},
		"an agent that is not declared":       {"/stripe/v1/charges/ch_ada_1000", map[string]any{"azp": "app-2"}, 401},
		"past its end":                        {"/stripe/v1/charges/ch_ada_1000", map[string]any{"iat": r.Clock.Now().Add(-time.Hour).Unix(), "exp": r.Clock.Now().Add(-time.Minute).Unix()}, 401},
	} {
		if got := read(tt.path, sign(tt.change)); got.status != tt.status {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if err := provider.Shutdown(); err != nil {
		t.Fatal(err)
	}
	if got := read("/stripe/v1/charges/ch_ada_1000", sign(map[string]any{"jti": "later"})); got.status != http.StatusOK {
		t.Errorf("while the provider is away: %d %s", got.status, got.body)
	}
	core := strings.Split(good, ".")[1]
	for _, seen := range r.Provider().Requests() {
		for name, values := range seen.Header {
			if strings.Contains(strings.Join(values, " "), core[:40]) {
				t.Errorf("the token reached the tool in %s", name)
			}
		}
	}
	if err := os.WriteFile(file, before, 0o600); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "without its registration the token is nothing", func() bool {
		return read("/stripe/v1/charges/ch_ada_1000", good).status == http.StatusUnauthorized
	})
}
