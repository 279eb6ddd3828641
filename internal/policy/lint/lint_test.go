package lint

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/policy"
)

// The usual rules about a refund, by what they sum up.
const (
	once  = "p, billing, stripe.refund.create, sums.day + args.amount <= money('50 USD'), allow, once\n"
	hold  = "p, billing, stripe.refund.create, sums.day + args.amount <= money('500 USD'), allow, hold:leads\n"
	above = "p, billing, stripe.refund.create, sums.day + args.amount > money('500 USD'), deny, -\n"
	bot   = "g, bot, billing\n"
)

// check lints rules about the shipped catalogs.
func check(t *testing.T, rules string) Report {
	t.Helper()
	report, _ := checked(t, rules)
	return report
}

func checked(t *testing.T, rules string) (Report, Source) {
	t.Helper()
	var actions []*action.Action
	for _, name := range action.ShippedNames() {
		data, _ := action.Shipped(name)
		catalog, problems := action.Compile(name, data)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		actions = append(actions, catalog.Actions()...)
	}
	sums := []string{"day"}
	engine, problems := policy.Compile(policy.Source{Policy: []byte(rules), Actions: actions, Sums: sums, Groups: []string{"leads", "directors"}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	source := Source{Tenant: "acme", Engine: engine, File: []byte(rules), Actions: actions, Sums: sums, People: func(group string) (int, bool) {
		return 2, group == "leads"
	}}
	return Check(source), source
}

func TestAmountsAreSaidInWords(t *testing.T) {
	const refund = "billing: stripe.refund.create: "
	for name, tt := range map[string]struct {
		rules string
		want  []string
	}{
		"three bands":          {once + hold + above, []string{refund + "up to 50 USD at once, 50 to 500 USD waits for leads, above refused"}},
		"nothing said above":   {once + hold, []string{refund + "up to 50 USD at once, 50 to 500 USD waits for leads, above refused"}},
		"two people":           {strings.Replace(hold, "leads", "leads:2", 1), []string{refund + "up to 500 USD waits for 2 of leads, above refused"}},
		"less than":            {strings.Replace(once, "<=", "<", 1), []string{refund + "up to 49.99 USD at once, above refused"}},
		"one rule for all":     {"p, billing, stripe.refund.create, true, allow, -\n", []string{refund + "any amount at once"}},
		"only denied":          {"p, billing, stripe.refund.create, true, deny, -\n", []string{refund + "any amount refused"}},
		"two currencies":       {"p, billing, stripe.refund.create, facts.charge.currency == 'USD' && sums.day + args.amount <= money('50 USD'), allow, once\n" + "p, billing, stripe.refund.create, facts.charge.currency == 'JPY' && sums.day + args.amount <= money('7000 JPY'), allow, once\n", []string{refund + "up to 7000 JPY at once if facts.charge.currency=='JPY', above refused", refund + "up to 50 USD at once if facts.charge.currency=='USD', above refused"}},
		"a bound put together": {"p, billing, stripe.refund.create, sums.day + args.amount + money('10 USD') <= money('50 USD'), allow, once\n", []string{refund + "up to 40 USD at once, above refused"}},
		"bounds put together beyond all names": {
			"p, billing, stripe.refund.create, sums.day + args.amount > money('100 USD') + money('20 USD') && sums.day + args.amount <= money('100 USD') + money('30 USD'), allow, once\n",
			[]string{refund + "up to 120 USD refused, 120 to 130 USD at once, above refused"},
		},
		"bounds of three amounts": {
			"p, billing, stripe.refund.create, sums.day + args.amount + money('1 USD') + money('10 USD') <= money('50 USD'), allow, once\n" +
				"p, billing, stripe.refund.create, sums.day + args.amount + money('1 USD') + money('10 USD') <= money('50.50 USD'), allow, hold:leads\n",
			[]string{refund + "up to 39 USD at once, 39 to 39.50 USD waits for leads, above refused"},
		},
		"a bound by a fact":   {"p, billing, stripe.refund.create, facts.charge.customer == session.customer && sums.day + args.amount <= money('50 USD'), allow, once\n", []string{refund + "up to 50 USD at once if facts.charge.customer==session.customer, above refused"}},
		"a text is asked for": {"p, billing, stripe.refund.create, args.reason == 'duplicate' && session.ticket == '7' && sums.day + args.amount <= money('50 USD'), allow, once\n", []string{refund + "up to 50 USD at once if args.reason=='duplicate' and session.ticket=='7', above refused"}},
		"two texts at once": {"p, billing, stripe.refund.create, args.reason == 'fraudulent' && args.charge == 'ch_1' && session.customer == 'cus_x' && sums.day + args.amount <= money('50 USD'), allow, once\n", []string{
			refund + "up to 50 USD at once if args.reason=='fraudulent' and args.charge=='ch_1' and session.customer=='cus_x', above refused",
		}},
		"several kinds at once": {"p, billing, stripe.refund.create, facts.charge.refunded && session.ticket == '8' && facts.charge.currency == 'USD' && !(session.customer == 'cus_x') && sums.day + args.amount <= money('50 USD'), allow, hold:leads\n", []string{
			refund + "up to 50 USD waits for leads if facts.charge.refunded and session.ticket=='8' and facts.charge.currency=='USD' and !(session.customer=='cus_x'), above refused",
		}},
		"most of what two rules ask for": {strings.Replace(once, "sums", "session.ticket == '7' && session.customer == 'cus_x' && sums", 1) + strings.Replace(hold, "sums", "session.ticket == '8' && session.customer == 'cus_y' && sums", 1), []string{
			refund + "up to 500 USD waits for leads if session.ticket=='8' and session.customer=='cus_y', above refused",
			refund + "up to 50 USD at once if session.ticket=='7' and session.customer=='cus_x', above refused",
		}},
		"what a rule means that says the same in other words": {once + "p, billing, stripe.refund.create, !(sums.day + args.amount > money('20 USD')), allow, once\n", []string{
			refund + "up to 50 USD at once, above refused; under which circumstances policy.csv:2 allows was not found",
		}},
		"what another role's rule covers": {"p, lead, stripe.refund.create, sums.day + args.amount <= money('900 USD'), allow, once\n" + once + "g, bot, lead\n", []string{
			"lead: stripe.refund.create: up to 900 USD at once, above refused", refund + "up to 50 USD at once, above refused", "bot: stripe.refund.create: up to 900 USD at once, above refused",
		}},
		"circumstances that are not found": {"p, billing, stripe.refund.create, session.ticket.matches('^7+$') && session.customer.matches('^c+$') && sums.day + args.amount <= money('50 USD'), allow, once\n", []string{
			refund + "any amount refused; under which circumstances policy.csv:1 allows was not found",
		}},
		"never whatever is tried": {strings.Replace(once, "sums", "session.ticket == '7' && session.ticket == '8' && sums", 1), []string{refund + "any amount refused"}},
		"something excepted":      {once + "p, billing, stripe.refund.create, facts.charge.refunded, deny, -\n", []string{refund + "up to 50 USD at once, above refused; refused when facts.charge.refunded"}},
		"whoever has two roles": {once + "p, lead, stripe.refund.create, sums.day + args.amount <= money('900 USD'), allow, once\ng, bot, lead\n", []string{
			refund + "up to 50 USD at once, above refused", "lead: stripe.refund.create: up to 900 USD at once, above refused", "bot: stripe.refund.create: up to 900 USD at once, above refused",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, a := range check(t, tt.rules+bot).Amounts {
				got = append(got, a.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFindings(t *testing.T) {
	const (
		get      = "p, billing, stripe.charge.get, "
		wide     = "p, billing, stripe.refund.create, true, allow, once\n"
		strictly = "p, billing, stripe.refund.create, sums.day + args.amount <= money('500 USD') && session.ticket == '7', allow, hold:leads\n"
	)
	for name, tt := range map[string]struct {
		rules string
		want  []string
	}{
		"nothing is wrong": {once + hold + above + get + "true, allow, -\n", nil},
		"a hold below a wide allow": {wide + hold, []string{
			"policy.csv:2: error: nobody is asked: policy.csv:1 allows the same before it with less; put it above line 1, or narrow that rule",
		}},
		"a hold below a wider allow": {strings.Replace(once, "50 USD", "600 USD", 1) + strictly, []string{
			"policy.csv:2: error: nobody is asked: policy.csv:1 allows the same before it with less; put it above line 1, or narrow that rule",
		}},
		"two people below one": {hold + strings.Replace(hold, "leads", "leads:2", 1), []string{
			"policy.csv:2: error: fewer people are asked: policy.csv:1 allows the same before it with less; put it above line 1, or narrow that rule",
		}},
		"a hold that begins below an allow's end": {strings.Replace(once, "50 USD", "100 USD", 1) + strings.Replace(hold, "sums.day", "sums.day + args.amount >= money('50 USD') && sums.day", 1), []string{
			"policy.csv:2: error: from 50 USD to 100 USD needs less than it says: policy.csv:1 allows that before it; let one of the two begin where the other one ends",
		}},
		"a hold that begins there, of one ticket": {strings.Replace(once, "50 USD", "100 USD", 1) + strings.Replace(hold, "sums.day", "session.ticket == '7' && sums.day + args.amount > money('50 USD') && sums.day", 1), []string{
			"policy.csv:2: error: from 50.01 USD to 100 USD needs less than it says: policy.csv:1 allows that before it; let one of the two begin where the other one ends",
		}},
		"an allow of one ticket below a hold's begin": {strings.Replace(once, "sums.day + args.amount <= money('50", "session.ticket == '7' && sums.day + args.amount <= money('100", 1) + strings.Replace(hold, "sums.day", "sums.day + args.amount >= money('50 USD') && sums.day", 1), nil},
		"a hold that begins where an allow ends":      {once + strings.Replace(hold, "sums.day", "sums.day + args.amount > money('50 USD') && sums.day", 1), nil},
		"a hold above what it overlaps":               {strings.Replace(hold, "sums.day", "sums.day + args.amount >= money('50 USD') && sums.day", 1) + strings.Replace(once, "50 USD", "100 USD", 1), nil},
		"a deny that begins below an allow's end": {strings.Replace(above, "500 USD", "80 USD", 1) + strings.Replace(once, "50 USD", "100 USD", 1), []string{
			"policy.csv:2: warning: from 80.01 USD to 100 USD is denied by policy.csv:1, and a deny always wins; let this rule end where the deny begins, or narrow the deny",
		}},
		"a deny in euros": {strings.Replace(above, "500 USD", "80 EUR", 1) + "p, billing, stripe.refund.create, facts.charge.currency == 'USD' && sums.day + args.amount <= money('100 USD'), allow, once\n", []string{
			"policy.csv:1: error: billing: stripe.refund.create: any amount is refused because this condition cannot be evaluated there; ask for the currency before the amount, and only for what the call has",
		}},
		"a bound from the other side": {once + "p, billing, stripe.refund.create, money('20 USD') >= sums.day + args.amount, allow, hold:leads\n", []string{
			"policy.csv:2: error: nobody is asked: policy.csv:1 allows the same before it with less; put it above line 1, or narrow that rule",
		}},
		"bounds from both sides that exclude each other": {"p, billing, stripe.refund.create, money('50 USD') < sums.day + args.amount && sums.day + args.amount <= money('50 USD'), allow, once\n", []string{
			"policy.csv:1: error: its condition is never true: money('50 USD')<sums.day+args.amount and sums.day+args.amount<=money('50 USD') exclude each other; mend the condition, or take the rule out",
		}},
		"more votes than people": {strings.Replace(hold, "leads", "leads:3", 1), []string{
			"policy.csv:1: error: can never be approved: it waits for 3 of leads, which has 2; ask for fewer votes, or give the group more people in people.yaml",
		}},
		"votes of a group that others fill": {strings.Replace(hold, "leads", "directors:3", 1), nil},
		"other people below one": {hold + strings.Replace(hold, "leads", "directors", 1), []string{
			"policy.csv:2: error: is never reached: policy.csv:1 matches all that it matches, and stands before it; put it above line 1, or take it out",
		}},
		"a hold below an allow of another role": {"p, support, stripe.refund.create, true, allow, once\n" + hold + "g, bot, support\n", []string{
			"policy.csv:2: error: nobody is asked when bot calls: policy.csv:1 allows the same before it with less; put it above line 1, or narrow that rule",
		}},
		"the same roles at two agents": {"p, support, stripe.refund.create, true, allow, once\n" + hold + "g, other, support\n", nil},
		"a wide allow below a hold": {hold + wide, []string{
			"policy.csv:2: error: billing: stripe.refund.create: above 500 USD needs less than up to 500 USD (policy.csv:1); bound this rule below that amount, or hold for it too",
		}},
		"a smaller bound below a larger": {hold + once, []string{
			"policy.csv:2: error: is never reached: policy.csv:1 matches all that it matches, and stands before it; put it above line 1, or take it out",
		}},
		"a rule twice": {get + "true, allow, -\n" + get + "session.ticket == '1', allow, -\n", []string{
			"policy.csv:2: error: is never reached: policy.csv:1 matches all that it matches, and stands before it; put it above line 1, or take it out",
		}},
		"a pattern over a name": {"p, billing, stripe.charge.*, true, allow, -\n" + get + "true, allow, -\n", []string{
			"policy.csv:2: error: is never reached: policy.csv:1 matches all that it matches, and stands before it; put it above line 1, or take it out",
		}},
		"a name before a pattern": {get + "true, allow, -\np, billing, stripe.charge.*, true, allow, -\n", nil},
		"an inherited role": {"p, support, stripe.charge.get, true, allow, -\n" + get + "true, allow, -\ng, billing, support\n", []string{
			"policy.csv:2: error: is never reached: policy.csv:1 matches all that it matches, and stands before it; put it above line 1, or take it out",
		}},
		"a deny over an allow": {get + "session.ticket == '1' && args.charge == 'ch_1', allow, -\n" + get + "args.charge=='ch_1', deny, -\n", []string{
			"policy.csv:1: error: contradicts policy.csv:2, which denies all that it allows, and a deny always wins; narrow the deny, or take the allow out",
		}},
		"a deny of some": {get + "true, allow, -\n" + get + "args.charge == 'ch_1', deny, -\n", nil},
		"a deny twice": {get + "true, allow, -\n" + get + "args.charge == 'ch_1', deny, -\n" + get + "args.charge == 'ch_1' && session.ticket == '1', deny, -\n", []string{
			"policy.csv:3: warning: denies nothing that policy.csv:2 does not deny; take one of the two out",
		}},
		"two texts at once": {get + "args.charge == 'ch_1' && args.charge == 'ch_2', allow, -\n", []string{
			"policy.csv:1: error: its condition is never true: args.charge=='ch_1' and args.charge=='ch_2' exclude each other; mend the condition, or take the rule out",
		}},
		"a deny that is never true": {get + "true, allow, -\n" + get + "false, deny, -\n", []string{
			"policy.csv:2: error: its condition is never true; mend the condition, or take the rule out",
		}},
		"bounds that do not meet": {once + "p, billing, stripe.refund.create, sums.day + args.amount > money('90 USD') && sums.day + args.amount < money('60 USD'), allow, hold:leads\n", []string{
			"policy.csv:2: error: its condition is never true: sums.day+args.amount>money('90 USD') and sums.day+args.amount<money('60 USD') exclude each other; mend the condition, or take the rule out",
		}},
		"a gap": {once + "p, billing, stripe.refund.create, sums.day + args.amount >= money('60 USD') && sums.day + args.amount <= money('500 USD'), allow, hold:leads\n", []string{
			"policy.csv:2: error: billing: stripe.refund.create: no rule speaks about 50 to 59.99 USD, between amounts that are allowed; let this rule begin where policy.csv:1 ends",
		}},
		"a currency that is not asked for": {"p, billing, stripe.refund.create, sums.day + args.amount <= money('50 USD'), allow, once\n" + "p, billing, stripe.refund.create, facts.charge.currency == 'EUR' && sums.day + args.amount <= money('40 EUR'), allow, once\n", []string{
			"policy.csv:1: error: billing: stripe.refund.create: any amount is refused because this condition cannot be evaluated there; ask for the currency before the amount, and only for what the call has",
		}},
		"two currencies in one rule": {"p, billing, stripe.refund.create, sums.day + args.amount <= money('50 USD') && sums.day + args.amount <= money('50 EUR'), allow, once\n", []string{
			"policy.csv:1: error: its condition is never true: sums.day+args.amount<=money('50 USD') and sums.day+args.amount<=money('50 EUR') exclude each other; mend the condition, or take the rule out",
		}},
		"more is allowed than less": {"p, billing, stripe.refund.create, sums.day + args.amount < money('50 USD'), deny, -\n" + wide, []string{
			"policy.csv:2: warning: billing: stripe.refund.create: above 49.99 USD is allowed, and the smaller up to 49.99 USD is denied (policy.csv:1); turn the comparison round if that is not meant",
		}},
		"fewer people for more": {strings.Replace(hold, "leads", "leads:2", 1) + "p, billing, stripe.refund.create, true, allow, hold:leads\n", []string{
			"policy.csv:2: error: billing: stripe.refund.create: above 500 USD needs less than up to 500 USD (policy.csv:1); bound this rule below that amount, or hold for it too",
		}},
		"other people for more":             {hold + "p, billing, stripe.refund.create, true, allow, hold:directors\n", nil},
		"an alternative is not looked into": {get + "session.ticket == '1' || session.ticket == '2', allow, -\n" + get + "session.ticket == '1', allow, -\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range check(t, tt.rules+bot).Findings {
				got = append(got, strings.Replace(f.String(), fmt.Sprintf(":%d:%d: ", f.Line, f.Column), fmt.Sprintf(":%d: ", f.Line), 1))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A finding points at the rule's condition, however the line is spelled.
func TestFindingNamesTheColumn(t *testing.T) {
	for line, want := range map[string]int{
		"p, billing, stripe.charge.get, false, allow, -":                  32,
		"p,billing,stripe.charge.get,false,allow,-":                       29,
		"  p, billing, stripe.charge.get, false, allow, -":                34,
		`p, billing, stripe.charge.get, "1 in [1, 2] && false", allow, -`: 32,
	} {
		findings := check(t, line+"\n"+bot).Findings
		if len(findings) != 1 || findings[0].Column != want || !strings.HasPrefix(findings[0].String(), fmt.Sprintf("policy.csv:1:%d: error: ", want)) {
			t.Errorf("%s: %v, want column %d", line, findings, want)
		}
	}
}

func TestPartsOfACondition(t *testing.T) {
	for condition, want := range map[string][]string{
		"true":                              nil,
		"a == 'x && y' && b":                {"a=='x && y'", "b"},
		`a == 'it\'s && so' && b`:           {`a=='it\'s && so'`, "b"},
		"(a && b) && c":                     {"(a&&b)", "c"},
		"a && b || c":                       {"a&&b||c"},
		"a ? b : c && d":                    {"a?b:c&&d"},
		"a in ['1', '2']  &&  true && !(b)": {"a in['1','2']", "!(b)"},
		"a == 'x  y'":                       {"a=='x  y'"},
	} {
		if diff := cmp.Diff(want, parts(condition)); diff != "" {
			t.Errorf("%s: %s", condition, diff)
		}
	}
}

// A wrong "always" would send somebody to take out a rule that is needed.
func TestImpliesNeverSaysSoWrongly(t *testing.T) {
	const sum = "s+a"
	for name, tt := range map[string]struct {
		a, b []string
		want bool
	}{
		"anything implies nothing":   {[]string{"x"}, nil, true},
		"nothing implies something":  {nil, []string{"x"}, false},
		"more implies less":          {[]string{"x", "y"}, []string{"y"}, true},
		"less does not imply more":   {[]string{"y"}, []string{"x", "y"}, false},
		"a tighter bound":            {[]string{sum + "<=money('50 USD')"}, []string{sum + "<=money('500 USD')"}, true},
		"a wider bound":              {[]string{sum + "<=money('500 USD')"}, []string{sum + "<=money('50 USD')"}, false},
		"the other side":             {[]string{sum + ">money('50 USD')"}, []string{sum + "<=money('500 USD')"}, false},
		"just below":                 {[]string{sum + "<money('50 USD')"}, []string{sum + "<=money('49.99 USD')"}, true},
		"at it":                      {[]string{sum + "<=money('50 USD')"}, []string{sum + "<money('50 USD')"}, false},
		"a tighter bound from below": {[]string{sum + ">money('50 USD')"}, []string{sum + ">=money('50.01 USD')"}, true},
		"of something else":          {[]string{"a<=money('50 USD')"}, []string{sum + "<=money('500 USD')"}, false},
		"in another currency":        {[]string{sum + "<=money('50 USD')"}, []string{sum + "<=money('500 EUR')"}, false},
	} {
		if got := implies(readParts(tt.a), readParts(tt.b)); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A policy of some hundred rules, each about a customer of its own, is linted
// while somebody waits for it.
func TestLargePolicyIsLinted(t *testing.T) {
	var rules strings.Builder
	for i := range 100 {
		rules.WriteString(strings.ReplaceAll("p, billing, stripe.refund.create, session.customer == 'cus_N' && sums.day + args.amount <= money('N USD'), allow, once\n", "N", strconv.Itoa(i+1)))
	}
	began := time.Now()
	report := check(t, rules.String()+bot)
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it takes %s", took)
	}
	if len(report.Findings) != 0 || len(report.Amounts) != 1 {
		t.Errorf("got %d findings, %d amounts", len(report.Findings), len(report.Amounts))
	}
}
