package e2e

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// A decision is explained by its id: what is recorded, whether the same files
// decide now, and, with what no record has, the whole ladder again.
func testExplainByDecision(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	charge := r.Charge(t, "acme", "cus_ada", "usd")
	refused := refund(t, r, token, charge, "60000")
	nobody := call(t, r, http.MethodGet, "/stripe/v1/charges", "")
	if refused.status != http.StatusForbidden || nobody.status != http.StatusUnauthorized {
		t.Fatalf("%d %d", refused.status, nobody.status)
	}
	id := refused.decision()
	explained := func(args ...string) string {
		command := exec.Command(rig.Built(t, "sallyport"), append([]string{"policy", "explain", r.Tenants}, args...)...)
		command.Env = append(os.Environ(), "SALLYPORT_DATA="+r.Data)
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	holds := func(out string, texts ...string) {
		t.Helper()
		for _, text := range texts {
			if !strings.Contains(out, text) {
				t.Errorf("%q is missing in\n%s", text, out)
			}
		}
	}
	holds(explained("--decision", id), // at once: from the spool, or shipped already
		"agent: billing-bot, stripe.refund.create, mediate, facts_needed", "facts: billing-bot, stripe.refund.create, deny, policy_denied by policy.csv:7",
		"files      those of today, sha256:", "rule       policy.csv:7: sums.charge_24h + args.amount > money('500 USD')", "replay     needs what no record has: args (--arg)")
	again := []string{
		"--decision", id, "--customer", "cus_ada", "--arg", "charge=" + charge, "--arg", "amount=60000", "--fact", "charge.customer=cus_ada",
		"--fact", "charge.amount=100000", "--fact", "charge.amount_refunded=0", "--fact", "charge.currency=usd", "--fact", "charge.refunded=false",
	}
	holds(explained(again...), "replay     of the call's own arguments", "policy.csv:7  true ", "result     deny, policy_denied by policy.csv:7")
	again[7] = "amount=60001"
	holds(explained(again...), "replay     of OTHER arguments than the call had")
	holds(explained("--decision", nobody.decision()), "agent: nobody, deny, token_missing", "files      of no tenant were asked")

	restore := r.Edit(t, "acme", "policy.csv", "money('500 USD'), deny", "money('700 USD'), deny")
	defer restore()
	testkit.Eventually(t, "the rows are in the records", func() bool {
		return r.Count(t, "SELECT count() FROM audit.decisions WHERE decision_id = ?", id) == "3"
	})
	holds(explained("--decision", id), "today's are others, sha256:", "in which a line may be another rule")
}
