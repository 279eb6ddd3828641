package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"github.com/sallyport/sallyport/internal/reason"
)

// conditions of random rules: some true, some false, some that look at values.
var conditions = []string{
	"true", "false", "args.charge == 'ch_1'", "args.charge == 'ch_2'", "session.customer == 'cus_ada'",
	"sums.charge_24h + args.amount <= money('50 USD')", "sums.charge_24h + args.amount > money('50 USD')",
	"facts.charge.customer == session.customer",
}

func randomPolicy(r *rand.Rand, rules int) string {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	var b strings.Builder
	for range rules {
		pattern := pick("stripe.refund.create", "stripe.refund.*", "stripe.charge.*", "*")
		condition := "true"
		if pattern == "stripe.refund.create" || pattern == "stripe.refund.*" {
			condition = pick(conditions...)
		}
		fmt.Fprintf(&b, "p, %s, %s, %s, %s, -\n", pick("billing", "lead", "support"), pattern, condition, pick("allow", "allow", "deny"))
	}
	b.WriteString("g, bot, billing\ng, lead, billing\ng, bob, lead\n")
	return b.String()
}

// stock is Casbin as it comes: one enforcer with every rule.
func stock(t testing.TB, e *Engine, grants string) *casbin.Enforcer {
	t.Helper()
	_, g, _ := readPolicy([]byte(grants))
	m, err := model.NewModelFromString(defaultModel)
	if err != nil || m == nil {
		t.Fatal(err)
	}
	out, err := enforcer(defaultModel, e.ordered, g)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Narrowing the candidates changes nothing: for every input both agree on the
// answer and on the rule that Casbin gives as its explanation.
func TestEqualsStockCasbin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	allowed := 0
	for range 300 {
		policy := randomPolicy(r, 1+r.IntN(12))
		e := compile(t, policy)
		whole := stock(t, e, policy)
		in := asked([]int64{1000, 5000, 9000}[r.IntN(3)], []int64{0, 4000}[r.IntN(2)])
		in.Identity.Agent = []string{"bot", "bob", "nobody"}[r.IntN(3)]
		got := e.Decide(in)
		ok, explanation, err := whole.EnforceEx(in.Identity.Agent, in.Action.Name, newEvaluation(e, in))
		if err != nil {
			t.Fatal(err)
		}
		if ok != (got.Effect == Allow) {
			t.Fatalf("stock says %v, the engine %+v, for\n%s", ok, got, policy)
		}
		if len(explanation) > 0 && got.Reason != reason.PolicyNoRule && "policy.csv:"+explanation[4] != got.Rule {
			t.Fatalf("stock explains with %v, the engine with %s, for\n%s", explanation, got.Rule, policy)
		}
		if ok {
			allowed++
		}
	}
	if allowed < 20 || allowed > 280 {
		t.Errorf("%d of 300 allowed: the test looks at one side only", allowed)
	}
}

// BenchmarkDecide is one decision among 1,000 rules of which three match, next
// to stock Casbin with all of them.
func BenchmarkDecide(b *testing.B) {
	var policy strings.Builder
	policy.WriteString(acme)
	for i := range 1000 {
		fmt.Fprintf(&policy, "p, billing, stripe.charge.get, args.charge == 'ch_%d', allow, -\n", i)
	}
	e := compile(b, policy.String())
	in := asked(4000, 0)
	b.Run("engine", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e.Decide(in)
		}
	})
	whole := stock(b, e, policy.String())
	b.Run("stock", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := whole.Enforce(in.Identity.Agent, in.Action.Name, newEvaluation(e, in)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
