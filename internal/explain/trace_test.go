package explain

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/reason"
)

const everyOutcome = `# line 1
p, billing, stripe.refund.create, session.ticket == '1001', allow, hold:billing_leads
p, billing, stripe.*, session.ticket == '7', allow, -
p, billing, stripe.refund.create, args.amount > money('1 EUR'), deny, -
p, support, stripe.refund.create, true, allow, once
p, support, stripe.refund.create, facts.charge.refunded, deny, -
p, support, stripe.charge.get, true, allow, -
g, billing-bot, billing
g, billing-bot, support
g, support-bot, support
`

func outcomes(a Answer) string {
	var out []string
	for _, r := range a.Rules {
		out = append(out, strings.TrimPrefix(r.Rule, "policy.csv:")+" "+string(r.Outcome))
	}
	return strings.Join(out, ", ")
}

func TestTraceSaysWhatEachRuleCameTo(t *testing.T) {
	b := bundle(t, "acme", everyOutcome)
	acme := load(t, b)
	for name, tt := range map[string]struct{ ask, want string }{
		"without facts":        {`{` + refund + `}`, "2 true, 3 false, 4 waits, 5 true, 6 waits"},
		"with them":            {`{` + refund + `,` + charge + `}`, "2 true, 3 false, 4 unevaluable, 5 true, 6 false"},
		"a deny that matches":  {`{` + refund + `,` + strings.Replace(charge, "false", "true", 1) + `}`, "2 true, 3 false, 4 unevaluable, 5 true, 6 true"},
		"another role":         {`{"agent":"support-bot",` + refund + `,` + charge + `}`, "5 true, 6 false"},
		"a token with less":    {`{"roles":["billing"],` + refund + `,` + charge + `}`, "2 true, 3 false, 4 unevaluable, 5 left out, 6 false"},
		"a deny waits still":   {`{"roles":["billing"],` + refund + `}`, "2 true, 3 false, 4 waits, 5 left out, 6 waits"},
		"a token with nothing": {`{"roles":[],` + refund + `,` + charge + `}`, "2 left out, 3 left out, 4 waits, 5 left out, 6 waits"},
		"nobody's agent":       {`{"agent":"x",` + refund + `}`, ""},
		"no call":              {`{"method":"GET","path":"/paypal/x"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := Decide(acme, line(t, tt.ask), someday)
			if err == nil {
				err = a.Trace(b)
			}
			if got := outcomes(a); err != nil || got != tt.want {
				t.Errorf("got %s %v", got, err)
			}
		})
	}
}

// What the rules came to and what was decided are two answers of one ladder:
// over random policies and questions they never contradict each other.
func TestTraceAgreesWithTheDecision(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	seen := map[reason.Code]int{}
	for range 150 {
		rules := ""
		for range 1 + random.IntN(5) {
			obligations := "-"
			effect := pick("allow", "allow", "deny")
			if effect == "allow" {
				obligations = pick("-", "once", "hold:billing_leads")
			}
			rules += fmt.Sprintf("p, %s, stripe.refund.create, %s, %s, %s\n", pick("billing", "support"), pick(
				"true", "session.ticket == '1001'", "session.id == 'no'", "facts.charge.refunded", "!facts.charge.refunded",
				"sums.charge_24h + args.amount <= money('30 USD')", "sums.charge_24h + args.amount <= money('30 EUR')",
				"args.reason == 'duplicate'", "facts.charge.customer == session.customer",
			), effect, obligations)
		}
		rules += "p, billing, stripe.charge.get, true, allow, -\np, support, stripe.charge.get, true, allow, -\ng, billing-bot, billing\ng, billing-bot, support\n"
		b := bundle(t, "acme", rules)
		ask := line(t, `{`+refund+pick("", `,"roles":["billing"]`, `,"roles":["support"]`, `,"roles":[]`)+pick("", ","+charge, ","+charge)+`}`)
		a, err := Decide(load(t, b), ask, someday)
		if err == nil {
			err = a.Trace(b)
		}
		if err != nil {
			t.Fatal(err)
		}
		seen[a.Reason]++
		if got, want := (Answer{Reason: a.Reason, Rule: a.Rule}), combined(a); !cmp.Equal(got, want, cmp.AllowUnexported(Answer{})) {
			t.Fatalf("decided is %s by %q, and the rules say %s by %q\n%s%s", got.Reason, got.Rule, want.Reason, want.Rule, rules, strings.Join(a.Ladder(), "\n"))
		}
	}
	for _, code := range []reason.Code{reason.Allowed, reason.PolicyDenied, reason.PolicyNoRule, reason.PolicyUnevaluable, reason.FactsNeeded} {
		if seen[code] == 0 {
			t.Errorf("%s never came out: %v", code, seen)
		}
	}
}

// combined is what the reference says of outcomes: a deny wins, then what cannot
// be evaluated, then what waits and could change something, then the first allow.
func combined(a Answer) Answer {
	first := func(outcome Outcome, effects ...string) string {
		for _, effect := range effects {
			for _, r := range a.Rules {
				if r.Outcome == outcome && r.Effect == effect {
					return r.Rule
				}
			}
		}
		return ""
	}
	denies := first(Waits, "deny") != ""
	for _, r := range a.Rules {
		waits := r.Outcome == Waits && r.Effect == "allow"
		switch {
		case first(True, "deny") != "":
			return Answer{Reason: reason.PolicyDenied, Rule: first(True, "deny")}
		case first(Unevaluable, "allow", "deny") != "":
			return Answer{Reason: reason.PolicyUnevaluable, Rule: first(Unevaluable, "allow", "deny")}
		case waits, r.Outcome == True && denies:
			return Answer{Reason: reason.FactsNeeded}
		case r.Outcome == True:
			return Answer{Reason: reason.Allowed, Rule: r.Rule}
		}
	}
	return Answer{Reason: reason.PolicyNoRule}
}

func TestLadderIsForPeople(t *testing.T) {
	b := bundle(t, "acme", "")
	a, err := Decide(load(t, b), line(t, `{"action":"stripe.refund.create","args":{"charge":"ch_1","amount":10000},`+charge+`}`), someday)
	if err == nil {
		err = a.Trace(b)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := `tool       stripe
action     stripe.refund.create (an effect)
arguments  amount=100.00 USD charge=ch_1
facts      charge.amount=1000.00 USD charge.amount_refunded=0.00 USD charge.currency=USD charge.customer=cus_ada charge.refunded=false
sums       charge_24h=0.00 USD customer_month=0.00 USD
roles      billing-bot has billing, support
limits     calls_per_minute, refunds_per_day
rules      policy.csv:7  false       deny: sums.charge_24h + args.amount > money('500 USD')
           policy.csv:8  false       allow: sums.charge_24h + args.amount <= money('50 USD')
           policy.csv:9  true        allow, hold:billing_leads: sums.charge_24h + args.amount <= money('500 USD')
           policy.csv:11 false       deny: facts.charge.customer != session.customer
result     mediate, allowed by policy.csv:9, lane effect, waits for 1 of billing_leads`
	if diff := cmp.Diff(strings.Split(want, "\n"), a.Ladder()); diff != "" {
		t.Error(diff)
	}
}
