package policy

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
)

const members = "g, bot, billing\ng, bot, frozen\n"

func rule(condition string) string {
	return "p, billing, stripe.refund.create, " + condition + ", allow, once\n" + members
}

// CEL takes an error inside != or inside a list for "different" or for "equal".
// None of these may become an allow of dollars by a rule about euros.
func TestTwoCurrenciesNeverAllow(t *testing.T) {
	sum := "sums.charge_24h + args.amount"
	for name, tt := range map[string]struct{ condition, problem string }{
		"equal":          {"!(" + sum + " == money('50 EUR'))", ""},
		"less":           {sum + " < money('50 EUR')", ""},
		"minus":          {sum + " - money('50 EUR') == " + sum, ""},
		"not equal":      {sum + " != money('50 EUR')", "amounts have no !="},
		"in a list":      {"!(" + sum + " in [money('50 EUR')])", "inside a list"},
		"two lists":      {"[" + sum + "] == [money('50 EUR')]", "inside a list"},
		"two maps":       {"{'a': " + sum + "} == {'a': money('50 EUR')}", "inside a list or a map"},
		"without a type": {"!(5 == dyn(" + sum + "))", "dyn() and type()"},
	} {
		t.Run(name, func(t *testing.T) {
			e, problems := Compile(source(rule(tt.condition)))
			if tt.problem != "" {
				if !strings.Contains(problems.Error(), tt.problem) {
					t.Errorf("got %v", problems)
				}
				return
			}
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if got := e.Decide(asked(4000, 0)); got.Effect != Deny || got.Reason != reason.PolicyUnevaluable {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	text := func(s string) action.Value { return action.Value{Kind: action.String, Text: s} }
	for name, tt := range map[string]struct {
		condition string
		change    func(*Input)
		want      reason.Code
	}{
		"an argument of another kind": {"args.charge != 'ch_2'", func(in *Input) { in.Call.Args["charge"] = action.Value{Kind: action.Integer, Int: 2} }, reason.PolicyUnevaluable},
		"a fact of another kind":      {"facts.charge.customer != 'x'", func(in *Input) { in.Facts["charge"]["customer"] = text("cus_ada") }, reason.PolicyUnevaluable},
		"a required argument":         {"args.charge != 'ch_2'", func(in *Input) { delete(in.Call.Args, "charge"); in.Facts = nil }, reason.PolicyUnevaluable},
		"an unbound session":          {"session.ticket == ''", func(*Input) {}, reason.PolicyUnevaluable},
		"too much work":               {"[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, a + b + c + d > 0))))", func(*Input) {}, reason.PolicyUnevaluable},
		"no action at all":            {"true", func(in *Input) { in.Action = nil }, reason.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			in := asked(4000, 0)
			tt.change(&in)
			got := compile(t, rule("\""+tt.condition+"\"")).Decide(in)
			if got.Effect != Deny || got.Reason != tt.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// A rule that waits for sums alone does not fetch facts for an argument that
// it does not name.
func TestOnlyWhatTheRuleNamesIsFetched(t *testing.T) {
	in := asked(4000, 0)
	in.Facts, in.Sums = nil, nil
	got := compile(t, rule("sums.charge_24h + args.amount <= money('50 USD')")).Decide(in)
	if diff := cmp.Diff([]string{"sums.charge_24h"}, got.FactsNeeded); diff != "" {
		t.Error(diff)
	}
}

func TestATokenCannotNarrowADenyAway(t *testing.T) {
	e := compile(t, "p, frozen, stripe.*, true, deny, say:'Frozen.'\n"+rule("true"))
	in := asked(4000, 0)
	in.Identity.Roles = []string{"billing"}
	if got := e.Decide(in); got.Reason != reason.PolicyDenied || got.Say != "Frozen." {
		t.Errorf("got %+v", got)
	}
}

// Of a role that the token leaves out only denies speak: an allow that cannot be
// evaluated could have allowed nothing, and refuses nothing. A deny that cannot be
// evaluated could have refused, and does.
func TestUnevaluableRulesOfARoleThatIsLeftOut(t *testing.T) {
	const unevaluable = "10 / args.count > 1"
	for name, tt := range map[string]struct {
		effect string
		roles  []string
		want   reason.Code
	}{
		"an allow, all roles": {"allow", nil, reason.PolicyUnevaluable},
		"an allow, left out":  {"allow", []string{"billing"}, reason.Allowed},
		"a deny, all roles":   {"deny", nil, reason.PolicyUnevaluable},
		"a deny, left out":    {"deny", []string{"billing"}, reason.PolicyUnevaluable},
		"an allow, kept":      {"allow", []string{"billing", "frozen"}, reason.PolicyUnevaluable},
	} {
		e := compile(t, "p, frozen, stripe.refund.create, "+unevaluable+", "+tt.effect+", -\n"+rule("true"))
		in := asked(4000, 0)
		in.Call.Args["count"] = action.Value{Kind: action.Integer}
		in.Identity.Roles = tt.roles
		if got := e.Decide(in); got.Reason != tt.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A model of the tenant's own may put its terms in any order and add to them.
func TestOwnModels(t *testing.T) {
	held := Obligations{Once: true, Hold: &Hold{Group: "billing_leads", Votes: 1}}
	policy := "p, admin, stripe.refund.create, true, allow, once\n" +
		"p, billing, stripe.refund.create, true, allow, once; hold:billing_leads\n" + members + "g, root, admin\n"
	matcher := "g(r.sub, p.role) && permits(r.in, p.role, p.eft) && matches(r.act, p.act) && condition(r.in, p.cond)"
	for name, tt := range map[string]struct {
		matcher string
		roles   []string
		want    Verdict
	}{
		"condition first":    {"condition(r.in, p.cond) && g(r.sub, p.role) && permits(r.in, p.role, p.eft) && matches(r.act, p.act)", nil, Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:2", Obligations: held}},
		"no ceiling":         {strings.Replace(matcher, "permits(r.in, p.role, p.eft)", "(true || permits(r.in, p.role, p.eft))", 1), []string{}, Verdict{Reason: reason.PolicyNoRule}},
		"no condition":       {strings.Replace(matcher, "condition(r.in, p.cond)", "(true || condition(r.in, p.cond))", 1), nil, Verdict{Reason: reason.PolicyNoRule}},
		"a term after":       {matcher + " && p.role != 'billing'", nil, Verdict{Reason: reason.PolicyNoRule}},
		"the same, in words": {matcher + " && r.sub == 'bot'", nil, Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:2", Obligations: held}},
	} {
		t.Run(name, func(t *testing.T) {
			src := source(policy)
			src.Model = []byte(strings.Replace(defaultModel, matcher, tt.matcher, 1))
			e, problems := Compile(src)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			in := asked(4000, 0)
			in.Identity.Roles = tt.roles
			got := e.Decide(in)
			got.Condition = ""
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAModelIsTriedWhenItIsRead(t *testing.T) {
	for name, change := range map[string][2]string{
		"an unknown name":     {"condition(r.in, p.cond)", "condition(r.in, p.cond) && r.nothing == 1"},
		"an unknown function": {"condition(r.in, p.cond)", "condition(r.in, p.cond) && nothing(r.sub)"},
		"an unknown effect":   {"some(where (p.eft == allow)) && !some(where (p.eft == deny))", "most(where (p.eft == allow))"},
	} {
		t.Run(name, func(t *testing.T) {
			src := source(acme)
			src.Model = []byte(strings.Replace(defaultModel, change[0], change[1], 1))
			if _, problems := Compile(src); len(problems) != 1 || problems[0].Path != "model.conf" {
				t.Errorf("got %v", problems)
			}
		})
	}
}

// What Casbin's own adapters read differently, or silently leave out.
func TestLinesThatCasbinReadsDifferently(t *testing.T) {
	const rest = ", stripe.charge.get, true, allow, -"
	for name, tt := range map[string]struct{ line, want string }{
		"a space before a comma":   {"p, billing " + rest, "policy.csv:1: has a space before a comma"},
		"no condition":             {"p, billing, stripe.charge.get, , allow, -", "policy.csv:1: the condition is missing; write true for a rule that asks for nothing"},
		"words of other languages": {"p, billing, stripe.charge.get, args.charge == 'ch_1' and true, allow, -", "policy.csv:1: for stripe.charge.get: Syntax error: mismatched input 'and' expecting <EOF>; join with && and ||, compare with ==, and write texts with '…' (got "},
		"a text and a number":      {"p, billing, stripe.charge.get, args.charge == 1, allow, -", "policy.csv:1: for stripe.charge.get: found no matching overload for '_==_' applied to '(string, int)'; compare what is of one kind: a text stands in '…', a number does not (got "},
		"a quote in a condition":   {`p, billing, stripe.charge.get, args.charge == "ch_1", allow, -`, "policy.csv:1: column "},
		"a field of two lines":     {"p, billing, stripe.charge.get, \"true\n&& true\", allow, -", "policy.csv:1: column "},
		"say with an allow":        {"p, billing, stripe.charge.get, true, allow, say:'x'", "policy.csv:1: say is the words of a deny"},
		"two groups":               {"p, billing, stripe.refund.create, true, allow, hold:directors; hold:billing_leads", "policy.csv:1: a rule holds for one group"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Compile(source(tt.line + "\n"))
			if len(problems) == 0 || !strings.HasPrefix(problems[0].String(), tt.want) {
				t.Errorf("got %v", problems)
			}
		})
	}
	if _, problems := Compile(source("  # indented\r\np, billing" + rest + "\r\ng, bot, billing\r\n")); len(problems) > 0 {
		t.Error(problems)
	}
}

func TestDecideTogether(t *testing.T) {
	e := compile(t, acme)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for range 50 {
				in := asked(4000, int64(i)*1000)
				if want := Allow; e.Decide(in).Effect != want {
					t.Errorf("%d: not allowed", i)
				}
			}
		})
	}
	group.Wait()
}

// Agents are whoever a line can mean.
func TestAgents(t *testing.T) {
	e := compile(t, "p, billing, stripe.refund.create, true, allow, once\np, lone-bot, stripe.refund.create, true, allow, once\ng, bot, clerk\ng, clerk, billing\n")
	if got := e.Agents(); !slices.Equal(got, []string{"billing", "bot", "clerk", "lone-bot"}) {
		t.Errorf("got %v", got)
	}
}

// A role that is mistyped is a mistake; one that nobody has any more is not.
func TestRolesThatNobodyHas(t *testing.T) {
	for role, refused := range map[string]bool{
		"biling": true, "billlng": true, "billingg": true, "ibilling": true, "billign": true, "Billing": true,
		"billing": false, "clerk": false, "bill": false, "b": false,
	} {
		_, problems := Compile(source("p, " + role + ", stripe.refund.create, true, deny, -\n" + rule("true")))
		if (len(problems) == 1) != refused || refused && problems[0].String() != "policy.csv:1: no g line gives anybody this role; it is like billing (got "+role+")" {
			t.Errorf("%s: %v", role, problems)
		}
	}
	if _, problems := Compile(source("p, billing, stripe.refund.create, true, allow, once\n")); len(problems) > 0 {
		t.Errorf("an agent's rights cannot be taken away: %v", problems)
	}
}
