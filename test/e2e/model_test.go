package e2e

import (
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// restful is a tenant's own model: methods, paths and a hierarchy of roles, with
// conditions beside them.
const (
	restful = `[request_definition]
r = agent, method, path

[policy_definition]
p = role, path, method, cond, eft, obl

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = g(r.agent, p.role) && keyMatch2(r.path, p.path) && regexMatch(r.method, p.method)
`
	restfulPolicy = `p, reader, /stripe/v1/charges, GET, args.customer == session.customer, allow, -
p, reader, /stripe/v1/charges/:id, GET, facts.charge.customer == session.customer, allow, -
p, billing, /stripe/v1/refunds, POST, sums.charge_24h + args.amount <= money('50 USD'), allow, once
p, billing, /stripe/v1/refunds, POST, sums.charge_24h + args.amount > money('50 USD'), deny, say:'Not here.'
g, billing, reader
g, billing-bot, billing
`
)

// A model that knows nothing of actions decides on both lanes, and the commands
// for policies work with it.
func TestModelOfOnesOwn(t *testing.T) {
	r := rig.Start(t, rig.Options{Prepare: func(tenants string) {
		write(t, filepath.Join(tenants, "acme", "model.conf"), restful)
		write(t, filepath.Join(tenants, "acme", "policy.csv"), restfulPolicy)
	}})
	token := r.Token(rig.Billing("acme", "cus_ada"))
	ours, bobs := r.Charge(t, "acme", "cus_ada", "usd"), r.Charge(t, "acme", "cus_bob", "usd")
	for path, want := range map[string]int{
		"/stripe/v1/charges?customer=cus_ada": http.StatusOK,
		"/stripe/v1/charges?customer=cus_bob": http.StatusForbidden,
		"/stripe/v1/charges/" + ours:          http.StatusOK,
		"/stripe/v1/charges/" + bobs:          http.StatusForbidden,
		"/stripe/v1/customers/cus_ada":        http.StatusForbidden,
		"/zendesk/api/v2/tickets/1001.json":   http.StatusForbidden,
	} {
		if got := call(t, r, http.MethodGet, path, "", "authorization", "Bearer "+token); got.status != want {
			t.Errorf("%s: %d %s, want %d", path, got.status, got.body, want)
		}
	}
	if got := refund(t, r, token, ours, "4000"); got.status != http.StatusOK {
		t.Errorf("40 USD: %d %s", got.status, got.body)
	}
	if got := refund(t, r, token, ours, "40000"); got.status != http.StatusForbidden || !strings.Contains(got.body, "Not here.") {
		t.Errorf("400 USD: %d %s", got.status, got.body)
	}
	once(t, r, ours, 4000)

	acme := filepath.Join(r.Tenants, "acme")
	for _, tt := range []struct{ args, says string }{
		{"policy lint " + acme, "acme: model.conf is its own"},
		{"policy explain " + acme + " --agent billing-bot --customer cus_ada --method GET --path /stripe/v1/charges?customer=cus_ada", "result     allow, allowed by policy.csv:1, lane direct"},
	} {
		out, err := exec.Command(rig.Built(t, "sallyport"), strings.Fields(tt.args)...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), tt.says) {
			t.Errorf("%s: %v\n%s", tt.args, err, out)
		}
	}
}
