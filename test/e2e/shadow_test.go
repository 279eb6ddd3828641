package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// A policy on trial is asked beside the live one at both steps, changes no
// answer, and the records say what it would have changed. A broken one is a
// problem that is shown, and nothing else.
func TestShadow(t *testing.T) {
	r := rig.Start(t, rig.Options{Prepare: func(tenants string) {
		write(t, filepath.Join(tenants, "acme", "shadow", "policy.csv"), strings.Join([]string{
			"p, billing, stripe.customer.get, args.customer == session.customer, allow, -",
			"p, billing, stripe.refund.create, sums.charge_24h + args.amount <= money('500 USD'), allow, once; hold:billing_leads",
			"g, billing-bot, billing\n",
		}, "\n"))
	}})
	bearer := []string{"authorization", "Bearer " + r.Token(rig.Billing("acme", "cus_ada"))}
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	for _, tt := range []struct {
		path string
		want int
	}{
		{"/stripe/v1/customers/cus_ada", http.StatusOK},        // the same under both
		{"/stripe/v1/charges?customer=cus_ada", http.StatusOK}, // the shadow has no rule
		{"/stripe/v1/charges/" + charge, http.StatusOK},        // nor for this, which has facts
	} {
		if got := call(t, r, http.MethodGet, tt.path, "", bearer...); got.status != tt.want {
			t.Fatalf("%s: %d %s", tt.path, got.status, got.body)
		}
	}
	if got := refund(t, r, bearer[1][len("Bearer "):], charge, "1000"); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	testkit.Eventually(t, "what was compared is recorded", func() bool {
		return r.Count(t, "SELECT count() FROM audit.decisions WHERE shadow != ''") == "4"
	})
	command := exec.Command(rig.Built(t, "sallyport"), "policy", "shadow", "acme")
	command.Env = append(os.Environ(), "SALLYPORT_DATA="+r.Data)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, text := range []string{
		"acme: 3 of 4 decisions differ under the shadow sha256:",
		"stripe.charge.list: allow -> deny (1 calls, such as dec-",
		"stripe.charge.get: allow -> deny (1 calls, such as dec-",
		"live policy.csv:4, shadow no rule policy_no_rule)",
		"stripe.refund.create: hold none -> 1 of billing_leads (1 calls, such as dec-",
		"live policy.csv:8, shadow policy.csv:2 allowed)",
	} {
		if !strings.Contains(string(out), text) {
			t.Errorf("%q is missing in\n%s", text, out)
		}
	}

	unknown := exec.Command(rig.Built(t, "sallyport"), "policy", "shadow", "nope")
	unknown.Env = command.Env
	if out, err := unknown.CombinedOutput(); err == nil || !strings.Contains(string(out), `no decision of a tenant "nope"`) || !strings.Contains(string(out), "It has decisions of acme") {
		t.Errorf("an unknown tenant: %v: %s", err, out)
	}

	write(t, filepath.Join(r.Tenants, "acme", "shadow", "policy.csv"), "p, billing, stripe.nothing, true, allow, -\n")
	problems := r.TenantStatus(t, "acme", func(problems []string) bool { return len(problems) > 0 })
	if len(problems) != 1 || !strings.HasPrefix(problems[0], "shadow/policy.csv:1: matches no action") {
		t.Errorf("problems are %q", problems)
	}
	if got := call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "", bearer...); got.status != http.StatusOK {
		t.Errorf("under a broken shadow: %d %s", got.status, got.body)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
