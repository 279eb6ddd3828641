package action

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/reason"
)

// majorYAML has amounts in major units, in every place where a currency may be said.
const majorYAML = `
name: orders
dialect: problem
max_body: 4KiB
currencies_refused: [ISK]
outcomes: {applied: {status: [201]}, not_applied: {status: [404]}}
actions:
  - {name: orders.order.get, summary: Read, method: GET, path: '/o/{order}', params: [{name: order, kind: id}]}
  - name: orders.pay
    summary: Pay {amount}
    effect: true
    method: POST
    path: /pay
    body: json
    params:
      - {name: amount, kind: money, unit: major, quoted: true, currency: args.currency, at: amount.value, required: true, safe: true, min: 1, max: 100000}
      - {name: currency, kind: enum, values: [USD, jpy, KWD], at: amount.currency_code, absent: USD}
    business_key: [args.amount]
  - name: orders.credit
    summary: Credit {amount}
    effect: true
    method: POST
    path: /credit
    body: form
    params:
      - {name: amount, kind: money, unit: major, currency: KWD, min: 500, max: 2000, absent: "1.25", safe: true}
    business_key: [args.amount]
  - name: orders.refund
    summary: Refund {amount} of {order}
    effect: true
    method: POST
    path: /o/{order}/refunds
    body: json
    params:
      - {name: order, kind: id, safe: true}
      - {name: amount, kind: money, unit: major, decimals: 2, currency: facts.order.currency, min: 1, safe: true, absent: facts.order.total - facts.order.refunded}
    facts:
      - name: order
        action: orders.order.get
        args: {order: args.order}
        fields:
          - {name: total, kind: money, unit: major, currency: currency, quoted: true}
          - {name: refunded, kind: money, unit: major, currency: currency}
          - {name: fee, kind: money, currency: currency, optional: true}
          - {name: currency, kind: currency}
    business_key: [args.order, args.amount]
`

func sentMajor(t *testing.T, path, body string) (Call, *Action, *Mismatch) {
	t.Helper()
	mediaType := "application/json"
	if !strings.HasPrefix(body, "{") {
		mediaType = form
	}
	return compiled(t, majorYAML).Match(Request{Method: "POST", Path: path, Header: []Header{{"content-type", mediaType}}, Body: []byte(body)})
}

// Amounts in major units are read exactly, as minor units; what the tool gets is in
// major units again, with all decimals of the currency.
func TestMajorUnits(t *testing.T) {
	for name, tc := range map[string]struct {
		path, body string
		want       Value
		again      string
	}{
		"dollars":              {"/pay", `{"amount":{"value":"12.50","currency_code":"USD"}}`, Value{Kind: Money, Int: 1250, Text: "USD"}, `{"amount":{"value":"12.50","currency_code":"USD"}}`},
		"one decimal":          {"/pay", `{"amount":{"currency_code":"USD","value":"12.5"}}`, Value{Kind: Money, Int: 1250, Text: "USD"}, `{"amount":{"value":"12.50","currency_code":"USD"}}`},
		"whole dollars":        {"/pay", `{"amount":{"value":"12"}}`, Value{Kind: Money, Int: 1200, Text: "USD"}, `{"amount":{"value":"12.00","currency_code":"USD"}}`},
		"a cent":               {"/pay", `{"amount":{"value":"0.01"}}`, Value{Kind: Money, Int: 1, Text: "USD"}, `{"amount":{"value":"0.01","currency_code":"USD"}}`},
		"the most":             {"/pay", `{"amount":{"value":"1000"}}`, Value{Kind: Money, Int: 100000, Text: "USD"}, `{"amount":{"value":"1000.00","currency_code":"USD"}}`},
		"yen":                  {"/pay", `{"amount":{"value":"1250","currency_code":"jpy"}}`, Value{Kind: Money, Int: 1250, Text: "JPY"}, `{"amount":{"value":"1250","currency_code":"jpy"}}`},
		"dinars":               {"/pay", `{"amount":{"value":"1.25","currency_code":"KWD"}}`, Value{Kind: Money, Int: 1250, Text: "KWD"}, `{"amount":{"value":"1.250","currency_code":"KWD"}}`},
		"one currency":         {"/credit", "amount=1.005", Value{Kind: Money, Int: 1005, Text: "KWD"}, "amount=1.005"},
		"absent":               {"/credit", "", Value{Kind: Money, Int: 1250, Text: "KWD"}, "amount=1.250"},
		"a number of a fact's": {"/o/o1/refunds", `{"amount":12.5}`, Value{Kind: Money, Int: 1250}, `{"amount":12.50}`},
		"no float":             {"/o/o1/refunds", `{"amount":90071992547409.93}`, Value{Kind: Money, Int: 9007199254740993}, `{"amount":90071992547409.93}`},
	} {
		call, a, mismatch := sentMajor(t, tc.path, tc.body)
		if mismatch != nil {
			t.Errorf("%s: %+v", name, mismatch)
			continue
		}
		if diff := cmp.Diff(tc.want, call.Args["amount"]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		again, err := compiled(t, majorYAML).Build(a.Name, call.Args)
		if err != nil || string(again.Body) != tc.again {
			t.Errorf("%s is sent as %s, %v", name, again.Body, err)
		}
		holds(t, compiled(t, majorYAML), call)
	}
}

// What is no amount of the currency is refused, never rounded, and the hint says what
// would be one.
func TestMajorUnitsAreRefused(t *testing.T) {
	const dollars, yen = "an amount in USD with at most 2 decimals as 12.50, from 0.01 to 1000.00, written plainly", "an amount in JPY without decimals as 1250, from 1 to 100000, written plainly"
	pay := func(value, code string) string {
		return `{"amount":{"value":` + value + `,"currency_code":"` + code + `"}}`
	}
	for name, tc := range map[string]struct{ path, body, hint string }{
		"too many decimals":     {"/pay", pay(`"12.505"`, "USD"), dollars},
		"a zero too many":       {"/pay", pay(`"12.500"`, "USD"), dollars},
		"decimals of yen":       {"/pay", pay(`"12.50"`, "jpy"), yen},
		"zeros of yen":          {"/pay", pay(`"12.0"`, "jpy"), yen},
		"four of a dinar":       {"/pay", pay(`"1.2505"`, "KWD"), "an amount in KWD with at most 3 decimals as 1.250, from 0.001 to 100.000, written plainly"},
		"below the least":       {"/pay", pay(`"0.00"`, "USD"), dollars},
		"above the most":        {"/pay", pay(`"1000.01"`, "USD"), dollars},
		"negative":              {"/pay", pay(`"-1.00"`, "USD"), dollars},
		"an exponent":           {"/pay", pay(`"1e2"`, "USD"), dollars},
		"a comma":               {"/pay", pay(`"12,50"`, "USD"), dollars},
		"a leading zero":        {"/pay", pay(`"012.50"`, "USD"), dollars},
		"nothing before":        {"/pay", pay(`".50"`, "USD"), dollars},
		"nothing behind":        {"/pay", pay(`"12."`, "USD"), dollars},
		"a space":               {"/pay", pay(`" 12.50"`, "USD"), dollars},
		"other digits":          {"/pay", pay(`"１２.50"`, "USD"), dollars},
		"nothing":               {"/pay", pay(`""`, "USD"), dollars},
		"too large":             {"/pay", pay(`"92233720368547758.08"`, "USD"), dollars},
		"a number for a text":   {"/pay", pay(`12.50`, "USD"), "an amount as 12.50, with no more decimals than its currency has, written plainly"},
		"of one currency":       {"/credit", "amount=0.4", "an amount with at most 3 decimals as 1.250, from 0.500 to 2.000, written plainly"},
		"a float's own":         {"/o/o1/refunds", `{"amount":0.30000000000000004}`, "an amount with at most 2 decimals as 12.50, from 0.01, written plainly"},
		"a number's exponent":   {"/o/o1/refunds", `{"amount":1.25e1}`, "an amount with at most 2 decimals as 12.50, from 0.01, written plainly"},
		"a text for the number": {"/o/o1/refunds", `{"amount":"12.50"}`, "an amount with at most 2 decimals as 12.50, from 0.01, written plainly"},
	} {
		call, _, mismatch := sentMajor(t, tc.path, tc.body)
		if want := (&Mismatch{Reason: reason.InputInvalid, Field: "amount", Hint: tc.hint}); !cmp.Equal(want, mismatch) {
			t.Errorf("%s: %v %s", name, call.Args, cmp.Diff(want, mismatch))
		}
	}
}

// A fact's amounts are minor units too. Of a currency with other decimals than the
// catalog says nothing is sent.
func TestMajorUnitsOfFacts(t *testing.T) {
	c := compiled(t, majorYAML)
	a, _ := c.Action("orders.refund")
	read := func(body string) (Facts, error) {
		record, err := a.ReadFact("order", 200, "application/json", []byte(body))
		return Facts{"order": record}, err
	}
	facts, err := read(`{"total":"120.5000","refunded":20,"fee":35,"currency":"usd"}`)
	want := Facts{"order": {
		"total": {Kind: Money, Int: 12050, Text: "USD"}, "refunded": {Kind: Money, Int: 2000, Text: "USD"},
		"fee": {Kind: Money, Int: 35, Text: "USD"}, "currency": {Kind: ID, Text: "USD"},
	}}
	if diff := cmp.Diff(want, facts); diff != "" || err != nil {
		t.Fatalf("%v %s", err, diff)
	}
	rest, err := a.Resolve(Args{"order": {Kind: ID, Text: "o1"}}, facts)
	if err != nil || a.Describe(rest, facts) != "Refund 100.50 USD of o1" {
		t.Errorf("the rest is %v, %v", rest, err)
	}
	if request, err := c.Build(a.Name, rest); err != nil || string(request.Body) != `{"amount":100.50}` {
		t.Errorf("sent is %s, %v", request.Body, err)
	}
	for _, body := range []string{`{"total":"120.505","refunded":0,"currency":"usd"}`, `{"total":"120.","refunded":0,"currency":"usd"}`, `{"total":"-1","refunded":0,"currency":"usd"}`, `{"total":"120.01","refunded":0,"currency":"jpy"}`} {
		var wrong *FactError
		if facts, err := read(body); !errors.As(err, &wrong) || wrong.Field != "total" {
			t.Errorf("%s is %v, %v", body, facts, err)
		}
	}
	for code, total := range map[string]string{"jpy": "120.00", "kwd": "120.500"} {
		facts, err := read(`{"total":"` + total + `","refunded":0,"currency":"` + code + `"}`)
		if err != nil {
			t.Fatal(err)
		}
		for name, args := range map[string]Args{"a part": {"order": {Kind: ID, Text: "o1"}, "amount": {Kind: Money, Int: 1250}}, "the rest": {"order": {Kind: ID, Text: "o1"}}} {
			if args, err := a.Resolve(args, facts); err == nil || !strings.Contains(err.Error(), "other decimals") {
				t.Errorf("%s of %s: %v, %v", name, code, args, err)
			}
		}
	}
	if request, err := c.Build(a.Name, Args{"order": {Kind: ID, Text: "o1"}, "amount": {Kind: Money, Int: 1250, Text: "JPY"}}); err == nil {
		t.Errorf("1250 yen are sent as %s", request.Body)
	}
}

// A tool over MCP takes the amount as the API spells it, and its schema says so.
func TestMajorUnitsOverMCP(t *testing.T) {
	c := compiled(t, majorYAML)
	for name, want := range map[string]string{
		"orders.pay":    `"amount":{"type":"string","description":"An amount as 12.50, with no more decimals than its currency has, written plainly"}`,
		"orders.credit": `"amount":{"type":"number","minimum":0.500,"maximum":2.000,"description":"An amount with at most 3 decimals as 1.250, from 0.500 to 2.000, written plainly"}`,
		"orders.refund": `"amount":{"type":"number","minimum":0.01,"description":"An amount with at most 2 decimals as 12.50, from 0.01, written plainly"}`,
	} {
		a, _ := c.Action(name)
		if schema := string(a.op.appendSchema(nil)); !strings.Contains(schema, want) {
			t.Errorf("%s", schema)
		}
	}
	a, _ := c.Action("orders.pay")
	arguments, err := ReadJSON(`{"amount":"12.5","currency":"KWD"}`)
	if err != nil {
		t.Fatal(err)
	}
	call, mismatch := c.MatchArguments(a, arguments)
	if diff := cmp.Diff(Value{Kind: Money, Int: 12500, Text: "KWD"}, call.Args["amount"]); diff != "" || mismatch != nil {
		t.Errorf("%v %s", mismatch, diff)
	}
}
