package explain

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sallyport/sallyport/internal/reason"
)

const refund = `"action":"stripe.refund.create","args":{"charge":"ch_1","amount":4000}`

// What is answered is what the gateway answers at the step it would reach with
// what is given.
func TestDecide(t *testing.T) {
	limits := []string{"calls_per_minute"}
	both := []string{"calls_per_minute", "refunds_per_day"}
	for name, tt := range map[string]struct {
		ask  string
		want Answer
	}{
		"a read": {`{"method":"GET","path":"/stripe/v1/charges?customer=cus_ada"}`, Answer{
			Effect: "allow", Reason: reason.Allowed, Rule: "policy.csv:2", Tool: "stripe", Action: "stripe.charge.list",
			Args: []byte(`{"customer":{"id":"cus_ada"}}`), Lane: "direct", Limits: limits,
		}},
		"an effect without its facts": {`{` + refund + `}`, Answer{
			Effect: "mediate", Reason: reason.FactsNeeded, Tool: "stripe", Action: "stripe.refund.create",
			Args: []byte(`{"amount":{"money":4000},"charge":{"id":"ch_1"}}`), Lane: "effect", Needs: []string{"charge", "sums.charge_24h"}, Limits: both,
		}},
		"an effect with them": {`{` + refund + `,` + charge + `}`, Answer{
			Effect: "mediate", Reason: reason.Allowed, Rule: "policy.csv:8", Tool: "stripe", Action: "stripe.refund.create",
			Args: []byte(`{"amount":{"money":4000,"currency":"USD"},"charge":{"id":"ch_1"}}`), Lane: "effect", Limits: both,
		}},
		"a sum before it": {`{` + refund + `,` + charge + `,"sums":{"charge_24h":"10.01 USD"}}`, Answer{
			Effect: "mediate", Reason: reason.Allowed, Rule: "policy.csv:9", Tool: "stripe", Action: "stripe.refund.create",
			Args: []byte(`{"amount":{"money":4000,"currency":"USD"},"charge":{"id":"ch_1"}}`), Hold: &Hold{"billing_leads", 1}, Lane: "effect", Limits: both,
		}},
		"nothing left to refund": {`{"action":"stripe.refund.create","args":{"charge":"ch_1"},` + strings.Replace(charge, `"amount_refunded":0`, `"amount_refunded":100000`, 1) + `}`, Answer{
			Effect: "deny", Reason: reason.FactsMismatch, Hint: "resolve amount of stripe.refund.create: nothing is left: 0, and at least 1 is needed",
			Tool: "stripe", Action: "stripe.refund.create", Args: []byte(`{"charge":{"id":"ch_1"}}`),
		}},
		"the agent's check refuses what no fact can change": {`{"agent":"support-bot",` + refund + `,` + charge + `}`, Answer{
			Effect: "deny", Reason: reason.PolicyNoRule, Tool: "stripe", Action: "stripe.refund.create",
			Args: []byte(`{"amount":{"money":4000},"charge":{"id":"ch_1"}}`),
		}},
		"a token that leaves out the role": {`{"roles":["support"],` + refund + `,` + charge + `}`, Answer{
			Effect: "deny", Reason: reason.PolicyNoRule, Tool: "stripe", Action: "stripe.refund.create",
			Args: []byte(`{"amount":{"money":4000},"charge":{"id":"ch_1"}}`),
		}},
		"an effect that has no facts": {`{"method":"PUT","path":"/zendesk/api/v2/tickets/1001","body":{"ticket":{"comment":{"body":"Hi \ud83d\ude00","public":false}}}}`, Answer{
			Effect: "mediate", Reason: reason.Allowed, Rule: "policy.csv:14", Tool: "zendesk", Action: "zendesk.comment.create",
			Args: []byte(`{"body":{"text":"Hi 😀"},"public":{"bool":false},"ticket":{"id":"1001"}}`), Lane: "effect", Limits: limits,
		}},
		"a tool call over MCP": {`{"method":"POST","path":"/mcp","body":{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"stripe_charge_list","arguments":{"customer":"cus_ada"}}}}`, Answer{
			Effect: "mediate", Reason: reason.Allowed, Rule: "policy.csv:2", Tool: "stripe", Action: "stripe.charge.list",
			Args: []byte(`{"customer":{"id":"cus_ada"}}`), Lane: "read", Limits: limits,
		}},
		"the gateway's own tool": {`{"method":"POST","path":"/stripe/mcp","body":{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sallyport_status","arguments":{"approval":"int_1"}}}}`, Answer{
			Effect: "mediate", Reason: reason.Allowed, Tool: "mcp", Action: "sallyport.status",
			Args: []byte(`{"approval":{"id":"int_1"}}`), Lane: "read", Limits: limits,
		}},
		"another message of MCP":   {`{"method":"POST","path":"/mcp","body":{"jsonrpc":"2.0","id":1,"method":"tools/list"}}`, Answer{Effect: "deny", Reason: reason.FrameInvalid}},
		"a tool that is not there": {`{"method":"GET","path":"/paypal/x"}`, Answer{Effect: "deny", Reason: reason.ToolUnknown}},
		"a field too many": {`{"method":"GET","path":"/stripe/v1/charges?expand[]=x"}`, Answer{
			Effect: "deny", Reason: reason.InputUnlisted, Field: "query expand[]", Hint: "leave it out: the catalog does not list it for this action",
			Tool: "stripe", Action: "stripe.charge.list",
		}},
		"a header twice": {`{"method":"GET","path":"/stripe/v1/charges","headers":{"Stripe-Version":["2026-10-28.endive","2026-10-28.endive"]}}`, Answer{
			Effect: "deny", Reason: reason.InputDuplicate, Field: "header stripe-version", Hint: "give it once", Tool: "stripe", Action: "stripe.charge.list",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Decide(load(t, bundle(t, "acme", "")), line(t, tt.ask), someday)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(Answer{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A question without a time of its own is asked now.
func TestTimeIsTheQuestionsOwn(t *testing.T) {
	acme := load(t, bundle(t, "acme", "p, billing, stripe.charge.list, now < timestamp('2026-01-01T00:00:00Z'), allow, -\ng, billing-bot, billing\n"))
	for now, want := range map[string]string{"2025-12-31T23:59:59Z": "allow", "2026-01-01T00:00:00Z": "deny"} {
		got, err := Decide(acme, line(t, `{"method":"GET","path":"/stripe/v1/charges","now":"`+now+`"}`), someday)
		if err != nil || got.Effect != want {
			t.Errorf("%s: %+v %v", now, got, err)
		}
	}
	if got, err := Decide(acme, line(t, `{"method":"GET","path":"/stripe/v1/charges"}`), someday); err != nil || got.Effect != "deny" {
		t.Errorf("%+v %v", got, err)
	}
}

// A question that cannot be asked says what to write instead.
func TestBadQuestions(t *testing.T) {
	acme := load(t, bundle(t, "acme", ""))
	for ask, want := range map[string]string{
		`{"agent":"a b","method":"GET","path":"/stripe/v1/charges"}`:                  `agent must be letters, digits, '.', '_' and '-' (got "a b")`,
		`{"path":"/stripe/v1/charges"}`:                                               "method is missing",
		`{"method":"GET"}`:                                                            "path must begin with the tool",
		`{"method":"GET","path":"stripe/v1"}`:                                         "path must begin with the tool",
		`{"method":"GET","path":"/x","action":"stripe.charge.list"}`:                  "give one",
		`{"method":"GET","path":"/x","args":{"a":1}}`:                                 "args are given without their action",
		`{"action":"stripe.charge.lst"}`:                                              `acme has no action "stripe.charge.lst"; it has stripe.charge.get, stripe.charge.list`,
		`{"action":"strip.charge.list"}`:                                              `acme has no action "strip.charge.list"; it has stripe.…, zendesk.…, database.…`,
		`{"action":"stripe.charge.list","args":{"custmer":"cus_1"}}`:                  `has no argument "custmer"; it has customer, payment_intent, created_from, created_until, limit, starting_after, ending_before`,
		`{"action":"stripe.charge.list","args":{"limit":"many"}}`:                     "args.limit is not of the kind that the catalog declares",
		`{"action":"stripe.refund.create"}`:                                           "the argument charge is missing; stripe.refund.create takes args (--arg NAME=VALUE) charge, payment_intent, amount",
		`{"action":"stripe.charge.list","args":{"limit":[1]}}`:                        "args.limit is not of the kind",
		`{"action":"stripe.charge.list","args":{"limit":101}}`:                        "the argument limit is not an integer from 1 to 100",
		`{"action":"stripe.charge.list","facts":{"charge":{}}}`:                       `stripe.charge.list has no fact "charge"; it has none`,
		`{"action":"stripe.charge.list","sums":{"charge_24h":"1 USD"}}`:               `no sum "charge_24h" counts stripe.charge.list`,
		`{` + refund + `,"facts":{"charge":{"owner":"x"}}}`:                           `facts.charge has no field "owner"; it has customer, amount`,
		`{` + refund + `,"facts":{"charge":{"customer":"cus_ada"}}}`:                  "facts.charge needs amount, amount_refunded, currency, refunded as well",
		`{` + refund + `,` + charge + `,"sums":{"charge_24h":"40"}}`:                  "sums.charge_24h: an amount is written as 49.99 USD",
		`{` + refund + `,` + charge + `,"sums":{"charge_24h":"40 EUR"}}`:              "counted in the call's currency, USD (got 40 EUR)",
		`{` + refund + `,` + strings.Replace(charge, "100000", `"1000 USD"`, 1) + `}`: "amounts are given in the unit of the tool's answers",
	} {
		_, err := Decide(acme, line(t, ask), someday)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", ask, err)
		}
	}
	if _, err := Decide(acme, Ask{Method: "GET", Path: "/stripe/v1/charges"}, someday); err == nil || !strings.Contains(err.Error(), "who asks?") {
		t.Errorf("got %v", err)
	}
}

func TestBadLines(t *testing.T) {
	for text, want := range map[string]string{
		`GET /`:               "one JSON object a line",
		`["GET"]`:             "a question is one JSON object a line, this is a array",
		`{"agnt":"x"}`:        `"agnt" is none of agent, roles, session, method`,
		`{"agent":1}`:         "agent must not be a number",
		`{"agent":"x"} {}`:    "more stands behind it",
		`{"headers":{"a":1}}`: "must not be a number",
		``:                    "one JSON object a line",
	} {
		if _, err := ReadLine([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
