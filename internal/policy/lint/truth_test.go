package lint

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/policy"
)

// asks are what random rules ask for besides an amount.
var asks = []string{
	"session.ticket == '7'", "session.ticket == '8'", "session.customer == 'cus_x'", "args.reason == 'fraudulent'", "facts.charge.refunded",
	"!facts.charge.refunded", "facts.charge.customer == session.customer", "session.ticket != '7'", "(session.ticket == '7' || session.customer == 'cus_x')",
}

func randomRules(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(4) {
		var condition []string
		for range r.IntN(4) {
			condition = append(condition, asks[r.IntN(len(asks))])
		}
		bound := []string{"<= money('50 USD')", "<= money('500 USD')", "> money('100 USD')", ">= money('50 USD')"}[r.IntN(4)]
		condition = append(condition, "sums.day + args.amount "+bound)
		fmt.Fprintf(&b, "p, billing, stripe.refund.create, %s, %s\n", strings.Join(condition, " && "), []string{"allow, once", "allow, hold:leads", "deny, -"}[r.IntN(3)])
	}
	return b.String() + bot
}

// Whatever a policy allows, under whichever circumstances: the rule by which it
// does stands in a line, or lint says that it did not find them, or what is wrong
// with the rule.
func TestNothingIsAllowedThatIsNotSaid(t *testing.T) {
	r, allowed, found := rand.New(rand.NewPCG(8, 9)), 0, 0
	for range 40 {
		rules := randomRules(r)
		report, source := checked(t, rules)
		said := map[string]bool{}
		for _, a := range report.Amounts {
			for _, b := range a.Bands {
				said[b.Rule] = true
			}
			for _, rule := range a.Untried {
				said[rule] = true
			}
		}
		found += len(said)
		for _, f := range report.Findings {
			said[fmt.Sprintf("policy.csv:%d", f.Line)] = true
		}
		i := slices.IndexFunc(source.Actions, func(a *action.Action) bool { return a.Name == "stripe.refund.create" })
		for _, w := range worlds(source.Actions[i], rules) {
			for _, minor := range []int64{1, 4999, 5000, 5001, 10000, 10001, 50000, 50001} {
				v := source.Engine.Decide(w.input("acme", "billing", nil, source.Sums, minor))
				if v.Effect != policy.Allow {
					continue
				}
				if allowed++; !said[v.Rule] {
					t.Fatalf("%s allows %d of %v, and nothing says so of\n%s%v", v.Rule, minor, w.chosen, rules, report)
				}
			}
		}
	}
	if allowed < 1000 || found < 40 {
		t.Errorf("%d amounts were allowed and %d rules said: the test looks at nothing", allowed, found)
	}
}

// worlds are all circumstances that the conditions speak about.
func worlds(act *action.Action, conditions string) []world {
	out := []world{{act: act, currency: "USD", chosen: map[string]any{}}}
	for name, values := range choices(act, conditions) {
		var next []world
		for _, w := range out {
			for _, value := range values {
				chosen := map[string]any{name: value}
				for n, v := range w.chosen {
					chosen[n] = v
				}
				next = append(next, world{act, "USD", chosen})
			}
		}
		out = next
	}
	return out
}
