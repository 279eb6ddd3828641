package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

// ordersCatalog is that of a tool whose amounts are texts in major units, in the
// currency of the order.
const ordersCatalog = `
name: orders
dialect: problem
max_body: 4KiB
outcomes: {applied: {status: [201], has: id}, not_applied: {status: [404]}}
actions:
  - {name: orders.order.get, summary: Read, method: GET, path: '/orders/{order}', params: [{name: order, kind: id, safe: true}]}
  - name: orders.refund.create
    summary: Refund {amount} of order {order}
    effect: true
    method: POST
    path: /orders/{order}/refunds
    body: json
    params:
      - {name: order, kind: id, safe: true}
      - {name: amount, kind: money, unit: major, quoted: true, decimals: 2, currency: facts.order.currency, required: true, min: 1, safe: true}
    facts:
      - name: order
        action: orders.order.get
        args: {order: args.order}
        fields: [{name: currency, kind: currency}, {name: total, kind: money, unit: major, quoted: true, currency: currency}]
    business_key: [args.order, args.amount]
`

// orders is that tool.
type orders struct {
	server *httptest.Server
	mu     sync.Mutex
	bodies []string // of refunds
}

func newOrders(t *testing.T) *orders {
	o := &orders{}
	o.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("content-type", "application/json")
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, `{"id":"o1","currency":"USD","total":"80.00"}`)
			return
		}
		body, _ := io.ReadAll(r.Body)
		o.mu.Lock()
		o.bodies = append(o.bodies, string(body))
		o.mu.Unlock()
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"id":"r1","amount":"12.50"}`)
	}))
	t.Cleanup(o.server.Close)
	return o
}

func (o *orders) sent() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.bodies)
}

// connect gives a tenant the tool: up to 20 USD a day at once, more with a person.
func (o *orders) connect(t *testing.T, tenant string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(tenant, "catalogs"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(tenant, "catalogs", "orders.yaml"), ordersCatalog)
	appendTo(t, filepath.Join(tenant, "tools.yaml"), "  - {name: orders, catalog: orders, origin: \""+o.server.URL+"\", private: true, credential: {secret: stripe_key, scheme: bearer}}\n")
	limits := filepath.Join(tenant, "limits.yaml")
	text, err := os.ReadFile(limits)
	if err != nil {
		t.Fatal(err)
	}
	write(t, limits, strings.Replace(string(text), "sums:\n", "sums:\n  order_24h: {actions: [orders.refund.create], by: [args.order], window: 24h}\n", 1))
	appendTo(t, filepath.Join(tenant, "policy.csv"), `
p, billing, orders.refund.create, sums.order_24h + args.amount <= money('20 USD'), allow, once
p, billing, orders.refund.create, sums.order_24h + args.amount <= money('80 USD'), allow, once; hold:billing_leads
`)
}

// An amount in major units goes the whole way through the real Envoy: decided, counted,
// approved and sent, and explained.
func (o *orders) testAmounts(t *testing.T, r *rig.Rig) {
	token := r.Token(rig.Billing("acme", "cus_ada"))
	refund := func(amount string, headers ...string) answer {
		return call(t, r, "POST", "/orders/orders/o1/refunds", `{"amount":"`+amount+`"}`, append(headers, "authorization", "Bearer "+token, "content-type", "application/json")...)
	}
	if got := refund("12.505"); got.status != http.StatusBadRequest && got.status != http.StatusForbidden || !strings.Contains(got.body, "mount with at most 2 decimals as 12.50") {
		t.Errorf("half a cent: %d %s", got.status, got.body)
	}
	for _, amount := range []string{"12.5", "12.50"} { // one effect
		if got := refund(amount); got.status != http.StatusCreated {
			t.Fatalf("%s: %d %s", amount, got.status, got.body)
		}
	}
	if got := refund("7.51", "prefer", "respond-async"); got.status != http.StatusAccepted {
		t.Fatalf("20.01 USD in sum: %d %s", got.status, got.body)
	}
	var held desk.Item
	for _, item := range r.Approvals(t) {
		if item.State == "waiting" && item.Summary == "Refund 7.51 USD of order o1" {
			held = item
		}
	}
	if held.ID == "" {
		t.Fatalf("it does not wait: %+v", r.Approvals(t))
	}
	r.Approve(t, held.ID)
	want := []string{`{"amount":"12.50"}`, `{"amount":"7.51"}`}
	testkit.Eventually(t, "it is sent", func() bool { return slices.Equal(o.sent(), want) })
	out, err := exec.Command(rig.Built(t, "sallyport"), "policy", "explain", r.Tenants, "--tenant", "acme", "--agent", "billing-bot", "--customer", "cus_ada",
		"--action", "orders.refund.create", "--arg", "order=o1", "--arg", "amount=7.51", "--fact", "order.currency=USD", "--fact", "order.total=80.00", "--sum", "order_24h=12.50 USD").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "amount=7.51 USD") || !strings.Contains(string(out), "order.total=80.00 USD") || !strings.Contains(string(out), "waits for 1 of billing_leads") {
		t.Errorf("explained: %v\n%s", err, out)
	}
}
