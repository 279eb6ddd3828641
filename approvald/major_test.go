package approvald_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
)

// ordersYAML is the catalog of a tool whose amounts are texts in major units.
const ordersYAML = `
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
      - {name: amount, kind: money, unit: major, quoted: true, decimals: 2, currency: facts.order.currency, at: refund.amount, required: true, min: 1, safe: true}
      - {name: note, kind: string, at: refund.note, editable: true}
    facts:
      - name: order
        action: orders.order.get
        args: {order: args.order}
        fields: [{name: currency, kind: currency}, {name: total, kind: money, unit: major, quoted: true, currency: currency}]
    business_key: [args.order, args.amount]
`

// orders gives acme that tool: refunds up to 20 USD a day at once, up to 100 USD and
// the order's total with a person.
func (b *bench) orders(currency string) {
	b.TB.Helper()
	b.Load("acme", func(files map[string]string) {
		executetest.Replace(b.TB, "approvals.yaml", "wait: 45s", "wait: 0s")(files)
		executetest.Replace(b.TB, "limits.yaml", "sums:\n", "sums:\n  order_24h: {actions: [orders.refund.create], by: [args.order], window: 24h}\n")(files)
		executetest.Replace(b.TB, "limits.yaml", "budgets:\n", "budgets:\n  order_day: {actions: [orders.refund.create], by: [args.order], window: 24h, max: 60 USD}\n")(files)
		files["catalogs/orders.yaml"] = ordersYAML
		files["tools.yaml"] += "  - {name: orders, catalog: orders, origin: \"http://127.0.0.1:9\", private: true, credential: {secret: stripe_key, scheme: bearer}}\n"
		files["policy.csv"] += `
p, billing, orders.refund.create, sums.order_24h + args.amount > facts.order.total, deny, say:'More than the order was paid with.'
p, billing, orders.refund.create, sums.order_24h + args.amount <= money('20 USD'), allow, once
p, billing, orders.refund.create, sums.order_24h + args.amount <= money('100 USD'), allow, once; hold:support_leads
`
	})
	order := executetest.Instead(http.StatusOK, `{"id":"o1","currency":"`+currency+`","total":"80.0000"}`)
	b.Door.Next(http.MethodGet, slices.Repeat([]executetest.Event{order}, 40)...)
	b.Door.Next(http.MethodPost, slices.Repeat([]executetest.Event{executetest.Instead(http.StatusCreated, `{"id":"r1"}`)}, 10)...)
}

// pays asks for a refund of the order, spelled as an agent would.
func (b *bench) pays(amount, note string) got {
	return b.call(b.admitted(action.Request{
		Method: http.MethodPost, Path: "/orders/orders/o1/refunds", Header: []action.Header{{Name: "content-type", Value: "application/json"}},
		Body: []byte(`{"refund":{"amount":"` + amount + `","note":"` + note + `"}}`),
	}, ""))
}

// summary is the line that people read.
func (b *bench) summary(i ledger.Intent) string {
	b.TB.Helper()
	t, _ := b.Tenants.Get("acme")
	tool, _ := t.Tool(i.Call.Tool)
	act, ok := tool.Catalog.Action(i.Call.Action)
	if !ok {
		b.TB.Fatalf("no action %s", i.Call.Action)
	}
	return act.Describe(i.Call.Args, i.Facts)
}

// An amount in major units is decided, counted, held, changed around and sent as
// every other amount is.
func TestMajorUnitsAllTheWay(t *testing.T) {
	b := start(t)
	b.orders("USD")
	b.running()
	if g := b.pays("12.5", "Late."); g.status != http.StatusCreated {
		t.Fatalf("12.50 USD at once: %d %s", g.status, g.body)
	}
	if i := b.newest(); b.summary(i) != "Refund 12.50 USD of order o1" || i.Amount != (money.Amount{Minor: 1250, Currency: "USD"}) {
		t.Errorf("it is %q, %v", b.summary(i), i.Amount)
	}
	if g := b.pays("12.50", "Late."); g.status != http.StatusCreated || len(b.intents()) != 1 {
		t.Errorf("the same amount, spelled otherwise: %d %s, %d intents", g.status, g.body, len(b.intents()))
	}
	if g := b.pays("7.51", "Late too."); g.status != http.StatusConflict || !strings.Contains(g.body, `"held"`) {
		t.Fatalf("20.01 USD in sum: %d %s", g.status, g.body)
	}
	held := b.newest()
	if b.summary(held) != "Refund 7.51 USD of order o1" || held.Hold.Group != "support_leads" {
		t.Errorf("what waits is %q for %+v", b.summary(held), held.Hold)
	}
	edited, err := b.edit(held, map[string]string{"note": "It came late."})
	if err != nil || edited.Amount != held.Amount || b.summary(edited) != b.summary(held) {
		t.Fatalf("%+v %v", edited, err)
	}
	if _, err := b.edit(edited, map[string]string{"amount": "9.00"}); err == nil || !strings.Contains(err.Error(), "nobody may change this") {
		t.Errorf("the amount was changed: %v", err)
	}
	b.approvedBy(edited, "ann")
	b.Eventually("it is sent", func() bool { return b.newest().State == ledger.Succeeded })
	var bodies []string
	for _, sent := range b.Door.Sent() {
		bodies = append(bodies, sent.Body)
	}
	if want := []string{`{"refund":{"amount":"12.50","note":"Late."}}`, `{"refund":{"amount":"7.51","note":"It came late."}}`}; !slices.Equal(bodies, want) {
		t.Errorf("the tool got %q", bodies)
	}
	for amount, code := range map[string]string{"40.00": "budget_exceeded", "60": "policy_denied"} {
		if g := b.pays(amount, "More."); g.status != http.StatusForbidden || !strings.Contains(g.body, code) {
			t.Errorf("%s USD more: %d %s, want %s", amount, g.status, g.body, code)
		}
	}
}

// The order's currency has other decimals than the catalog reads: nothing is sent.
func TestMajorUnitsOfAnotherCurrency(t *testing.T) {
	b := start(t)
	b.orders("JPY")
	b.running()
	if g := b.pays("12.50", "Late."); g.status != http.StatusConflict && g.status != http.StatusForbidden || !strings.Contains(g.body, "facts_mismatch") {
		t.Errorf("12.50 of an order in yen: %d %s", g.status, g.body)
	}
	if sent := b.Door.Sent(); len(sent) > 0 {
		t.Errorf("sent is %v", sent)
	}
}
