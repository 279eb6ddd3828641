package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// withoutFacts holds that an effect is not done while its tool answers no fact, and
// that this is said in the tool's own words.
func (c shippedCall) withoutFacts(t *testing.T, r *rig.Rig, u *upstream, token string) {
	t.Helper()
	say := func(answer string) {
		u.mu.Lock()
		defer u.mu.Unlock()
		u.reads = answer
	}
	defer say("")
	for answer, code := range map[string]string{
		"404 {}": "facts_unavailable", "401 {}": "facts_unavailable", "302 {}": "facts_unavailable", "429 {}": "tool_unreachable", "500 {}": "tool_unreachable",
		"[]": "facts_mismatch", "<html>": "facts_mismatch", "null": "facts_mismatch",
	} {
		say(answer)
		got := c.ask(t, r, token)
		seen := u.took()
		if len(seen) != 1 || !strings.HasPrefix(seen[0], "GET ") || !strings.Contains(got.body, `"`+code+`"`) || code != "tool_unreachable" && !refusedIn(c.tool(), c.method, got) {
			t.Errorf("facts answered with %s: %d %s, and the tool saw %q", answer, got.status, got.body, seen)
		}
	}
}

// theCharge is a fact as Stripe answers it.
const theCharge = `{"id":"ch_x","object":"charge","customer":"cus_ada","amount":1000,"amount_refunded":0,"currency":"usd","refunded":false,"created":1700000000}`

// oddFacts holds that nothing is done when a tool answers a fact with anything but
// what the catalog says, and that an id that it answers with leads nowhere else.
func oddFacts(t *testing.T, r *rig.Rig, u *upstream, token string) {
	n := 0
	refund := func(what, path, answer, body, code string) {
		t.Helper()
		n++
		u.mu.Lock()
		u.answers[fmt.Sprintf("GET "+path, n)] = answer
		u.mu.Unlock()
		got := shippedCall{"stripe.refund.create", "POST", "/v1/refunds", fmt.Sprintf(body, n)}.ask(t, r, token)
		seen := u.took()
		done := len(seen) > 0 && strings.HasPrefix(seen[len(seen)-1], "POST ")
		if done != (code == "") || !strings.Contains(got.body, code) || code != "" && len(seen) != 1 {
			t.Errorf("%s: %d %s, and the tool saw %q", what, got.status, got.body, seen)
		}
	}
	with := func(from, to string) string { return strings.Replace(theCharge, from, to, 1) }
	const refused = `{"error":{"type":"invalid_request_error","code":"resource_missing"}}`
	for what, tt := range map[string]struct{ answer, code string }{
		"as it should":             {theCharge, ""},
		"a guest's":                {with(`"cus_ada"`, "null"), ""},
		"absent":                   {"404 " + refused, "facts_unavailable"},
		"not accessible":           {"403 " + refused, "facts_unavailable"},
		"a redirect":               {"301 {}", "facts_unavailable"},
		"nothing":                  {"204 ", "facts_unavailable"},
		"later":                    {"202 " + theCharge, "facts_unavailable"},
		"an error of the tool":     {`500 {"error":{"type":"api_error"}}`, "tool_unreachable"},
		"no answer":                {"never", "tool_unreachable"},
		"more than is read":        {with(`"object"`, `"x":"`+strings.Repeat("x", 5<<20)+`","object"`), "tool_unreachable"},
		"a page":                   {"<html>", "facts_mismatch"},
		"a list":                   {"[" + theCharge + "]", "facts_mismatch"},
		"a text":                   {`"ch_x"`, "facts_mismatch"},
		"null":                     {"null", "facts_mismatch"},
		"half of it":               {theCharge[:60], "facts_mismatch"},
		"two of it":                {theCharge + theCharge, "facts_mismatch"},
		"a customer twice":         {with(`"customer":`, `"customer":"cus_bob","customer":`), "facts_mismatch"},
		"a customer as an object":  {with(`"cus_ada"`, `{"id":"cus_ada"}`), "facts_mismatch"},
		"another kind of object":   {`{"id":"re_x","object":"refund","charge":"ch_x","amount":1000,"currency":"usd"}`, "facts_mismatch"},
		"an amount as a text":      {with("1000,", `"1000",`), "facts_mismatch"},
		"an amount with exponent":  {with("1000,", "1e3,"), "facts_mismatch"},
		"an amount with fraction":  {with("1000,", "1000.0,"), "facts_mismatch"},
		"an amount below nothing":  {with("1000,", "-1000,"), "facts_mismatch"},
		"no amount":                {with(`"amount":1000,`, ""), "facts_mismatch"},
		"no currency":              {with(`"usd"`, "null"), "facts_mismatch"},
		"a currency that is none":  {with(`"usd"`, `"xxq"`), "facts_mismatch"},
		"a currency read wrongly":  {with(`"usd"`, `"isk"`), "facts_mismatch"},
		"refunded, said in a text": {with(`"refunded":false`, `"refunded":"false"`), "facts_mismatch"},
	} {
		refund(what, "/v1/charges/ch_q%d", tt.answer, "charge=ch_q%d", tt.code)
	}
	for latest, code := range map[string]string{
		`"ch_ada"`:                              "",
		`"ch_ada/../../customers/cus_ada"`:      "facts_mismatch",
		`"ch_ada%2f.."`:                         "facts_mismatch",
		`"ch_ada?expand=x"`:                     "facts_mismatch",
		`"ch_ada#"`:                             "facts_mismatch",
		`"ch_ada\u0000"`:                        "facts_mismatch",
		`"ch_` + strings.Repeat("a", 600) + `"`: "facts_mismatch",
		`{"id":"ch_ada"}`:                       "facts_mismatch",
		`["ch_ada"]`:                            "facts_mismatch",
		`null`:                                  "facts_mismatch",
		`""`:                                    "facts_mismatch",
		`"cus_ada"`:                             "facts_unavailable",
		`5`:                                     "facts_unavailable",
	} {
		refund(latest, "/v1/payment_intents/pi_q%d", `{"id":"pi","latest_charge":`+latest+`}`, "payment_intent=pi_q%[1]d&amount=%[1]d", code)
	}
}
