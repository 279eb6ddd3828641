package action

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/reason"
)

func TestDecimals(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0.00", "1": "1.00", "1.5": "1.50", "1.50": "1.50", "-1.5": "-1.50", "-0.01": "-0.01", "9999999999999999.99": "9999999999999999.99",
		"": "", "-": "", ".5": "", "1.": "", "1.505": "", "01": "", "00": "", "01.5": "", "+1": "", "-0": "", "-0.00": "", "1e2": "", "1E2": "", "0x1": "",
		" 1": "", "1 ": "", "1,5": "", "1.5.0": "", "１": "", "1_000": "", "NaN": "", "Inf": "", "99999999999999999.99": "", "--1": "", "1.-5": "",
	} {
		if got, _, ok := parseDecimal(text, 2); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %t; want %q", text, got, ok, want)
		}
	}
	p := param{Param: Param{Kind: Decimal, Scale: 2, Min: -10, Max: 10}}
	for text, want := range map[string]bool{"10": true, "10.00": true, "10.01": false, "-10": true, "-10.01": false, "-9.99": true, "11": false, "-0.5": true} {
		if _, ok := p.fromText(text); ok != want {
			t.Errorf("%s from -10 to 10: %t", text, ok)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01-02T03:04:05Z": "2026-01-02T03:04:05Z", "2026-01-02T03:04:05+01:30": "2026-01-02T01:34:05Z", "2026-01-02T03:04:05.500Z": "2026-01-02T03:04:05.5Z",
		"2026-01-02T03:04:05-00:00": "2026-01-02T03:04:05Z", "9999-12-31T23:59:59Z": "9999-12-31T23:59:59Z", "2024-02-29T00:00:00Z": "2024-02-29T00:00:00Z",
		"": "", "2026-01-02": "", "2026-01-02 03:04:05Z": "", "2026-01-02t03:04:05Z": "", "2026-01-02T03:04:05z": "", "2026-01-02T03:04:05": "", "2026-1-2T3:4:5Z": "",
		"2026-01-02T03:04:60Z": "", "2026-02-29T00:00:00Z": "", "2026-13-01T00:00:00Z": "", "2026-01-02T24:00:00Z": "", "2026-01-02T03:04:05,5Z": "",
		"2026-01-02T03:04:05.Z": "", "2026-01-02T03:04:05.1234567890Z": "", "0000-01-01T00:00:00Z": "", "0001-01-01T00:00:00+01:00": "", "9999-12-31T23:59:59-01:00": "",
		"2026-01-02T03:04:05+24:00": "", "2026-01-02T03:04:05+01": "", "2026-01-02T03:04:05+0100": "", "1767323045": "", "２026-01-02T03:04:05Z": "",
	} {
		if got, ok := parseTime(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %t; want %q", text, got, ok, want)
		}
	}
	for text, want := range map[string]string{
		"0": "1970-01-01T00:00:00Z", "1767323045": "2026-01-02T03:04:05Z", "253402300799": "9999-12-31T23:59:59Z",
		"": "", "-1": "", "01": "", "1.5": "", "1e9": "", "+1": "", "253402300800": "", "99999999999999999999": "",
	} {
		got, ok := timeFromUnix(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q is %q, %t; want %q", text, got, ok, want)
		}
		if back, whole := timeToUnix(got); ok && (!whole || back != text) {
			t.Errorf("%s goes back to %q", got, back)
		}
	}
	if _, ok := timeToUnix("2026-01-02T03:04:05.5Z"); ok {
		t.Error("half a second is a whole one")
	}
}

// What fills a segment of a path is one segment for whoever reads it.
func TestSegments(t *testing.T) {
	c := compiled(t, kindsYAML)
	for path, want := range map[string]string{
		"/m/AB-1/a@b.c/x": "a@b.c", "/m/AB-1/a%40b.c/x": "a@b.c", "/m/AB-1/%61@b.c/x": "a@b.c", "/m/AB-1/a%2Bx@b/x": "a+x@b", "/m/AB-1/a%2bx%40b/x": "a+x@b",
		"/m/AB-1/a+x@b/x": "", "/m/AB-1/a%2f@b/x": "", "/m/AB-1/a%2F@b/x": "", "/m/AB-1/a%252f@b/x": "", "/m/AB-1/a%5c@b/x": "", "/m/AB-1/..@b/x": "",
		"/m/AB-1/%2e.@b/x": "", "/m/AB-1/../x": "", "/m/AB-1/%2e%2e/x": "", "/m/AB-1/./x": "", "/m/AB-1//x": "", "/m/AB-1/a%3f@b/x": "", "/m/AB-1/a;b@c/x": "",
		"/m/AB-1/a%23@b/x": "", "/m/AB-1/a%00@b/x": "", "/m/AB-1/a%20@b/x": "", "/m/AB-1/a%@b/x": "", "/m/AB-1/a%e9@b/x": "", "/m/AB-1/é@b/x": "", "/m/AB-1/A@b/x": "",
		"/m/ab-1/a@b/x": "", "/m/AB-01/a@b/x": "", "/m/AB-1\u212a/a@b/x": "", "/m/AB%2D1/a@b/x": "a@b",
	} {
		call, _, mismatch := c.Match(Request{Method: "GET", Path: path})
		if got := call.Args["mail"].Text; got != want || (mismatch == nil) != (want != "") {
			t.Errorf("%s is %q, %v; want %q", path, got, mismatch, want)
		}
	}
	// Nobody else's value gets there either, whatever the pattern says.
	anything := compiled(t, "name: a\ndialect: problem\nmax_body: 1KiB\nactions: [{name: a.get, summary: Get, method: GET, path: '/a/{x}', params: [{name: x, kind: id, pattern: '.*'}]}]\n")
	for _, value := range []string{"", ".", "..", ".a", "a/b", "/", `a\b`, "a%b", "%2e", "a?b", "a#b", "a;b", "a b", "a\n", "é", "\x00"} {
		if r, err := anything.Build("a.get", Args{"x": {Kind: ID, Text: value}}); err == nil {
			t.Errorf("%q was written as %s", value, r.Path)
		}
	}
	r, err := anything.Build("a.get", Args{"x": {Kind: ID, Text: "a+b@c"}})
	if err != nil || r.Path != "/a/a%2Bb%40c" {
		t.Errorf("written as %s, %v", r.Path, err)
	}
}

// A refund is one effect, whether it names its charge or its payment.
func TestStandIns(t *testing.T) {
	c, a := refund(t)
	post := func(body string) (Call, *Mismatch) {
		call, _, mismatch := c.Match(Request{Method: "POST", Path: "/v1/refunds", Header: []Header{{"content-type", form}}, Body: []byte(body)})
		return call, mismatch
	}
	byCharge, _ := post("charge=ch_1&amount=500")
	byPayment, mismatch := post("payment_intent=pi_1&amount=500")
	if mismatch != nil {
		t.Fatal(mismatch)
	}
	if _, mismatch := post("amount=500"); mismatch == nil || mismatch.Reason != reason.InputMissing || mismatch.Field != "charge" {
		t.Errorf("neither of them: %v", mismatch)
	}
	if name, _, err := c.FactCall(a, "intent", byCharge.Args, nil); name != "" || err != nil {
		t.Errorf("a call that names the charge needs %s, %v", name, err)
	}
	name, args, err := c.FactCall(a, "intent", byPayment.Args, nil)
	if name != "stripe.payment_intent.get" || args["payment_intent"].Text != "pi_1" || err != nil {
		t.Fatalf("FactCall = %s, %v, %v", name, args, err)
	}
	if _, _, err := c.FactCall(a, "charge", byPayment.Args, nil); err == nil {
		t.Error("the charge was read before it was known which")
	}
	intent, err := a.ReadFact("intent", 200, "application/json", []byte(`{"latest_charge":"ch_1"}`))
	if err != nil {
		t.Fatal(err)
	}
	facts := Facts{"intent": intent}
	if _, args, err := c.FactCall(a, "charge", byPayment.Args, facts); err != nil || args["charge"].Text != "ch_1" {
		t.Fatalf("FactCall = %v, %v", args, err)
	}
	facts["charge"] = chargeFacts(t, chargeJSON)["charge"]
	resolved, err := a.Resolve(byPayment.Args, facts)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := a.Resolve(byCharge.Args, Facts{"charge": facts["charge"], "intent": {}})
	if diff := cmp.Diff(want, resolved); diff != "" {
		t.Error(diff)
	}
	one, err := a.BusinessKey(byPayment.Args, facts)
	two, err2 := a.BusinessKey(byCharge.Args, facts)
	if err != nil || err2 != nil || one != two {
		t.Errorf("one effect has the keys %s and %s (%v, %v)", one, two, err, err2)
	}
	if key, err := a.BusinessKey(byPayment.Args, nil); err == nil {
		t.Errorf("without its fact the key is %s", key)
	}
	other := Facts{"intent": {"charge": {Kind: ID, Text: "../x"}}, "charge": facts["charge"]}
	if got, err := a.Resolve(byPayment.Args, other); err == nil {
		t.Errorf("what is no charge became %v", got)
	}
	if _, err := c.Build(a.Name, Args{"charge": byCharge.Args["charge"], "payment_intent": byPayment.Args["payment_intent"]}); err == nil {
		t.Error("both were written")
	}
}

// Several actions share an address; no request is two of them.
func TestSharedAddresses(t *testing.T) {
	zendesk, stripe := shippedCatalog(t, "zendesk"), shippedCatalog(t, "stripe")
	for body, want := range map[string]string{
		`{"ticket":{"comment":{"body":"x"}}}`:                               "zendesk.comment.create",
		`{"ticket":{"comment":{"body":"x","public":false}}}`:                "zendesk.comment.create",
		`{"ticket":{"status":"solved"}}`:                                    "zendesk.ticket.set_status",
		`{"ticket":{"id":7,"status":"solved","comment":{"body":"x"}}}`:      "zendesk.ticket.reply",
		`{"ticket":{"status":"solved","comment":{}}}`:                       "",
		`{"ticket":{"status":"closed"}}`:                                    "",
		`{"ticket":{"status":"solved","priority":"low"}}`:                   "",
		`{"ticket":{"id":8,"status":"solved"}}`:                             "",
		`{"ticket":{"status":"solved","status":"open"}}`:                    "",
		`{"tickets":[{"id":7,"status":"solved"}]}`:                          "",
		`{"ticket":{"status":"solved","comment":{"html_body":"<b>x</b>"}}}`: "",
		`{}`: "",
	} {
		call, a, mismatch := zendesk.Match(Request{Method: "PUT", Path: "/api/v2/tickets/7", Header: []Header{{"content-type", "application/json"}}, Body: []byte(body)})
		if got := call.Action; (mismatch == nil) != (want != "") || want != "" && got != want || a == nil {
			t.Errorf("%s is %s, %v; want %q", body, got, mismatch, want)
		}
	}
	for body, want := range map[string]string{
		"items[0][id]=si_1&items[0][price]=price_1":                           "stripe.subscription.change_price",
		"cancel_at_period_end=true":                                           "stripe.subscription.cancel_at_period_end",
		"cancel_at_period_end=false":                                          "",
		"cancel_at_period_end=true&items[0][id]=si_1&items[0][price]=price_1": "",
		"items[0][id]=si_1&items[0][price]=price_1&items[1][price]=price_2":   "",
		"items[0][id]=si_1&items[0][price]=price_1&items[0][deleted]=true":    "",
		"items[0][price]=price_1":                                             "",
		"items[00][id]=si_1&items[0][price]=price_1":                          "",
		"proration_behavior=none":                                             "",
		"cancel_at_period_end=true&cancellation_details[comment]=anything":    "",
		"": "",
	} {
		call, _, mismatch := stripe.Match(Request{Method: "POST", Path: "/v1/subscriptions/sub_1", Header: []Header{{"content-type", form}}, Body: []byte(body)})
		if (mismatch == nil) != (want != "") || want != "" && call.Action != want {
			t.Errorf("%s is %s, %v; want %q", body, call.Action, mismatch, want)
		}
	}
}

// Of several actions, the one that a refusal speaks about is the nearest.
func TestTheNearestActionSaysWhy(t *testing.T) {
	c := shippedCatalog(t, "zendesk")
	_, a, mismatch := c.Match(Request{Method: "PUT", Path: "/api/v2/tickets/7", Header: []Header{{"content-type", "application/json"}}, Body: []byte(`{"ticket":{"status":"banana"}}`)})
	if a.Name != "zendesk.ticket.set_status" || mismatch.Reason != reason.InputInvalid || mismatch.Field != "status" || !strings.Contains(mismatch.Hint, "solved") {
		t.Errorf("%s: %v", a.Name, mismatch)
	}
}

// Amounts are in the currency's own smallest unit: yen have none, a Kuwaiti
// dinar has a thousand.
func TestCurrenciesWithoutAndWithThreeDecimals(t *testing.T) {
	_, a := refund(t)
	for code, want := range map[string]string{"jpy": "7500 JPY", "kwd": "7.500 KWD", "usd": "75.00 USD", "clp": "7500 CLP", "bhd": "7.500 BHD"} {
		facts := chargeFacts(t, strings.Replace(chargeJSON, `"usd"`, `"`+code+`"`, 1))
		args, err := a.Resolve(Args{"charge": {Kind: ID, Text: "ch_1"}}, facts)
		if err != nil {
			t.Fatal(err)
		}
		amount, ok, err := a.Amount(args, facts)
		if err != nil || !ok || amount.Minor != 7500 || amount.Currency != strings.ToUpper(code) {
			t.Errorf("%s: %v, %t, %v", code, amount, ok, err)
		}
		if got := a.Describe(args, facts); got != "Refund "+want+" of charge ch_1 to customer cus_ada" {
			t.Errorf("%s: %s", code, got)
		}
	}
}

// factsYAML has facts of every kind.
const factsYAML = `
name: shop
dialect: problem
max_body: 4KiB
outcomes: {applied: {status: [200]}, not_applied: {status: [404]}}
actions:
  - {name: shop.order.get, summary: Read, method: GET, path: '/o/{order}', params: [{name: order, kind: id}]}
  - name: shop.order.cancel
    summary: Cancel {order}
    effect: true
    method: POST
    path: /o/{order}/cancel
    params: [{name: order, kind: id, safe: true}]
    facts:
      - name: order
        action: shop.order.get
        args: {order: args.order}
        fields:
          - {name: weight, kind: decimal, scale: 3}
          - {name: tax, kind: decimal, scale: 2, quoted: true, optional: true}
          - {name: made, kind: time, from: times.made}
          - {name: paid, kind: time, format: unix, from: 'times.events[].at'}
          - {name: codes, kind: list, items: {kind: integer}}
          - {name: owner, kind: id, pattern: '[a-z]+@[a-z.]+'}
          - name: to
            kind: object
            fields: [{name: city, kind: string, required: true}, {name: zip, kind: id}, {name: at, kind: object, fields: [{name: lat, kind: decimal, scale: 2}]}]
    business_key: [args.order]
`

const orderJSON = `{"weight":1.5,"tax":"19.0","times":{"made":"2026-01-02T03:04:05+01:00","events":[{"at":1767323045,"who":"x"}]},` +
	`"codes":[3,-4],"owner":"a@b.c","to":{"city":"","zip":70173,"at":{"lat":-48.77},"street":"unknown","more":[1]}}`

func TestFactsOfEveryKind(t *testing.T) {
	a, _ := compiled(t, factsYAML).Action("shop.order.cancel")
	got, err := a.ReadFact("order", 200, "application/json", []byte(orderJSON))
	if err != nil {
		t.Fatal(err)
	}
	want := Record{
		"weight": {Kind: Decimal, Text: "1.500"}, "tax": {Kind: Decimal, Text: "19.00"},
		"made": {Kind: Time, Text: "2026-01-02T02:04:05Z"}, "paid": {Kind: Time, Text: "2026-01-02T03:04:05Z"},
		"codes": {Kind: List, List: []Value{{Kind: Integer, Int: 3}, {Kind: Integer, Int: -4}}}, "owner": {Kind: ID, Text: "a@b.c"},
		"to": {Kind: Object, Fields: map[string]Value{
			"city": {Kind: String}, "zip": {Kind: ID, Text: "70173"}, "at": {Kind: Object, Fields: map[string]Value{"lat": {Kind: Decimal, Text: "-48.77"}}},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	body, ok := a.Facts[0].Answer(map[string][]byte{"made": []byte(`"x"`), "paid": []byte("1"), "weight": []byte("2")})
	if want := `{"weight":2,"times":{"made":"x","events":[{"at":1}]}}`; !ok || string(body) != want {
		t.Errorf("the answer is %s, %t", body, ok)
	}
	for what, change := range map[string][2]string{
		"weight": {"1.5,", "1.5001,"}, "weight ": {"1.5,", `"1.5",`}, "weight  ": {"1.5,", "15e-1,"}, "tax": {`"19.0"`, "19.0"}, "made": {"T03", " 03"}, "made ": {`"2026-01-02T03:04:05+01:00"`, "1"},
		"paid": {`[{"at":1767323045,"who":"x"}]`, `[{"at":1},{"at":2}]`}, "paid ": {`[{"at":1767323045,"who":"x"}]`, "[]"}, "codes": {"[3,-4]", `[3,"4"]`}, "codes ": {"[3,-4]", "3"},
		"owner": {"a@b.c", "A@b.c"}, "to": {`"city":""`, `"town":""`}, "to ": {"70173", "70.5"}, "to  ": {"-48.77", "-48.777"}, "to   ": {`{"lat":-48.77}`, "[]"},
	} {
		if !strings.Contains(orderJSON, change[0]) {
			t.Fatalf("the answer has no %s", change[0])
		}
		_, err := a.ReadFact("order", 200, "application/json", []byte(strings.Replace(orderJSON, change[0], change[1], 1)))
		var wrong *FactError
		if !errors.As(err, &wrong) || wrong.Field != strings.TrimSpace(what) {
			t.Errorf("%s for %s: %v", change[1], change[0], err)
		}
	}
}

func TestOutcomesOfProviders(t *testing.T) {
	for name, tc := range map[string]struct {
		catalog, action, body string
		status                int
		want                  Outcome
	}{
		"slack, posted":             {"slack", "slack.message.post", `{"ok":true,"ts":"1"}`, 200, OutcomeApplied},
		"slack, refused":            {"slack", "slack.message.post", `{"ok":false,"error":"channel_not_found"}`, 200, OutcomeNotApplied},
		"slack, its own failure":    {"slack", "slack.message.post", `{"ok":false,"error":"internal_error"}`, 200, OutcomeUnknown},
		"slack, ok as a text":       {"slack", "slack.message.post", `{"ok":"yes"}`, 200, OutcomeUnknown},
		"slack, no ok":              {"slack", "slack.message.post", `{}`, 200, OutcomeUnknown},
		"slack, too many":           {"slack", "slack.message.post", `{"ok":false,"error":"ratelimited"}`, 429, OutcomeNotApplied},
		"slack, 500":                {"slack", "slack.message.post", `{"ok":false,"error":"x"}`, 500, OutcomeUnknown},
		"jira, moved":               {"jira", "jira.issue.transition", "", 204, OutcomeApplied},
		"jira, 204 with a page":     {"jira", "jira.issue.transition", "<html>", 204, OutcomeUnknown},
		"jira, 200 with nothing":    {"jira", "jira.issue.transition", "", 200, OutcomeUnknown},
		"jira, commented":           {"jira", "jira.comment.create", `{"id":"1"}`, 201, OutcomeApplied},
		"jira, comment refused":     {"jira", "jira.comment.create", `{"errorMessages":["x"],"errors":{}}`, 404, OutcomeNotApplied},
		"jira, comment with 204":    {"jira", "jira.comment.create", "", 204, OutcomeUnknown},
		"jira, requested":           {"jira", "jira.request.create", `{"issueKey":"A-1"}`, 201, OutcomeApplied},
		"jira, request refused":     {"jira", "jira.request.create", `{"errorMessage":"x"}`, 400, OutcomeNotApplied},
		"hubspot, noted":            {"hubspot", "hubspot.note.create", `{"id":"1"}`, 201, OutcomeApplied},
		"hubspot, refused":          {"hubspot", "hubspot.note.create", `{"status":"error","message":"m","correlationId":"c","category":"VALIDATION_ERROR"}`, 400, OutcomeNotApplied},
		"hubspot, too many":         {"hubspot", "hubspot.note.create", `{"status":"error","message":"m","errorType":"RATE_LIMIT","policyName":"TEN_SECONDLY_ROLLING"}`, 429, OutcomeNotApplied},
		"hubspot, something else's": {"hubspot", "hubspot.note.create", `{"message":"m"}`, 403, OutcomeUnknown},
		"hubspot, conflict":         {"hubspot", "hubspot.note.create", `{"status":"error","message":"m","category":"CONFLICT"}`, 409, OutcomeUnknown},
		"stripe, deleted":           {"stripe", "stripe.customer.delete", `{"id":"cus_1","deleted":true}`, 200, OutcomeApplied},
		"stripe, not deleted":       {"stripe", "stripe.customer.delete", `{"id":"cus_1"}`, 200, OutcomeUnknown},
		"stripe, nobody to delete":  {"stripe", "stripe.customer.delete", `{"error":{"type":"invalid_request_error"}}`, 404, OutcomeNotApplied},
	} {
		a, ok := shippedCatalog(t, tc.catalog).Action(tc.action)
		if !ok {
			t.Fatalf("no action %s", tc.action)
		}
		if got := a.Classify(tc.status, "application/json", []byte(tc.body)); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
}

// What may hold restored personal data is a text in an effect's body, and what
// somebody outside can write is marked in every shipped catalog.
func TestMarksOfShippedCatalogs(t *testing.T) {
	var restorable, outside []string
	for _, name := range ShippedNames() {
		for _, a := range shippedCatalog(t, name).Actions() {
			for _, p := range a.Params {
				if p.Restorable {
					restorable = append(restorable, a.Name+" "+p.Name)
				}
			}
			for _, f := range a.Facts {
				for _, field := range f.Fields {
					if field.Outside {
						outside = append(outside, a.Name+" "+f.Name+"."+field.Name)
					}
				}
			}
		}
	}
	for _, want := range []string{"zendesk.comment.create body", "zendesk.ticket.reply body", "stripe.customer.update email", "jira.comment.create body", "hubspot.note.create body"} {
		if !slices.Contains(restorable, want) {
			t.Errorf("%s is not restorable", want)
		}
	}
	for _, want := range []string{"zendesk.ticket.set_status ticket.subject", "stripe.customer.update customer.email", "jira.comment.create issue.summary", "hubspot.note.create contact.email"} {
		if !slices.Contains(outside, want) {
			t.Errorf("%s is not marked as outside", want)
		}
	}
}
