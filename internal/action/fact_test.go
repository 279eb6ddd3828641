package action

import (
	"errors"
	"maps"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/money"
)

const chargeJSON = `{"id":"ch_1","object":"charge","amount":10000,"amount_refunded":2500,"currency":"usd",` +
	`"customer":"cus_ada","refunded":false,"billing_details":{"email":"a@b.example"}}`

func refund(t *testing.T) (*Catalog, *Action) {
	t.Helper()
	c := shippedCatalog(t, "stripe")
	a, ok := c.Action("stripe.refund.create")
	if !ok {
		t.Fatal("no refund")
	}
	return c, a
}

func chargeFacts(t *testing.T, body string) Facts {
	t.Helper()
	_, a := refund(t)
	record, err := a.ReadFact("charge", 200, "application/json", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return Facts{"charge": record}
}

func TestFactIsReadAndBuilt(t *testing.T) {
	c, a := refund(t)
	name, args, err := c.FactCall(a, "charge", Args{"charge": {Kind: ID, Text: "ch_1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Build(name, args)
	if err != nil || r.Method != "GET" || r.Path != "/v1/charges/ch_1" {
		t.Errorf("the read is %s %s, %v", r.Method, r.Path, err)
	}
	want := Facts{"charge": {
		"customer":        {Kind: ID, Text: "cus_ada"},
		"amount":          {Kind: Money, Int: 10000, Text: "USD"},
		"amount_refunded": {Kind: Money, Int: 2500, Text: "USD"},
		"currency":        {Kind: ID, Text: "USD"},
		"refunded":        {Kind: Bool},
	}}
	if diff := cmp.Diff(want, chargeFacts(t, chargeJSON)); diff != "" {
		t.Error(diff)
	}
	guest := chargeFacts(t, strings.Replace(chargeJSON, `"cus_ada"`, "null", 1))
	if v, ok := guest["charge"]["customer"]; ok {
		t.Errorf("a guest has the customer %v", v)
	}
	if _, _, err := c.FactCall(a, "charge", Args{}, nil); err == nil {
		t.Error("a fact was called without its argument")
	}
	if _, _, err := c.FactCall(a, "customer", Args{}, nil); err == nil {
		t.Error("an undeclared fact was called")
	}
}

func TestAnswersThatAreNoFact(t *testing.T) {
	_, a := refund(t)
	swap := func(old, new string) string {
		if !strings.Contains(chargeJSON, old) {
			t.Fatalf("no %s in the answer", old)
		}
		return strings.Replace(chargeJSON, old, new, 1)
	}
	for name, tc := range map[string]struct {
		fact, mediaType, body string
		status                int
		field                 string
	}{
		"not found":         {status: 404},
		"created":           {status: 201},
		"a failure":         {status: 500},
		"a page":            {mediaType: "text/html"},
		"another charset":   {mediaType: "application/json; charset=utf-16"},
		"cut off":           {body: chargeJSON[:40]},
		"a list":            {body: "[" + chargeJSON + "]"},
		"one key twice":     {body: swap(`"amount":10000`, `"amount":10000,"amount":1`)},
		"lacks amount":      {body: swap(`"amount":10000`, `"amoun":10000`), field: "amount"},
		"null amount":       {body: swap("10000", "null"), field: "amount"},
		"amount as text":    {body: swap("10000", `"10000"`), field: "amount"},
		"amount as float":   {body: swap("10000", "10000.0"), field: "amount"},
		"negative":          {body: swap("2500", "-2500"), field: "amount_refunded"},
		"unknown currency":  {body: swap("usd", "xxx"), field: "currency"},
		"Stripe's own unit": {body: swap("usd", "mga"), field: "currency"},
		"expanded customer": {body: swap(`"cus_ada"`, `{"id":"cus_ada"}`), field: "customer"},
		"empty customer":    {body: swap(`"cus_ada"`, `""`), field: "customer"},
		"refunded as text":  {body: swap("false", `"false"`), field: "refunded"},
		"undeclared":        {fact: "dispute"},
	} {
		t.Run(name, func(t *testing.T) {
			fact, status, mediaType, body := "charge", 200, "application/json", chargeJSON
			if tc.fact != "" {
				fact = tc.fact
			}
			if tc.status != 0 {
				status = tc.status
			}
			if tc.mediaType != "" {
				mediaType = tc.mediaType
			}
			if tc.body != "" {
				body = tc.body
			}
			record, err := a.ReadFact(fact, status, mediaType, []byte(body))
			var wrong *FactError
			if !errors.As(err, &wrong) || record != nil {
				t.Fatalf("ReadFact = %v, %v", record, err)
			}
			if wrong.Fact != fact || wrong.Field != tc.field || wrong.Status != status || strings.Contains(err.Error(), "cus_ada") {
				t.Errorf("the error is %+v: %v", wrong, err)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	_, a := refund(t)
	facts := chargeFacts(t, chargeJSON)
	charge := Value{Kind: ID, Text: "ch_1"}
	amount := func(minor int64, code string) Value { return Value{Kind: Money, Int: minor, Text: code} }
	for name, tc := range map[string]struct {
		args  Args
		facts Facts
		want  Args // nil: an error
	}{
		"the rest":            {Args{"charge": charge}, facts, Args{"charge": charge, "amount": amount(7500, "USD")}},
		"the currency":        {Args{"charge": charge, "amount": amount(4000, "")}, facts, Args{"charge": charge, "amount": amount(4000, "USD")}},
		"resolved already":    {Args{"charge": charge, "amount": amount(4000, "USD")}, facts, Args{"charge": charge, "amount": amount(4000, "USD")}},
		"another currency":    {Args{"charge": charge, "amount": amount(4000, "EUR")}, facts, nil},
		"no facts":            {Args{"charge": charge}, nil, nil},
		"no facts, an amount": {Args{"charge": charge, "amount": amount(4000, "")}, nil, nil},
		"nothing left":        {Args{"charge": charge}, chargeFacts(t, strings.Replace(chargeJSON, "2500", "10000", 1)), nil},
		"less than nothing":   {Args{"charge": charge}, chargeFacts(t, strings.Replace(chargeJSON, "2500", "10001", 1)), nil},
		"beyond the most":     {Args{"charge": charge}, chargeFacts(t, strings.Replace(chargeJSON, "10000", "9000000000000000000", 1)), nil},
	} {
		t.Run(name, func(t *testing.T) {
			before := string(MarshalArgs(tc.args))
			got, err := a.Resolve(tc.args, tc.facts)
			if (err != nil) != (tc.want == nil) {
				t.Fatalf("Resolve = %v, %v", got, err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
			if before != string(MarshalArgs(tc.args)) {
				t.Error("the arguments were changed")
			}
		})
	}
}

// What was resolved is sent, and what is sent is read back under one digest.
func TestDigestOfAResolvedCallIsThatOfItsRequest(t *testing.T) {
	c, a := refund(t)
	resolved, err := a.Resolve(Args{"charge": {Kind: ID, Text: "ch_1"}}, chargeFacts(t, chargeJSON))
	if err != nil {
		t.Fatal(err)
	}
	request, err := c.Build(a.Name, resolved)
	if err != nil {
		t.Fatal(err)
	}
	call, _, mismatch := c.Match(request)
	if mismatch != nil {
		t.Fatal(mismatch)
	}
	if want := (Call{Tool: "stripe", Action: a.Name, Args: resolved}); Digest(want) != Digest(call) {
		t.Error("the digests differ")
	}
}

func TestAmount(t *testing.T) {
	c, a := refund(t)
	get, _ := c.Action("stripe.charge.get")
	kinds := compiled(t, kindsYAML)
	pay, _ := kinds.Action("kinds.form")
	price, _ := kinds.Action("kinds.json")
	facts := chargeFacts(t, chargeJSON)
	yen := Value{Kind: Enum, Text: "jpy"}
	for name, tc := range map[string]struct {
		action *Action
		args   Args
		facts  Facts
		want   money.Amount
		ok     bool
		err    bool
	}{
		"a fact's currency":  {action: a, args: Args{"amount": {Kind: Money, Int: 5}}, facts: facts, want: money.Amount{Minor: 5, Currency: "USD"}, ok: true},
		"no facts":           {action: a, args: Args{"amount": {Kind: Money, Int: 5}}},
		"no facts, resolved": {action: a, args: Args{"amount": {Kind: Money, Int: 5, Text: "EUR"}}, want: money.Amount{Minor: 5, Currency: "EUR"}, ok: true},
		"contradiction":      {action: a, args: Args{"amount": {Kind: Money, Int: 5, Text: "EUR"}}, facts: facts, err: true},
		"no amount":          {action: a, facts: facts},
		"no money":           {action: get, args: Args{"charge": {Kind: ID, Text: "ch_1"}}},
		"an argument's":      {action: pay, args: Args{"amount": {Kind: Money, Int: 5}, "currency": yen}, want: money.Amount{Minor: 5, Currency: "JPY"}, ok: true},
		"a constant":         {action: price, args: Args{"price": {Kind: Money, Int: 5}}, want: money.Amount{Minor: 5, Currency: "USD"}, ok: true},
		"another constant":   {action: price, args: Args{"price": {Kind: Money, Int: 5, Text: "EUR"}}, err: true},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok, err := tc.action.Amount(tc.args, tc.facts)
			if got != tc.want || ok != tc.ok || (err != nil) != tc.err {
				t.Errorf("Amount = %v, %t, %v; want %v, %t", got, ok, err, tc.want, tc.ok)
			}
		})
	}
}

func TestClassify(t *testing.T) {
	const problem = `{"error":{"type":"invalid_request_error","message":"x"}}`
	for name, tc := range map[string]struct {
		catalog, mediaType, body string
		status                   int
		want                     Outcome
	}{
		"done":                       {"stripe", "application/json", `{"id":"re_1"}`, 200, OutcomeApplied},
		"done, with a charset":       {"stripe", "application/json; charset=utf-8", `{"id":"re_1"}`, 201, OutcomeApplied},
		"a page with 200":            {"stripe", "text/html", "<html>", 200, OutcomeUnknown},
		"200 cut off":                {"stripe", "application/json", `{"id":"re_1"`, 200, OutcomeUnknown},
		"200 with nothing":           {"stripe", "", "", 200, OutcomeUnknown},
		"a list":                     {"stripe", "application/json", `[]`, 200, OutcomeUnknown},
		"a redirect":                 {"stripe", "application/json", `{}`, 302, OutcomeUnknown},
		"400":                        {"stripe", "application/json", problem, 400, OutcomeNotApplied},
		"401":                        {"stripe", "application/json", problem, 401, OutcomeNotApplied},
		"402":                        {"stripe", "application/json", problem, 402, OutcomeNotApplied},
		"403":                        {"stripe", "application/json", problem, 403, OutcomeNotApplied},
		"404":                        {"stripe", "application/json", problem, 404, OutcomeNotApplied},
		"429":                        {"stripe", "application/json", problem, 429, OutcomeNotApplied},
		"409, key in use":            {"stripe", "application/json", `{"error":{"type":"idempotency_error"}}`, 409, OutcomeUnknown},
		"400, key of other args":     {"stripe", "application/json", `{"error":{"type":"idempotency_error"}}`, 400, OutcomeUnknown},
		"404 of something between":   {"stripe", "text/html", "<html>", 404, OutcomeUnknown},
		"404 without Stripe's shape": {"stripe", "application/json", `{"message":"no route"}`, 404, OutcomeUnknown},
		"500":                        {"stripe", "application/json", problem, 500, OutcomeUnknown},
		"503":                        {"stripe", "application/json", problem, 503, OutcomeUnknown},
		"no status":                  {"stripe", "", "", 0, OutcomeUnknown},
		"comment done":               {"zendesk", "application/json", `{"ticket":{"id":1}}`, 200, OutcomeApplied},
		"comment, no ticket":         {"zendesk", "application/json", `{}`, 200, OutcomeUnknown},
		"comment refused":            {"zendesk", "application/json", `{"error":"RecordInvalid"}`, 422, OutcomeNotApplied},
		"comment conflict":           {"zendesk", "application/json", `{"error":"Conflict"}`, 409, OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			a := shippedCatalog(t, tc.catalog).Actions()[0]
			if got := a.Classify(tc.status, tc.mediaType, []byte(tc.body)); got != tc.want {
				t.Errorf("Classify = %d, want %d", got, tc.want)
			}
		})
	}
	if a := shippedCatalog(t, "stripe").Actions()[0]; a.Classify(200, "application/json", []byte(`{"a":"`+strings.Repeat("x", maxAnswer)+`"}`)) != OutcomeUnknown {
		t.Error("an answer beyond the bound proves something")
	}
}

// Who is turned away for the credential, the rate or the form of a request did nothing,
// whatever the page says: that of Jira for a credential is HTML, that of Zendesk for the
// rate plain text. All else without the tool's own shape may come from something between.
func TestRefusedByStatus(t *testing.T) {
	bodies := map[string]string{"": "", "text/plain": "Number of allowed API requests per minute exceeded", "text/html": "<h1>Unauthorized</h1>", "application/json": `{"message":"Client must be authenticated","status-code":401}`}
	for _, name := range ShippedNames() {
		for _, a := range shippedCatalog(t, name).Actions() {
			if !a.Effect {
				continue
			}
			for mediaType, body := range bodies {
				for _, status := range []int{401, 405, 411, 413, 414, 415, 429, 431} {
					if got := a.Classify(status, mediaType, []byte(body)); got != OutcomeNotApplied {
						t.Errorf("%s: %d with %q: %d", a.Name, status, body, got)
					}
				}
				for _, status := range []int{100, 302, 400, 403, 404, 407, 408, 409, 410, 412, 421, 425, 428, 451, 499, 500, 502, 503, 504, 520, 524, 529} {
					if got := a.Classify(status, mediaType, []byte(body)); got != OutcomeUnknown {
						t.Errorf("%s: %d with %q: %d", a.Name, status, body, got)
					}
				}
			}
		}
	}
}

func TestDifferenceBeyond64Bits(t *testing.T) {
	_, a := refund(t)
	big := Value{Kind: Money, Int: math.MaxInt64, Text: "USD"}
	facts := Facts{"charge": {"amount": {Kind: Money, Int: -2, Text: "USD"}, "amount_refunded": big, "currency": {Kind: ID, Text: "USD"}}}
	if got, err := a.Resolve(Args{"charge": {Kind: ID, Text: "ch_1"}}, facts); err == nil {
		t.Errorf("Resolve = %v", got)
	}
}

// What a plan costs is its price, for so many seats, so often. Of a subscription with
// two items nobody knows which one is meant.
func TestPlansHaveSeatsAndTimes(t *testing.T) {
	c := shippedCatalog(t, "stripe")
	a, _ := c.Action("stripe.subscription.change_price")
	const head = `{"customer":"cus_ada","status":"active","currency":"usd","cancel_at_period_end":false,"created":1700000000,"items":{"data":[`
	const item = `{"id":"si_1","quantity":10,"price":{"id":"price_1","unit_amount":5000,"recurring":{"interval":"month","interval_count":3}}}`
	same := Record{
		"customer": {Kind: ID, Text: "cus_ada"}, "status": {Kind: ID, Text: "active"}, "currency": {Kind: ID, Text: "USD"},
		"cancel_at_period_end": {Kind: Bool}, "created": {Kind: Time, Text: "2023-11-14T22:13:20Z"},
	}
	one := maps.Clone(same)
	maps.Copy(one, Record{
		"item": {Kind: ID, Text: "si_1"}, "price": {Kind: ID, Text: "price_1"}, "amount": {Kind: Money, Int: 5000, Text: "USD"},
		"quantity": {Kind: Integer, Int: 10}, "interval": {Kind: ID, Text: "month"}, "interval_count": {Kind: Integer, Int: 3},
	})
	for items, want := range map[string]Record{item: one, item + "," + item: same} {
		got, err := a.ReadFact("subscription", 200, "application/json", []byte(head+items+"]}}"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
