package contract_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
)

func id(text string) action.Value   { return action.Value{Kind: action.ID, Text: text} }
func enum(text string) action.Value { return action.Value{Kind: action.Enum, Text: text} }
func text(text string) action.Value { return action.Value{Kind: action.String, Text: text} }
func number(n int64) action.Value   { return action.Value{Kind: action.Integer, Int: n} }
func minor(n int64) action.Value    { return action.Value{Kind: action.Money, Int: n} }
func instant(t string) action.Value { return action.Value{Kind: action.Time, Text: t} }
func february(day int) action.Value { return instant(fmt.Sprintf("2026-02-%02dT00:00:00Z", day)) }

// example is a call that the example provider can do, in this order: all
// arguments of an action stand in one of its examples.
type example struct {
	action string
	args   action.Args
}

var examples = []example{
	{"stripe.charge.get", action.Args{"charge": id("ch_ada_80")}},
	{"stripe.charge.list", action.Args{
		"customer": id("cus_ada"), "limit": number(3), "created_from": february(1), "created_until": february(28), "starting_after": id("ch_ada_large"),
	}},
	{"stripe.charge.list", action.Args{"payment_intent": id("pi_ada_80"), "ending_before": id("ch_ada_80")}},
	{"stripe.charge.search", action.Args{"customer": id("cus_ada"), "limit": number(5), "page": text("x")}},
	{"stripe.payment_intent.get", action.Args{"payment_intent": id("pi_ada_80")}},
	{"stripe.payment_intent.list", action.Args{"customer": id("cus_ada"), "limit": number(2), "starting_after": id("pi_ada_small")}},
	{"stripe.refund.create", action.Args{"charge": id("ch_ada_80"), "amount": minor(4000), "reason": enum("duplicate")}},
	{"stripe.refund.create", action.Args{"payment_intent": id("pi_ada_450")}},
	{"stripe.refund.get", action.Args{"refund": id("re_acme_0001")}},
	{"stripe.refund.list", action.Args{"charge": id("ch_ada_80"), "limit": number(1)}},
	{"stripe.refund.list", action.Args{"charge": id("ch_ada_80"), "starting_after": id("re_acme_0001")}},
	{"stripe.customer.get", action.Args{"customer": id("cus_ada")}},
	{"stripe.customer.list", action.Args{"email": id("ada.lovelace@example.com"), "limit": number(1)}},
	{"stripe.customer.list", action.Args{"email": id("bob.stone@example.org"), "starting_after": id("cus_bob")}},
	{"stripe.customer.update", action.Args{
		"customer": id("cus_bob"), "name": text("Robert Stone"), "email": text("r@example.org"), "phone": text("+44 20 7946 0959"), "description": text("x"),
	}},
	{"stripe.price.get", action.Args{"price": id("price_team")}},
	{"stripe.subscription.get", action.Args{"subscription": id("sub_ada")}},
	{"stripe.subscription.list", action.Args{"customer": id("cus_ada"), "status": enum("active"), "limit": number(1)}},
	{"stripe.subscription.list", action.Args{"customer": id("cus_ada"), "starting_after": id("sub_ada")}},
	{"stripe.subscription.change_price", action.Args{
		"subscription": id("sub_ada"), "item": id("si_ada"), "price": id("price_team"), "proration_behavior": enum("none"),
	}},
	{"stripe.subscription.cancel_at_period_end", action.Args{"subscription": id("sub_ada"), "cancel": enum("true")}},
	{"stripe.customer.delete", action.Args{"customer": id("cus_ada")}},
}

func stripeCatalog(t *testing.T) *action.Catalog {
	t.Helper()
	data, _ := action.Shipped("stripe")
	catalog, problems := action.Compile("stripe.yaml", data)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return catalog
}

// Every request that the catalog writes is one that Stripe takes, with each of
// its arguments; and what it answers has the shape that facts are read from and
// that the example provider answers with.
func TestRequestsAndAnswersAreStripes(t *testing.T) {
	catalog, mock, own := stripeCatalog(t), stripeMock(t), fake(t)
	for _, e := range examples {
		request, err := catalog.Build(e.action, e.args)
		if err != nil {
			t.Fatal(err)
		}
		theirs, ours := send(t, mock, request), send(t, own, request)
		if theirs.status != 200 || ours.status != 200 {
			t.Errorf("%s %s?%s %s: stripe-mock %d %v, the example provider %d %v", request.Method, request.Path, request.RawQuery, request.Body,
				theirs.status, theirs.body["error"], ours.status, ours.body["error"])
			continue
		}
		for _, difference := range shape("", ours.body, theirs.body) {
			t.Errorf("%s: %s", e.action, difference)
		}
		for _, difference := range facts(catalog, e.action, theirs.body) {
			t.Errorf("%s: %s", e.action, difference)
		}
	}
}

// Stripe takes the gateway's mark in a refund, and lists it where the probe looks.
func TestTheMarkIsStripes(t *testing.T) {
	catalog, mock, own := stripeCatalog(t), stripeMock(t), fake(t)
	refund, _ := catalog.Action("stripe.refund.create")
	request, err := catalog.Build(refund.Name, action.Args{"charge": id("ch_ada_80"), "amount": minor(4000)})
	if err != nil {
		t.Fatal(err)
	}
	mark := action.NewMark([]byte("0123456789abcdef"))
	request = refund.Marked(request, mark)
	read, args, err := refund.ProbeCall(action.Args{"charge": id("ch_ada_80")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	look, err := catalog.Build(read, args)
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]string{"stripe-mock": mock, "the example provider": own} {
		done, list := send(t, at, request), send(t, at, look)
		if done.status != 200 || list.status != 200 || kind(find(done.body, "metadata")) != "object" || kind(find(list.body, "data")) != "list" ||
			kind(find(list.body, "has_more")) != "bool" || kind(find(list.body, "data[].metadata")) != "object" {
			t.Errorf("%s: %d %v, %d %v", name, done.status, done.body, list.status, list.body)
		}
	}
	body, _ := json.Marshal(send(t, own, look).body)
	if got := refund.FoundMark(mark, 200, "application/json", body); got != action.OutcomeApplied {
		t.Errorf("in the list of the example provider it is %v: %s", got, body)
	}
}

// Each argument of each action is in an example.
func TestExamplesAreComplete(t *testing.T) {
	for _, a := range stripeCatalog(t).Actions() {
		for _, p := range append(slices.Clone(a.Params), action.Param{}) {
			if !slices.ContainsFunc(examples, func(e example) bool {
				_, given := e.args[p.Name]
				return e.action == a.Name && (given || p.Name == "")
			}) {
				t.Errorf("no example of %s gives %q", a.Name, p.Name)
			}
		}
	}
}

// What Stripe refuses, the example provider refuses in the same shape.
func TestRefusalsAreStripes(t *testing.T) {
	mock, own := stripeMock(t), fake(t)
	form := []action.Header{{Name: "content-type", Value: "application/x-www-form-urlencoded"}}
	for name, r := range map[string]action.Request{
		"an unknown parameter": {Method: "POST", Path: "/v1/refunds", Header: form, Body: []byte("charge=ch_ada_80&bogus=1")},
		"an unknown filter":    {Method: "GET", Path: "/v1/customers", RawQuery: "bogus=1"},
		"an amount in words":   {Method: "POST", Path: "/v1/refunds", Header: form, Body: []byte("charge=ch_ada_80&amount=many")},
		"an unknown address":   {Method: "POST", Path: "/v1/nowhere", Header: form, Body: []byte("a=b")},
		"a change of nobody":   {Method: "POST", Path: "/v1/customers/cus_ada", Header: form, Body: []byte("bogus=1")},
		"a change of nothing":  {Method: "POST", Path: "/v1/subscriptions/sub_ada", Header: form, Body: []byte("bogus=1")},
	} {
		t.Run(name, func(t *testing.T) {
			theirs, ours := send(t, mock, r), send(t, own, r)
			if theirs.status != ours.status {
				t.Errorf("stripe-mock %d %v, the example provider %d %v", theirs.status, theirs.body, ours.status, ours.body)
			}
			for _, at := range []string{"error.type", "error.message"} {
				if a, b := kind(find(theirs.body, at)), kind(find(ours.body, at)); a != b {
					t.Errorf("%s is %s at stripe-mock, and %s here", at, a, b)
				}
			}
		})
	}
}

// shape lists what ours has that theirs does not have, or has as another kind of
// value. Null stands for every kind: whether something is set is no shape.
func shape(at string, ours, theirs any) []string {
	a, b := kind(ours), kind(theirs)
	if ours == nil || theirs == nil {
		return nil
	}
	if a != b {
		return []string{at + " is " + a + ", and " + b + " at stripe-mock"}
	}
	var out []string
	switch mine := ours.(type) {
	case map[string]any:
		for name, value := range mine {
			other, known := theirs.(map[string]any)[name]
			if !known && !strings.HasSuffix(at, "metadata") {
				out = append(out, at+"."+name+" is not Stripe's")
				continue
			}
			out = append(out, shape(at+"."+name, value, other)...)
		}
	case []any:
		if other := theirs.([]any); len(mine) > 0 && len(other) > 0 {
			out = shape(at+"[]", mine[0], other[0])
		}
	}
	return out
}

// facts lists the fields of facts that are not where the catalog looks for them
// in the answer to a read.
func facts(catalog *action.Catalog, read string, body map[string]any) []string {
	var out []string
	for _, a := range catalog.Actions() {
		for _, f := range a.Facts {
			for _, field := range f.Fields {
				if f.Action != read || field.Name == "deleted" { // of a customer that is gone: see the answer to a deletion
					continue
				}
				found := find(body, field.From)
				if found == nil {
					out = append(out, "facts."+f.Name+"."+field.Name+": stripe-mock has nothing at "+field.From)
				} else if got, want := kind(found), jsonKind(field); got != want && got != "null" {
					out = append(out, "facts."+f.Name+"."+field.Name+" is "+got+" at stripe-mock, and "+want+" in the catalog")
				}
			}
		}
	}
	return out
}

// jsonKind is how Stripe writes a kind.
func jsonKind(f action.Field) string {
	switch f.Kind {
	case action.Integer, action.Money, action.Time:
		return "number"
	case action.Bool:
		return "bool"
	case action.List:
		return "list"
	default:
		return "text"
	}
}

type absent struct{}

// find follows a position; nil when it leads nowhere.
func find(value any, position string) any {
	for part := range strings.SplitSeq(position, ".") {
		name, isList := strings.CutSuffix(part, "[]")
		object, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		next, there := object[name]
		if !there {
			return nil
		}
		if value = next; value == nil {
			return absent{}
		}
		if list, ok := value.([]any); isList && ok && len(list) == 1 {
			value = list[0]
		}
	}
	return value
}

func kind(value any) string {
	switch value.(type) {
	case nil:
		return "nothing"
	case absent:
		return "null"
	case bool:
		return "bool"
	case float64:
		return "number"
	case string:
		return "text"
	case []any:
		return "list"
	default:
		return "object"
	}
}
