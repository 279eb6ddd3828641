package explain

import (
	"slices"
	"strings"
	"testing"
)

// Amounts of a tool that has them in major units are asked about as it spells them.
func TestMajorUnits(t *testing.T) {
	b := bundle(t, "acme", "p, billing, pay.out, args.amount > money('20 USD'), deny, -\np, billing, pay.out, true, allow, once\ng, billing-bot, billing\n")
	for file, more := range map[string]string{
		"tools.yaml": "  - {name: pay, catalog: pay, origin: 'https://pay.example', credential: {secret: pay_key, scheme: bearer}}\n",
		"catalogs/pay.yaml": `name: pay
dialect: problem
max_body: 4KiB
outcomes: {applied: {status: [201]}, not_applied: {status: [404]}}
actions:
  - {name: pay.get, summary: Read, method: GET, path: /account}
  - name: pay.out
    summary: Pay {amount}
    effect: true
    method: POST
    path: /pay
    body: json
    params:
      - {name: amount, kind: money, unit: major, quoted: true, currency: args.currency, required: true, safe: true}
      - {name: currency, kind: enum, values: [USD, JPY], absent: USD}
    facts:
      - {name: account, action: pay.get, fields: [{name: balance, kind: money, unit: major, quoted: true, currency: currency}, {name: currency, kind: currency}]}
    business_key: [args.amount]
`,
	} {
		b.Files[file] = append(slices.Clone(b.Files[file]), more...)
	}
	delete(b.Files, CasesFile)
	acme := load(t, b)
	const facts = `,"facts":{"account":{"balance":"100.50","currency":"USD"}}`
	for ask, want := range map[string]string{
		`"args":{"amount":"12.5"}`:                    "amount=12.50 USD",
		`"args":{"amount":12.5}` + facts:              "account.balance=100.50 USD",
		`"args":{"amount":"20.01"}`:                   "deny, policy_denied",
		`"args":{"amount":"1250","currency":"JPY"}`:   "amount=1250 JPY",
		`"args":{"amount":"12.505"}`:                  "args.amount must be an amount in USD with at most 2 decimals as 12.50, from 0.00, written plainly",
		`"args":{"amount":"12.5","currency":"JPY"}`:   "args.amount must be an amount in JPY without decimals as 1250, from 0, written plainly",
		`"args":{"amount":"12.5","currency":"XXX"}`:   "args.amount must be an amount beside its currency, which currency says",
		`"args":{"amount":["12.5"],"currency":"USD"}`: "args.amount must be an amount in USD",
	} {
		var got string
		if a, err := Decide(acme, line(t, `{"action":"pay.out",`+ask+`}`), someday); err != nil {
			got = err.Error()
		} else {
			got = strings.Join(a.Ladder(), "\n")
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s is\n%s\nwant %s", ask, got, want)
		}
	}
}
