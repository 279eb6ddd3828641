package explain

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExamplesSayWhatTheirPoliciesDo(t *testing.T) {
	for _, name := range []string{"acme", "globex"} {
		b := bundle(t, name, "")
		cases, problems := ReadCases(b.Files[CasesFile])
		if len(problems) > 0 || len(cases) < 4 {
			t.Fatalf("%s: %d cases, %v", name, len(cases), problems)
		}
		for _, c := range cases {
			a, err := c.Decide(load(t, b))
			if err != nil {
				t.Errorf("%s: %s: %v", name, c.Name, err)
			} else if differs := c.Differs(a); len(differs) > 0 {
				t.Errorf("%s: %s: %v", name, c.Name, differs)
			}
		}
	}
}

// Taking any rule out of acme's policy is seen by a case.
func TestExampleCasesSeeEachRule(t *testing.T) {
	whole := bundle(t, "acme", "")
	cases, _ := ReadCases(whole.Files[CasesFile])
	lines := strings.Split(string(whole.Files["policy.csv"]), "\n")
	tried := 0
	for i, text := range lines {
		if !strings.HasPrefix(text, "p, ") {
			continue
		}
		tried++
		without := strings.Join(append(append([]string{}, lines[:i]...), lines[i+1:]...), "\n")
		acme, seen := load(t, bundle(t, "acme", without)), false
		for _, c := range cases {
			a, err := c.Decide(acme)
			seen = seen || err != nil || len(c.Differs(a)) > 0
		}
		if !seen {
			t.Errorf("nobody misses %s", text)
		}
	}
	if tried < 15 {
		t.Errorf("%d rules were tried", tried)
	}
}

func TestMistakesInCases(t *testing.T) {
	const at = "policy_test.yaml: "
	one := func(more string) string { return "cases:\n  - name: a\n    " + more + "\n" }
	for text, want := range map[string]string{
		"":                              at + "cases: must list at least one case",
		"cases: []":                     at + "cases: must list at least one case",
		"cases:\n  - nam: a\n":          at + "line 2: is no setting of this file (got nam)",
		one("method: GET"):              at + "cases[0].expect: must say what comes out: effect, reason, hold, rule, say or hint",
		one("expect: {effect: held}"):   at + "cases[0].expect.effect: must be allow (a read goes on at once), mediate (approvald goes on: an effect, or facts are needed) or deny (got held)",
		one("expect: {reason: denied}"): at + "cases[0].expect.reason: is no reason code (got denied)",
		one("expect: {rule: x}\n  - expect: {rule: x}"):              at + "cases[1].name: is missing",
		one("expect: {rule: x}\n  - name: a\n    expect: {rule: x}"): at + "cases[1].name: is used by another case (got a)",
		"defaults: {path: /x}\n" + one("expect: {rule: x}"):          at + "defaults: are agent, roles, session, facts, sums and now; the call stands in each case",
	} {
		_, problems := ReadCases([]byte(text))
		if diff := cmp.Diff(want, problems.Error()); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// A case takes from the defaults what its call has, field by field, and nothing
// else; what it gives itself must fit.
func TestDefaultsAreThoseOfTheCall(t *testing.T) {
	acme := load(t, bundle(t, "acme", ""))
	const defaults = "defaults:\n  agent: billing-bot\n  session: {ticket: 0012, customer: cus_ada}\n  sums: {charge_24h: 40 USD}\n  facts: {charge: {customer: cus_ada, amount: 100000, amount_refunded: 0, currency: usd, refunded: false}}\ncases:\n"
	cases, problems := ReadCases([]byte(defaults +
		"  - {name: a read, action: stripe.charge.get, args: {charge: ch_1}, expect: {effect: allow}}\n" +
		"  - {name: held, action: stripe.refund.create, args: {charge: ch_1, amount: 4000}, expect: {hold: billing_leads}}\n" +
		"  - {name: of its own, action: stripe.refund.create, args: {charge: ch_1, amount: 4000}, sums: {charge_24h: 0 USD}, expect: {hold: none}}\n" +
		"  - {name: one field, action: stripe.refund.create, args: {charge: ch_1, amount: 4000}, facts: {charge: {customer: cus_bob}}, expect: {reason: policy_denied}}\n" +
		"  - {name: a ticket of digits, action: zendesk.comment.create, args: {ticket: 12, body: Hi}, expect: {reason: policy_no_rule}}\n" +
		"  - {name: of another call, action: stripe.charge.list, args: {customer: cus_ada}, facts: {charge: {}}, expect: {effect: allow}}\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for i, c := range cases {
		a, err := c.Decide(acme)
		switch last := i == len(cases)-1; {
		case last && (err == nil || !strings.Contains(err.Error(), "has no fact")):
			t.Errorf("%s: %v", c.Name, err)
		case !last && (err != nil || len(c.Differs(a)) > 0):
			t.Errorf("%s: %v %v", c.Name, c.Differs(a), err)
		}
	}
}

func TestDiffersNamesEachPart(t *testing.T) {
	c := Case{Expect: Expect{Effect: "allow", Reason: "allowed", Hold: "leads", Rule: "policy.csv:1", Say: "x"}}
	want := []string{
		"effect is deny, expected is allow", "reason is policy_no_rule, expected is allowed",
		"hold is none, expected is leads", "rule is none, expected is policy.csv:1", "say is none, expected is x",
	}
	if diff := cmp.Diff(want, c.Differs(Answer{Effect: "deny", Reason: "policy_no_rule"})); diff != "" {
		t.Error(diff)
	}
	if differs := c.Differs(Answer{Effect: "allow", Reason: "allowed", Hold: &Hold{"leads", 2}, Rule: "policy.csv:1", Say: "x"}); differs != nil {
		t.Error(differs)
	}
}

// Where a rule stands is no difference, and what follows from another one is
// not said again.
func TestCompare(t *testing.T) {
	allowed := Answer{Effect: "mediate", Reason: "allowed", Rule: "policy.csv:1", Lane: "effect", Limits: []string{"a"}}
	moved, held, limited, denied := allowed, allowed, allowed, Answer{Effect: "deny", Reason: "policy_denied", Say: "No."}
	moved.Rule, held.Hold, limited.Limits = "policy.csv:9", &Hold{"leads", 2}, []string{"a", "b"}
	for name, tt := range map[string]struct {
		after Answer
		want  []Difference
	}{
		"the same": {allowed, nil},
		"moved":    {moved, nil},
		"held":     {held, []Difference{{"hold", "none", "2 of leads"}}},
		"limited":  {limited, []Difference{{"limits", "a", "a, b"}}},
		"denied":   {denied, []Difference{{"effect", "mediate", "deny"}, {"reason", "allowed", "policy_denied"}, {"say", "none", "No."}}},
	} {
		if diff := cmp.Diff(tt.want, Compare(allowed, tt.after)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What the reference shows is a file that can be read, and its case comes out.
func TestReferenceShowsCasesThatComeOut(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "```yaml\n")
	block, _, _ = strings.Cut(block, "```\n")
	cases, problems := ReadCases([]byte(block))
	if len(problems) > 0 || len(cases) != 1 {
		t.Fatalf("%d cases, %v", len(cases), problems)
	}
	if a, err := cases[0].Decide(load(t, bundle(t, "acme", ""))); err != nil || len(cases[0].Differs(a)) > 0 {
		t.Errorf("%v %v", cases[0].Differs(a), err)
	}
}
