package e2e

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/wire"
)

// A real SDK reads, and is refused what policy refuses: once, with our words.
func testDirect(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	t.Run("stripe-python reads charges", func(t *testing.T) {
		got := stripePython(t, r, token, "charges", "cus_ada")
		if !got.OK || len(got.IDs) == 0 || got.tries != 1 {
			t.Fatalf("got %+v", got)
		}
	})
	t.Run("a refund of 600 USD is refused in one try", func(t *testing.T) {
		got := stripePython(t, r, token, "refund", "ch_ada_1000", "60000")
		if got.OK || got.Status != 403 || got.Class != "PermissionError" || got.Code != "policy_denied" || got.tries != 1 {
			t.Fatalf("got %+v", got)
		}
		if !strings.Contains(got.Message, "Refunds of more than 500 USD of one charge are not done at Acme.") {
			t.Errorf("the SDK's user reads %q", got.Message)
		}
		if n := len(r.Provider().Refunds("ch_ada_1000")); n != 0 {
			t.Errorf("the provider made %d refunds", n)
		}
	})
}

// The token works wherever an SDK puts its API key, and the tool never sees it.
func testTokenPlaces(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	for name, header := range map[string][2]string{
		"bearer":         {"authorization", "Bearer " + token},
		"basic user":     {"authorization", basic(token + ":")},
		"basic password": {"authorization", basic("anybody:" + token)},
		"api key":        {"x-api-key", token},
	} {
		t.Run(name, func(t *testing.T) {
			got := call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", header[0], header[1])
			if got.status != http.StatusOK || !strings.HasPrefix(got.decision(), "dec-") {
				t.Fatalf("status %d, decision %q, body %s", got.status, got.decision(), got.body)
			}
			if by := got.header.Values(wire.RulesHeader); len(by) != 1 || by[0] != "sallyport" {
				t.Errorf("the answer is by %q", by) // and the digest of the mask's rules is gone
			}
		})
	}
	for _, seen := range r.Provider().Requests() {
		for name, values := range seen.Header {
			if name == "Accept-Encoding" || strings.Contains(strings.Join(values, " "), "spgw_") || strings.HasPrefix(strings.ToLower(name), "x-sallyport-") {
				t.Errorf("the tool got %s: %v", name, values)
			}
		}
	}
}
