package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/sallyport/sallyport/internal/rig"
)

const budgetFile = `
sums:
  charge_24h: {actions: [stripe.refund.create], by: [args.charge], window: 24h}
budgets:
  agent_day: {actions: [stripe.refund.create], by: [agent], window: day, max: 4000 USD}
zone: Europe/Berlin
`

// TestBudget is a thousand refunds at once, by charge and by payment intent, over
// REST and over MCP: the budget is not passed by a cent, and no charge gives more
// than 50 USD without a person.
func TestBudget(t *testing.T) {
	const refunds, charges, budget, threshold = 1000, 50, 4000_00, 50_00
	r := rig.Start(t, rig.Options{Prepare: func(tenants string) {
		for file, text := range map[string]string{"limits.yaml": budgetFile, "approvals.yaml": "wait: 0s\nwait_mcp: 0s\nrepeat_group: billing_leads\n"} {
			if err := os.WriteFile(filepath.Join(tenants, "acme", file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}})
	token := r.Token(rig.Billing("acme", "cus_ada"))
	ids := make([]string, charges)
	for n := range ids {
		ids[n] = r.Charge(t, "acme", "cus_ada", "usd")
	}
	agents := []agent{connect(t, r, token, "/mcp", "2026-07-28"), connect(t, r, token, "/stripe/mcp", "2025-06-18")}
	said := tally{count: map[string]int{}}
	each(refunds, 32, func(n int) { // as many at once as two busy cores serve in a check's time
		name, id := "charge", ids[n%charges]
		if n/charges%2 == 1 {
			name, id = "payment_intent", "pi_"+strings.TrimPrefix(id, "ch_")
		}
		amount := 500 + n/charges*55
		if n%3 == 0 {
			said.add(mcpRefund(t, agents[n%2], name, id, amount), amount)
			return
		}
		said.add(restRefund(t, r, token, name, id, amount), amount)
	})
	total := int64(0)
	for _, id := range ids {
		_, of := refunded(r, id)
		if total += of; of > threshold {
			t.Errorf("%s gave %d cents without a person", id, of)
		}
	}
	t.Logf("%v, %d cents refunded, %d held", said.count, total, said.held)
	if total != said.done || total+said.held > budget {
		t.Errorf("the provider refunded %d cents, agents were told of %d, %d more are held; the budget is %d", total, said.done, said.held, budget)
	}
	if said.count["budget_exceeded"] == 0 || said.count[""] == 0 || said.count["held"] == 0 || len(said.count) != 3 {
		t.Errorf("agents heard %v", said.count)
	}
	rest := int(budget - total - said.held)
	fresh := r.Charge(t, "acme", "cus_ada", "usd")
	if got := refund(t, r, token, fresh, strconv.Itoa(rest+1)); got.status != http.StatusForbidden || !strings.Contains(got.body, fmt.Sprintf("%d.%02d USD of 4000.00 USD is left", rest/100, rest%100)) {
		t.Errorf("one cent more than is left: %d %s", got.status, got.body)
	}
	if got := refund(t, r, token, fresh, strconv.Itoa(rest)); rest > 0 && got.status != http.StatusOK {
		t.Errorf("exactly what is left: %d %s", got.status, got.body)
	}
}

// tally counts what agents were told.
type tally struct {
	mu         sync.Mutex
	count      map[string]int // by code, "" for an outcome
	done, held int64
}

func (s *tally) add(code string, amount int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count[code]++
	switch code {
	case "":
		s.done += int64(amount)
	case "held":
		s.held += int64(amount)
	}
}

// each runs n jobs, some at once.
func each(n, workers int, run func(n int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				run(i)
			}
		})
	}
	group.Wait()
}

func restRefund(t *testing.T, r *rig.Rig, token, name, id string, amount int) string {
	t.Helper()
	got := call(t, r, http.MethodPost, "/stripe/v1/refunds", fmt.Sprintf("%s=%s&amount=%d", name, id, amount),
		"authorization", "Bearer "+token, "content-type", "application/x-www-form-urlencoded")
	if got.status == http.StatusOK {
		return ""
	}
	return stripeCode(got.body)
}

func mcpRefund(t *testing.T, a agent, name, id string, amount int) string {
	t.Helper()
	got, err := a.CallTool(t.Context(), &mcp.CallToolParams{Name: "stripe_refund_create", Arguments: map[string]any{name: id, "amount": amount}})
	if err != nil {
		t.Errorf("%s: %v", id, err)
		return "error"
	}
	return readResult(t, got).code
}

// stripeCode is the reason in a refusal in Stripe's shape.
func stripeCode(body string) string {
	var refusal struct{ Error struct{ Code string } }
	if json.Unmarshal([]byte(body), &refusal) != nil || refusal.Error.Code == "" {
		return "no refusal: " + body
	}
	return refusal.Error.Code
}
