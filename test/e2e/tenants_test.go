package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// A globex token reaches nothing of acme's: not its objects, not its approvals,
// not its answers, and its keys do not meet acme's.
func testTenantsApart(t *testing.T, r *rig.Rig) {
	acme, globex := r.Token(rig.Billing("acme", "cus_ada")), r.Token(rig.Billing("globex", "cus_grace"))
	t.Run("objects", func(t *testing.T) {
		for _, path := range []string{"/stripe/v1/charges/ch_ada_1000", "/stripe/v1/charges?customer=cus_ada", "/stripe/v1/customers/cus_ada", "/zendesk/api/v2/tickets/1001.json"} {
			got := call(t, r, http.MethodGet, path, "", "authorization", "Bearer "+globex)
			if got.status == http.StatusOK || strings.Contains(got.body, "cus_ada\"") || strings.Contains(got.body, "charged twice") {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
	})
	t.Run("idempotency keys", func(t *testing.T) {
		ours, theirs := r.Charge(t, "acme", "cus_ada", "usd"), r.Charge(t, "globex", "cus_grace", "usd")
		first := refund(t, r, acme, ours, "1000", "idempotency-key", "shared")
		second := refund(t, r, globex, theirs, "1000", "idempotency-key", "shared")
		if first.status != 200 || second.status != 200 || first.body == second.body || second.header.Get("x-sallyport-replayed") != "" {
			t.Errorf("acme %d %s\nglobex %d %s", first.status, first.body, second.status, second.body)
		}
	})
	t.Run("credentials", func(t *testing.T) {
		keys := map[string]bool{}
		for _, seen := range r.Provider().Requests() {
			if strings.HasPrefix(seen.Path, "/v1/") {
				keys[seen.Header.Get("authorization")] = true
			}
		}
		if len(keys) != 2 {
			t.Errorf("the provider saw %d keys, want one a tenant", len(keys))
		}
	})
	t.Run("the same code, two policies", func(t *testing.T) {
		refused := stripePython(t, r, acme, "refund", "ch_ada_large", "60000")
		if refused.OK || refused.Code != "policy_denied" {
			t.Errorf("acme: %+v", refused)
		}
		charge := r.Charge(t, "globex", "cus_grace", "usd")
		wait := startStripePython(t, r, globex, "refund", charge, "60000")
		item := waiting(t, r, charge)
		if item.Tenant != "globex" || item.Group != "directors" {
			t.Errorf("globex holds for %s of %s", item.Group, item.Tenant)
		}
		r.Approve(t, item.ID)
		if got := wait(); !got.OK || got.Amount != 60000 {
			t.Errorf("globex: %+v", got)
		}
	})
}

// A change of a tenant's files is live within moments; a bad one changes
// nothing and lists every mistake.
func testTenantsLive(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	file := filepath.Join(r.Tenants, "acme", "policy.csv")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write := func(t *testing.T, text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func() int {
		return call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", "Bearer "+token).status
	}
	t.Run("a good change", func(t *testing.T) {
		write(t, strings.Replace(string(good), "p, billing, stripe.charge.list, args.customer == session.customer, allow, -", "", 1))
		testkit.Eventually(t, "reading charges is refused", func() bool { return read() == http.StatusForbidden })
		write(t, string(good))
		testkit.Eventually(t, "reading charges is allowed again", func() bool { return read() == http.StatusOK })
	})
	t.Run("a bad change keeps the last good one and lists every mistake", func(t *testing.T) {
		write(t, string(good)+"p, billing, stripe.nothing, true, allow, -\np, billing, stripe.refund.create, args.amount >, allow, once\n")
		status := r.TenantStatus(t, "acme", func(problems []string) bool { return len(problems) >= 2 })
		for i, want := range []string{"policy.csv:", "policy.csv:"} {
			if !strings.HasPrefix(status[i], want) || !strings.Contains(status[i], "(got ") {
				t.Errorf("problem %d reads %q, want path: what is wrong (got value)", i, status[i])
			}
		}
		if got := read(); got != http.StatusOK {
			t.Errorf("with the last good version: %d", got)
		}
		write(t, string(good))
		r.TenantStatus(t, "acme", func(problems []string) bool { return len(problems) == 0 })
	})
	t.Run("a new tenant, and its end", func(t *testing.T) {
		folder := filepath.Join(r.Tenants, "initech")
		staged := filepath.Join(t.TempDir(), "initech")
		if err := os.CopyFS(staged, os.DirFS(filepath.Join(r.Tenants, "acme"))); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(folder, os.DirFS(staged)); err != nil {
			t.Fatal(err)
		}
		fresh := r.Token(rig.Billing("initech", "cus_ada"))
		status := func() int {
			return call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", "authorization", "Bearer "+fresh).status
		}
		// It has no secret: everything else stands when that is what is missing.
		testkit.Eventually(t, "the new tenant decides", func() bool { return status() == http.StatusServiceUnavailable })
		r.TenantStatus(t, "initech", func(problems []string) bool {
			return strings.Contains(strings.Join(problems, "\n"), "secret put --tenant initech stripe_key")
		})
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, "its tokens are worth nothing", func() bool { return status() == http.StatusUnauthorized })
	})
}
