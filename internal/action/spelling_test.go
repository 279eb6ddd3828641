package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// However a request is spelled, it is one call.
func TestSpellingsOfOneCall(t *testing.T) {
	post := func(contentType, body string) Request {
		return Request{Method: "POST", Path: "/v1/refunds", Body: []byte(body), Header: []Header{{"content-type", contentType}}}
	}
	put := func(path, body string) Request {
		return Request{Method: "PUT", Path: path, Body: []byte(body), Header: []Header{{"content-type", "application/json; charset=UTF-8"}}}
	}
	for name, tc := range map[string]struct {
		catalog  string
		requests []Request
		args     string
	}{
		"refund": {"stripe", []Request{
			post(form, "charge=ch_1&amount=4000"),
			post("Application/X-WWW-Form-Urlencoded;charset=\"utf-8\"", "amount=4000&charge=ch_1"),
			post(form+" ; charset=utf-8", "am%6funt=%34000&charge=ch%5F1"),
		}, `{"amount":{"money":4000},"charge":{"id":"ch_1"}}`},
		"comment": {"zendesk", []Request{
			put("/api/v2/tickets/7.json", `{"ticket":{"comment":{"body":"a é\n😀"}}}`),
			put("/api/v2/tickets/7", `{"ticket":{"id":7,"comment":{"public":true,"body":"a \u00e9\n\ud83d\ude00"}}}`),
			put("/api/v2/tickets/7", ` { "ticket" : { "comment" : { "body" : "\u0061 é\u000a😀" } , "id" : "7" } } `),
		}, `{"body":{"text":"a é\n😀"},"public":{"bool":true},"ticket":{"id":"7"}}`},
		"ticket": {"zendesk", []Request{
			{Method: "GET", Path: "/api/v2/tickets/7.json"},
			{Method: "GET", Path: "/api/v2/tickets/7", Header: []Header{{"content-type", "application/json"}, {"content-encoding", "identity"}, {"prefer", "respond-async"}}},
		}, `{"ticket":{"id":"7"}}`},
		"comments, as zenpy asks": {"zendesk", []Request{
			{Method: "GET", Path: "/api/v2/tickets/7/comments.json", RawQuery: "page%5Bsize%5D=100&include_inline_images=false"},
			{Method: "GET", Path: "/api/v2/tickets/7/comments", RawQuery: "include_inline_images=false&page[size]=100"},
		}, `{"include_inline_images":{"bool":false},"page_size":{"integer":100},"ticket":{"id":"7"}}`},
		"list": {"stripe", []Request{
			{Method: "GET", Path: "/v1/charges", RawQuery: "customer=cus_ada&limit=10"},
			{Method: "GET", Path: "/v1/charges", RawQuery: "limit=10&customer=cus%5fada"},
		}, `{"customer":{"id":"cus_ada"},"limit":{"integer":10}}`},
	} {
		t.Run(name, func(t *testing.T) {
			c := shippedCatalog(t, tc.catalog)
			for _, r := range tc.requests {
				call, _, mismatch := c.Match(r)
				if mismatch != nil {
					t.Fatalf("%s %s %s: %v", r.Method, r.Path, r.Body, mismatch)
				}
				if diff := cmp.Diff(tc.args, string(MarshalArgs(call.Args))); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestBuild(t *testing.T) {
	id := func(text string) Value { return Value{Kind: ID, Text: text} }
	for name, tc := range map[string]struct {
		catalog, action string
		args            Args
		want            Request
	}{
		"refund": {"stripe", "stripe.refund.create",
			Args{"charge": id("ch_1"), "amount": {Kind: Money, Int: 4000, Text: "USD"}},
			Request{Method: "POST", Path: "/v1/refunds", Body: []byte("charge=ch_1&amount=4000"),
				Header: []Header{{"content-type", form}, {"stripe-version", "2026-10-28.endive"}}}},
		"list": {"stripe", "stripe.charge.list",
			Args{"limit": {Kind: Integer, Int: 3}, "customer": id("cus_1")},
			Request{Method: "GET", Path: "/v1/charges", RawQuery: "customer=cus_1&limit=3",
				Header: []Header{{"stripe-version", "2026-10-28.endive"}}}},
		"comment": {"zendesk", "zendesk.comment.create",
			Args{"ticket": id("7"), "body": {Kind: String, Text: "a \"b\"\né"}},
			Request{Method: "PUT", Path: "/api/v2/tickets/7.json", Body: []byte(`{"ticket":{"comment":{"body":"a \"b\"\né","public":true}}}`),
				Header: []Header{{"content-type", "application/json"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := shippedCatalog(t, tc.catalog).Build(tc.action, tc.args)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBuildRefusesWhatMatchCouldNotHaveRead(t *testing.T) {
	stripe, kinds := shippedCatalog(t, "stripe"), compiled(t, kindsYAML)
	charge := Value{Kind: ID, Text: "ch_1"}
	for name, tc := range map[string]struct {
		catalog *Catalog
		action  string
		args    Args
	}{
		"unknown action":     {stripe, "stripe.payout.create", Args{}},
		"missing":            {stripe, "stripe.refund.create", Args{}},
		"undeclared":         {stripe, "stripe.refund.create", Args{"charge": charge, "note": {Kind: String, Text: "x"}}},
		"another kind":       {stripe, "stripe.refund.create", Args{"charge": {Kind: String, Text: "ch_1"}}},
		"no kind":            {stripe, "stripe.refund.create", Args{"charge": {Text: "ch_1"}}},
		"a path in an id":    {stripe, "stripe.charge.get", Args{"charge": {Kind: ID, Text: "ch_1/../x"}}},
		"out of range":       {stripe, "stripe.refund.create", Args{"charge": charge, "amount": {Kind: Money}}},
		"two members":        {stripe, "stripe.refund.create", Args{"charge": {Kind: ID, Text: "ch_1", Int: 1}}},
		"not UTF-8":          {kinds, "kinds.json", Args{"text": {Kind: String, Text: "\xff"}}},
		"NUL":                {kinds, "kinds.json", Args{"text": {Kind: String, Text: "\x00"}}},
		"empty list":         {kinds, "kinds.json", Args{"tags": {Kind: List}}},
		"another currency":   {kinds, "kinds.json", Args{"price": {Kind: Money, Int: 1, Text: "EUR"}}},
		"larger than a body": {kinds, "kinds.json", Args{"text": {Kind: String, Text: string(make([]byte, 70<<10))}}},
	} {
		t.Run(name, func(t *testing.T) {
			if r, err := tc.catalog.Build(tc.action, tc.args); err == nil {
				t.Errorf("was built: %s %s %s", r.Method, r.Path, r.Body)
			}
		})
	}
}
