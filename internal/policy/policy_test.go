package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// The actions the tests speak about: one read, one effect with money and facts.
var (
	read   = &action.Action{Name: "stripe.charge.get", Params: []action.Param{{Name: "charge", Kind: action.ID, Required: true}}}
	refund = &action.Action{
		Name: "stripe.refund.create", Effect: true, MoneyArg: "amount",
		Params: []action.Param{
			{Name: "amount", Kind: action.Money}, {Name: "charge", Kind: action.ID, Required: true},
			{Name: "reason", Kind: action.Enum}, {Name: "count", Kind: action.Integer},
		},
		Facts: []action.Fact{{Name: "charge", Fields: []action.Field{{Name: "customer", Kind: action.ID}, {Name: "currency", Kind: action.String}}}},
	}
)

const acme = `
# role, action, condition, effect, obligations
p, billing, stripe.charge.*, true, allow, -
p, billing, stripe.refund.create, sums.charge_24h + args.amount > money('500 USD'), deny, say:'Never above 500; ask a lead.'
p, billing, stripe.refund.create, sums.charge_24h + args.amount <= money('50 USD'), allow, once
p, billing, stripe.refund.create, sums.charge_24h + args.amount <= money('500 USD'), allow, once; hold:billing_leads
p, billing, stripe.refund.create, facts.charge.customer != session.customer, deny, say:'Another customer.'
g, bot, billing
g, senior, lead
g, lead, billing
`

func source(policy string) Source {
	return Source{Policy: []byte(policy), Actions: []*action.Action{read, refund}, Sums: []string{"charge_24h"}, Groups: []string{"billing_leads", "directors"}}
}

func compile(t testing.TB, policy string) *Engine {
	t.Helper()
	e, problems := Compile(source(policy))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return e
}

// asked is a refund of minor units of USD, with facts and a sum.
func asked(minor, before int64) Input {
	return Input{
		Tenant: "acme", Action: refund, Now: time.Unix(0, 0),
		Identity: token.Identity{Tenant: "acme", Agent: "bot", Session: token.Session{ID: "s", Customer: "cus_ada"}},
		Call: action.Call{Action: refund.Name, Args: action.Args{
			"charge": {Kind: action.ID, Text: "ch_1"}, "amount": {Kind: action.Money, Int: minor, Text: "USD"},
		}},
		Facts: action.Facts{"charge": {"customer": {Kind: action.ID, Text: "cus_ada"}, "currency": {Kind: action.String, Text: "USD"}}},
		Sums:  Sums{"charge_24h": money.Amount{Minor: before, Currency: "USD"}},
	}
}

func TestTheRunningExample(t *testing.T) {
	globex := strings.Replace(acme, "deny, say:'Never above 500; ask a lead.'", "allow, once; hold:directors:2", 1)
	hold := func(group string, votes int) Obligations {
		return Obligations{Once: true, Hold: &Hold{Group: group, Votes: votes}}
	}
	for _, tt := range []struct {
		name   string
		policy string
		in     Input
		want   Verdict
	}{
		{"40 at once", acme, asked(4000, 0), Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:5", Obligations: Obligations{Once: true}}},
		{"exactly 50", acme, asked(5000, 0), Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:5", Obligations: Obligations{Once: true}}},
		{"40 after 40 waits", acme, asked(4000, 4000), Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:6", Obligations: hold("billing_leads", 1)}},
		{"100 waits", acme, asked(10000, 0), Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:6", Obligations: hold("billing_leads", 1)}},
		{"600 never", acme, asked(60000, 0), Verdict{Reason: reason.PolicyDenied, Rule: "policy.csv:4", Say: "Never above 500; ask a lead."}},
		{"100 after 450 never", acme, asked(10000, 45000), Verdict{Reason: reason.PolicyDenied, Rule: "policy.csv:4", Say: "Never above 500; ask a lead."}},
		{"600 elsewhere waits for two", globex, asked(60000, 0), Verdict{Effect: Allow, Reason: reason.Allowed, Rule: "policy.csv:4", Obligations: hold("directors", 2)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := compile(t, tt.policy).Decide(tt.in)
			got.Condition = ""
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatIsMissing(t *testing.T) {
	with := func(change func(*Input)) Input { in := asked(4000, 0); change(&in); return in }
	for _, tt := range []struct {
		name string
		in   Input
		want Effect
		code reason.Code
		need []string
	}{
		{"sums", with(func(in *Input) { in.Sums = nil }), Defer, reason.FactsNeeded, []string{"sums.charge_24h"}},
		{"facts", with(func(in *Input) { in.Facts = nil }), Defer, reason.FactsNeeded, []string{"charge"}},
		{"everything", with(func(in *Input) { in.Facts, in.Sums = nil, nil }), Defer, reason.FactsNeeded, []string{"charge", "sums.charge_24h"}},
		{"the amount, before the facts", with(func(in *Input) { delete(in.Call.Args, "amount"); in.Facts, in.Sums = nil, nil }), Defer, reason.FactsNeeded, []string{"charge", "sums.charge_24h"}},
		{"the currency, before the facts", with(func(in *Input) {
			in.Call.Args["amount"] = action.Value{Kind: action.Money, Int: 4000}
			in.Facts, in.Sums = nil, nil
		}), Defer, reason.FactsNeeded, []string{"charge", "sums.charge_24h"}},
		{"the amount, after the facts", with(func(in *Input) { delete(in.Call.Args, "amount") }), Deny, reason.PolicyUnevaluable, nil},
		{"another currency", with(func(in *Input) { in.Call.Args["amount"] = action.Value{Kind: action.Money, Int: 1, Text: "EUR"} }), Deny, reason.PolicyUnevaluable, nil},
		{"a sum in another currency", with(func(in *Input) { in.Sums = Sums{"charge_24h": {Minor: 1, Currency: "EUR"}} }), Deny, reason.PolicyUnevaluable, nil},
		{"a declared sum", with(func(in *Input) { in.Sums = Sums{} }), Deny, reason.PolicyUnevaluable, nil},
		{"a fact's field", with(func(in *Input) { in.Facts = action.Facts{"charge": {}} }), Deny, reason.PolicyUnevaluable, nil},
		{"a known deny does not wait for sums", with(func(in *Input) { in.Sums = nil; in.Identity.Session.Customer = "cus_bob" }), Deny, reason.PolicyDenied, nil},
		{"another agent", with(func(in *Input) { in.Identity.Agent = "stranger" }), Deny, reason.PolicyNoRule, nil},
		{"narrowed to nothing", with(func(in *Input) { in.Identity.Roles = []string{} }), Deny, reason.PolicyNoRule, nil},
		{"narrowed to another role", with(func(in *Input) { in.Identity.Roles = []string{"support"} }), Deny, reason.PolicyNoRule, nil},
		{"a token adds no role", with(func(in *Input) { in.Identity.Agent, in.Identity.Roles = "stranger", []string{"billing"} }), Deny, reason.PolicyNoRule, nil},
		{"an inherited role", with(func(in *Input) { in.Identity.Agent = "senior" }), Allow, reason.Allowed, nil},
		{"a ceiling keeps what its role inherits", with(func(in *Input) { in.Identity.Agent, in.Identity.Roles = "senior", []string{"lead"} }), Allow, reason.Allowed, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := compile(t, acme).Decide(tt.in)
			if got.Effect != tt.want || got.Reason != tt.code || !cmp.Equal(got.FactsNeeded, tt.need) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestUnevaluableRefusesWhateverElseAllows(t *testing.T) {
	e := compile(t, acme+"p, billing, stripe.refund.create, 10 / args.count > 1, deny, -\n")
	in := asked(4000, 0)
	in.Call.Args["count"] = action.Value{Kind: action.Integer}
	if got := e.Decide(in); got.Effect != Deny || got.Reason != reason.PolicyUnevaluable || got.Rule != "policy.csv:11" {
		t.Errorf("got %+v", got)
	}
}

func TestAnEffectIsAlwaysOnce(t *testing.T) {
	e := compile(t, "p, billing, stripe.*, true, allow, -\ng, bot, billing\n")
	if got := e.Decide(asked(1, 0)); !got.Obligations.Once {
		t.Errorf("got %+v", got)
	}
	in := Input{Action: read, Identity: token.Identity{Agent: "bot"}, Call: action.Call{Args: action.Args{"charge": {Kind: action.ID, Text: "c"}}}}
	if got := e.Decide(in); got.Effect != Allow || got.Obligations.Once {
		t.Errorf("got %+v", got)
	}
}

func TestCompileListsEveryMistake(t *testing.T) {
	_, problems := Compile(source(`p, billing, stripe.nothing, true, allow, -
p, billing, stripe.refund.create, args.amuont > money('1 USD'), allow, once
p, billing, stripe.refund.create, args.amount <= money('50 USD'), allow, once
p, billing, stripe.refund.create, sums.charge_24h <= money('50 XYZ'), allow, once
p, billing, stripe.refund.create, args.charge, allow, once
p, billing, stripe.charge.*, args.amount > money('1 USD'), allow, -
p, billing, stripe.*, true, maybe, once
p, billing, stripe.*, true, allow, once; hold:nobody
p, billing, stripe.*, true, allow, twice
p, billing, stripe.*, true, deny, once
p, billing, stripe.*
g, bot
x, y
`))
	want := []string{
		"policy.csv:7: the effect must be allow or deny (got maybe)",
		"policy.csv:9: an obligation must be -, once, hold:GROUP, hold:GROUP:VOTES or say:'words' (got twice)",
		"policy.csv:10: a deny has no obligations but say:'…' (got once)",
		"policy.csv:11: must be p, role, action, condition, allow or deny, obligations; quote a field that contains a comma (got p, billing, stripe.*)",
		"policy.csv:12: must be g, agent or role, role (got g, bot)",
		"policy.csv:13: must begin with p or g (got x)",
		"policy.csv:1: matches no action of the tenant's tools (got stripe.nothing)",
		"policy.csv:2: stripe.refund.create has no args.amuont; it has args.amount, args.charge, args.reason, args.count, facts.charge.customer, facts.charge.currency, sums.charge_24h, session.id, session.ticket, session.customer, agent.id, agent.roles, tenant, now (got args.amuont > money('1 USD'))",
		"policy.csv:3: bounds the amount of each call and no sum: 49.99 twice is 99.98; compare sums.NAME + args.amount (got args.amount <= money('50 USD'))",
		"policy.csv:4: the currency must be an upper case ISO 4217 code (got \"XYZ\") (got sums.charge_24h <= money('50 XYZ'))",
		"policy.csv:5: the condition must be true or false, this is a string (got args.charge)",
		"policy.csv:6: stripe.charge.get has no args.amount; it has args.charge, session.id, session.ticket, session.customer, agent.id, agent.roles, tenant, now (got args.amount > money('1 USD'))",
		"policy.csv:8: hold names a group that people.yaml does not have; it has billing_leads, directors (got nobody)",
		"policy.csv:8: hold is for effects, and stripe.charge.get is a read: nobody would wait for its answer (got stripe.*)",
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A number is no amount: the message says how one is written.
func TestAnAmountHasACurrency(t *testing.T) {
	act := &action.Action{Name: "shop.sale.create", Params: []action.Param{{Name: "price", Kind: action.Money}}}
	_, problems := Compile(Source{Policy: []byte("p, bot, shop.sale.create, args.price < 50, allow, -\n"), Actions: []*action.Action{act}})
	if len(problems) != 1 || !strings.Contains(problems[0].String(), "; write an amount as money('50 USD')") {
		t.Errorf("%v", problems)
	}
}

func TestModels(t *testing.T) {
	same := compile(t, acme)
	for name, tt := range map[string]struct {
		change func(string) string
		want   string
	}{
		"no permits":   {func(m string) string { return strings.Replace(m, "permits(r.in, p.role, p.eft) && ", "", 1) }, "permits(r.in,p.role,p.eft)"},
		"no condition": {func(m string) string { return strings.Replace(m, " && condition(r.in, p.cond)", "", 1) }, "condition(r.in,p.cond)"},
		"other policy": {func(m string) string {
			return strings.Replace(m, "p = role, act, cond, eft, obl", "p = role, act, eft", 1)
		}, "must define p = role, act, cond, eft, obl; a model of your own has any of tenant, agent, role, tool, action, effect, method, path, eft, cond, obl, and nothing else"},
		"a name more": {func(m string) string { return strings.Replace(m, "r = sub, act, in", "r = sub, act, in, ip", 1) },
			"must define r = sub, act, in; a model of your own has any of tenant, agent, role, tool, action, effect, method, path, and nothing else"},
		"no model": {func(string) string { return "[nothing" }, "is no Casbin model"},
	} {
		t.Run(name, func(t *testing.T) {
			src := source(acme)
			src.Model = []byte(tt.change(defaultModel))
			if _, problems := Compile(src); !strings.Contains(problems.Error(), tt.want) {
				t.Errorf("got %v", problems)
			}
		})
	}
	t.Run("a model of one's own can ask for more", func(t *testing.T) {
		src := source(acme)
		src.Model = []byte(strings.Replace(defaultModel, "g(r.sub, p.role)", "r.sub != 'bot' && g(r.sub, p.role)", 1))
		e, problems := Compile(src)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if got := e.Decide(asked(4000, 0)); got.Effect != Deny {
			t.Errorf("got %+v", got)
		}
		if got := same.Decide(asked(4000, 0)); got.Effect != Allow {
			t.Errorf("got %+v", got)
		}
	})
}
