package desk

import (
	"testing"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/policy"
)

// A condition is said in a card's words, and nothing of it is left out.
func TestConditionInWords(t *testing.T) {
	for condition, want := range map[string]string{
		"sums.charge_24h + args.amount <= money('500 USD')":                         "sum charge_24h + amount ≤ 500 USD",
		"facts.charge.customer != session.customer && !args.public":                 "charge.customer ≠ the conversation's customer and not public",
		`args.body == 'a && b != "c"' || args.ticket == session.ticket`:             `body = 'a && b != "c"' or ticket = the conversation's ticket`,
		`args.body.contains('it\'s args.x')`:                                        `body.contains('it\'s args.x')`,
		"args.limit <= 500":                                                         "limit ≤ 500",
		"args.amount > money(args.currency) && args.x == 'money('":                  "amount > money(currency) and x = 'money('",
		"args.amount > money('5 USD' + 'x')":                                        "amount > money('5 USD' + 'x')",
		"args.body == 'it never ends":                                               "body = 'it never ends",
		"args.body == '\u202e'":                                                     `body = '\u202e'`,
		"now.getHours() >= 9 && (args.a == 1 || args.a == 2) && has(facts.order.x)": "now.getHours() ≥ 9 and (a = 1 or a = 2) and has(order.x)",
	} {
		if got := inWords(condition); got != want {
			t.Errorf("%s: %q, want %q", condition, got, want)
		}
	}
}

// It is said why people are asked, as far as it is known.
func TestBecause(t *testing.T) {
	held := policy.Rule{Role: "billing", Action: "stripe.refund.create", Condition: "args.amount > money('50 USD')", Obligations: policy.Obligations{Hold: &policy.Hold{Group: "leads", Votes: 1}}}
	free := held
	free.Obligations.Hold = nil
	always := held
	always.Condition = "true"
	waits := ledger.Intent{Hold: &policy.Hold{Group: "leads|managers"}}
	again := waits
	again.Earlier = "int_1"
	for name, c := range map[string]struct {
		intent ledger.Intent
		rule   policy.Rule
		known  bool
		want   string
	}{
		"a rule":                  {waits, held, true, "Agents with the role billing need the approval of leads or managers for stripe.refund.create, where amount > 50 USD."},
		"a rule for all":          {waits, always, true, "Agents with the role billing need the approval of leads or managers for stripe.refund.create."},
		"other files by now":      {waits, policy.Rule{}, false, ""},
		"a repetition":            {again, free, true, "The same was done before, so leads or managers decide whether it is done again."},
		"a repetition that waits": {again, held, true, "Agents with the role billing need the approval of leads or managers for stripe.refund.create, where amount > 50 USD."},
		"nobody is asked":         {ledger.Intent{}, held, true, ""},
	} {
		if got := because(c.intent, c.rule, c.known); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// In Chinese its own words are Chinese, and names and what stands in quotes as they are.
func TestConditionInChinese(t *testing.T) {
	c, err := readCatalogue(words)
	if err != nil {
		t.Fatal(err)
	}
	for condition, want := range map[string]string{
		"sums.charge_24h + args.amount <= money('500 USD')":                    "累计 charge_24h + amount ≤ 500 USD",
		"facts.charge.customer != session.customer && !args.public":            "charge.customer ≠ 本会话的客户 且 非 public",
		`args.body == 'this and that or not' || args.ticket == session.ticket`: `body = 'this and that or not' 或 ticket = 本会话的工单`,
		`args.body.contains('it\'s or ') || (!args.author && args.major)`:      `body.contains('it\'s or ') 或 (非 author 且 major)`,
		"args.body == 'it never ends or ":                                      "body = 'it never ends or ",
	} {
		if got := inChinese(inWords(condition)); got != want {
			t.Errorf("%s: %q, want %q", condition, got, want)
		}
	}
	got := c.chinese("Agents with the role billing need the approval of leads or managers for stripe.refund.create, where a > 1 or b = 'x or y'.")
	if want := "角色为 billing 的代理须经 leads 或 managers 批准才能执行 stripe.refund.create，条件：a > 1 或 b = 'x or y'。"; got != want {
		t.Errorf("got %s", got)
	}
}
