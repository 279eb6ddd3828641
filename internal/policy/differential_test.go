package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	stringadapter "github.com/casbin/casbin/v2/persist/string-adapter"

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
	b.WriteString("g, bot, billing\ng, lead, billing\ng, bob, lead\ng, sue, support\n")
	return b.String()
}

// stock is Casbin as it comes: one enforcer that its own adapter fills with the
// same file. It shares nothing with the engine but the compiled conditions.
func stock(t testing.TB, e *Engine, policy string) *casbin.Enforcer {
	t.Helper()
	m, err := model.NewModelFromString(defaultModel)
	if err != nil {
		t.Fatal(err)
	}
	out, err := casbin.NewEnforcer(m, stringadapter.NewAdapter(policy))
	if err != nil {
		t.Fatal(err)
	}
	byText := map[string]*compiled{}
	for _, r := range e.ordered {
		byText[r.Action+r.Condition] = r
	}
	out.AddFunction("permits", func(...any) (any, error) { return true, nil })
	out.AddFunction("matches", func(args ...any) (any, error) {
		name, pattern := args[0].(string), args[1].(string)
		return name == pattern || pattern == "*" || strings.HasSuffix(pattern, ".*") && strings.HasPrefix(name, pattern[:len(pattern)-1]), nil
	})
	out.AddFunction("condition", func(args ...any) (any, error) {
		v := args[0].(*evaluation)
		for _, pattern := range []string{"*", "stripe.refund.*", v.in.Action.Name} {
			if r := byText[pattern+args[1].(string)]; r != nil {
				return v.ask(r.conditions[v.in.Action.Name]) == yes, nil
			}
		}
		return false, nil
	})
	return out
}

func randomInput(r *rand.Rand) Input {
	in := asked([]int64{1000, 5000, 9000}[r.IntN(3)], []int64{0, 4000}[r.IntN(2)])
	in.Identity.Agent = []string{"bot", "bob", "nobody", "lead"}[r.IntN(4)]
	if r.IntN(3) == 0 {
		in.Identity.Session.Customer = "cus_bob"
	}
	return in
}

// Narrowing the candidates changes nothing: for every input both agree on the
// answer and on the rule that Casbin gives as its explanation.
func TestEqualsStockCasbin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	allowed, denied := 0, 0
	for range 500 {
		policy := randomPolicy(r, 1+r.IntN(12))
		e := compile(t, policy)
		in := randomInput(r)
		got := e.Decide(in)
		ok, row, err := stock(t, e, policy).EnforceEx(in.Identity.Agent, in.Action.Name, newEvaluation(e, in))
		if err != nil {
			t.Fatal(err)
		}
		if ok != (got.Effect == Allow) || (len(row) == 0) != (got.Reason == reason.PolicyNoRule) {
			t.Fatalf("stock says %v by %v, the engine %+v, for\n%s", ok, row, got, policy)
		}
		if len(row) > 0 {
			line := slices.Index(strings.Split(policy, "\n"), "p, "+strings.Join(row, ", ")) + 1
			if got.Rule != place(line) {
				t.Fatalf("stock explains with line %d, the engine with %s, for\n%s", line, got.Rule, policy)
			}
			denied++
		}
		if ok {
			allowed++
		}
	}
	if denied -= allowed; allowed < 50 || denied < 50 {
		t.Errorf("%d allowed and %d denied of 500: the test looks at one side only", allowed, denied)
	}
}

// What is decided without facts and sums is what would be decided with them;
// a token that names roles is never worth more than one that names none.
func TestLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	deferred := 0
	for range 500 {
		policy := randomPolicy(r, 1+r.IntN(12))
		e, in := compile(t, policy), randomInput(r)
		full := e.Decide(in)
		early := in
		early.Facts, early.Sums = nil, nil
		if got := e.Decide(early); got.Effect == Defer {
			deferred++
		} else if got.Effect != full.Effect {
			t.Fatalf("without facts %+v, with them %+v, for\n%s", got, full, policy)
		}
		in.Identity.Roles = [][]string{{}, {"billing"}, {"lead", "support"}}[r.IntN(3)]
		if got := e.Decide(in); got.Effect == Allow && full.Effect != Allow {
			t.Fatalf("narrowed %+v, whole %+v, for\n%s", got, full, policy)
		}
	}
	if deferred < 50 || deferred > 400 {
		t.Errorf("%d of 500 deferred: the test looks at one side only", deferred)
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
