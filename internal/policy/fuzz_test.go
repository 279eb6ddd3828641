package policy

import (
	"strings"
	"testing"

	"cel.dev/cel-go/common/types"

	"github.com/sallyport/sallyport/internal/reason"
)

// FuzzCondition holds two laws over every condition that a file may have: CEL
// as it comes, with nothing left open and nothing optimised, says yes to whatever
// is allowed; and what is decided before facts are there is what is decided with
// them.
func FuzzCondition(f *testing.F) {
	for _, text := range append(conditions, "args.charge == session.customer", "facts.charge.customer != session.customer",
		"args.count > 3 || args.reason in ['duplicate', 'fraudulent']", "!(args.amount == money('50 EUR'))", "has(args.reason)",
		"agent.roles.exists(r, r == 'billing')", "now.getHours() < 18", "args.charge.matches('^ch_')", "size(args.charge) > 2 ? true : false",
		"sums.charge_24h - args.amount < money('0 USD') && session.id != ''", "1 / args.count == 1", "'a' + args.charge == 'ach_1'") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsAny(text, "\n\r") || len(text) > 500 {
			return
		}
		rule := `p, billing, stripe.refund.create, "` + strings.ReplaceAll(text, `"`, `""`) + `", allow, -` + "\ng, bot, billing\n"
		e, problems := Compile(source(rule))
		if len(problems) > 0 {
			return
		}
		in := asked(4000, 0)
		full := e.Decide(in)
		if yes := plainly(t, e, in); (full.Effect == Allow) != yes {
			t.Fatalf("%q: CEL as it comes says %v, the engine %+v", text, yes, full)
		}
		if full.Effect == Deny && full.Reason != reason.PolicyNoRule && full.Reason != reason.PolicyUnevaluable {
			t.Fatalf("%q: %+v", text, full)
		}
		early := in
		early.Facts, early.Sums = nil, nil
		if got := e.Decide(early); got.Effect != Defer && got.Effect != full.Effect {
			t.Fatalf("%q: without facts %+v, with them %+v", text, got, full)
		}
	})
}

// plainly asks the one rule's condition of CEL with its defaults.
func plainly(t *testing.T, e *Engine, in Input) bool {
	about := e.about(in.Action.Name)
	checked, issues := about.env.cel.Compile(about.entries[0].condition.text)
	if issues.Err() != nil {
		t.Fatal(issues.Err())
	}
	program, err := about.env.cel.Program(checked)
	if err != nil {
		t.Fatal(err)
	}
	value, _, err := program.Eval(newEvaluation(e, about, in))
	return err == nil && value == types.True
}
