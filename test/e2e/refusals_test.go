package e2e

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
	"github.com/sallyport/sallyport/internal/token"
)

const form = "application/x-www-form-urlencoded"

// Everything that is not a call is refused, clearly, recorded, and never
// reaches a tool.
func testRefusals(t *testing.T, r *rig.Rig) {
	good := r.Token(rig.Billing("acme", "cus_ada"))
	expired := rig.Billing("acme", "cus_ada")
	expired.IssuedAt, expired.Expires = r.Clock.Now().Add(-time.Hour), r.Clock.Now().Add(-time.Minute)
	bearer := []string{"authorization", "Bearer " + good}
	post := append([]string{"content-type", form}, bearer...)
	var packed bytes.Buffer
	zipper := gzip.NewWriter(&packed)
	_, _ = zipper.Write([]byte("charge=ch_ada_1000&amount=1000"))
	_ = zipper.Close()
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code                     string
		unmatched                bool // Envoy answers before any check
	}{
		{name: "no token", method: "GET", path: "/stripe/v1/charges", status: 401, code: "token_missing"},
		{name: "somebody else's key", method: "GET", path: "/stripe/v1/charges", headers: []string{"authorization", "Bearer sk_live_1234"}, status: 401, code: "token_missing"},
		{name: "a forged token", method: "GET", path: "/stripe/v1/charges", headers: []string{"authorization", "Bearer " + good[:len(good)-8] + "AAAAAAAA"}, status: 401, code: "token_invalid"},
		{name: "an expired token", method: "GET", path: "/stripe/v1/charges", headers: []string{"authorization", "Bearer " + r.Token(expired)}, status: 401, code: "token_expired"},
		{name: "a token of no tenant", method: "GET", path: "/stripe/v1/charges", headers: []string{"authorization", "Bearer " + r.Token(rig.Billing("hooli", "cus_ada"))}, status: 401, code: "tenant_unknown"},
		{name: "an agent without a role", method: "GET", path: "/stripe/v1/charges", headers: []string{"authorization", "Bearer " + r.Token(token.Identity{Tenant: "acme", Agent: "stranger"})}, status: 403, code: "policy_no_rule"},
		{name: "forged internal headers", method: "GET", path: "/stripe/v1/charges", headers: []string{"x-sallyport-tenant", "acme", "x-sallyport-tool", "stripe", "x-sallyport-lane", "direct", "x-sallyport-admission", "v1.x.y.z"}, status: 401, code: "token_missing"},
		{name: "an unknown tool", method: "GET", path: "/teams/api/chat", headers: bearer, status: 403, code: "tool_unknown"},
		{name: "an unknown path", method: "GET", path: "/stripe/v1/payouts", headers: bearer, status: 403, code: "action_unlisted"},
		{name: "an unknown method", method: "DELETE", path: "/stripe/v1/charges/ch_ada_1000", headers: bearer, status: 403, code: "action_unlisted"},
		{name: "TRACE", method: "TRACE", path: "/stripe/v1/charges", headers: bearer, status: 403, code: "action_unlisted"},
		{name: "an unknown query", method: "GET", path: "/stripe/v1/charges?expand[]=customer", headers: bearer, status: 400, code: "input_unlisted"},
		{name: "an unknown field", method: "POST", path: "/stripe/v1/refunds", body: "charge=ch_ada_1000&amount=1000&reverse_transfer=true", headers: post, status: 400, code: "input_unlisted"},
		{name: "an unknown header", method: "POST", path: "/stripe/v1/refunds", body: "charge=ch_ada_1000&amount=1000", headers: append([]string{"stripe-account", "acct_1"}, post...), status: 400, code: "input_unlisted"},
		{name: "a field twice", method: "POST", path: "/stripe/v1/refunds", body: "charge=ch_ada_1000&amount=1000&amount=90000", headers: post, status: 400, code: "input_duplicate"},
		{name: "a field of the wrong type", method: "POST", path: "/stripe/v1/refunds", body: "charge=ch_ada_1000&amount=ten", headers: post, status: 400, code: "input_invalid"},
		{name: "a missing field", method: "POST", path: "/stripe/v1/refunds", body: "amount=1000", headers: post, status: 400, code: "input_missing"},
		{name: "a malformed body", method: "POST", path: "/stripe/v1/refunds", body: "charge=%zz&amount=1000", headers: post, status: 400, code: "body_malformed"},
		{name: "another media type", method: "POST", path: "/stripe/v1/refunds", body: `{"charge":"ch_ada_1000"}`, headers: append([]string{"content-type", "application/json"}, bearer...), status: 415, code: "body_media_type"},
		{name: "a compressed body", method: "POST", path: "/stripe/v1/refunds", body: packed.String(), headers: append([]string{"content-encoding", "gzip"}, post...), status: 415, code: "body_encoded"},
		{name: "duplicate JSON keys", method: "PUT", path: "/zendesk/api/v2/tickets/1001.json", body: `{"ticket":{"comment":{"body":"a","body":"b"}}}`, headers: append([]string{"content-type", "application/json"}, bearer...), status: 400, code: "input_duplicate"},
		{name: "an oversized body", method: "POST", path: "/stripe/v1/refunds", body: "charge=" + strings.Repeat("a", 2<<20), headers: post, status: 413, code: "body_too_large", unmatched: true},
		{name: "an escaped slash", method: "GET", path: "/stripe/v1%2fcharges", headers: bearer, status: 400, unmatched: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(r.Provider().Requests())
			got := call(t, r, tt.method, tt.path, tt.body, tt.headers...)
			if got.status != tt.status || !strings.Contains(got.body, tt.code) {
				t.Fatalf("got %d %s, want %d %s", got.status, got.body, tt.status, tt.code)
			}
			if !strings.HasPrefix(got.decision(), "dec-") {
				t.Errorf("no decision on the answer: %v", got.header)
			}
			if now := len(r.Provider().Requests()); now != before {
				t.Errorf("%d requests reached the tool", now-before)
			}
			if tt.unmatched {
				return
			}
			testkit.Eventually(t, "the refusal is recorded", func() bool {
				return r.Count(t, "SELECT reason FROM audit.decisions WHERE decision_id = ? AND step = 'agent'", got.decision()) == tt.code
			})
		})
	}
}
