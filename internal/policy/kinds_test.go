package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// ordering is a catalog with arguments and facts of every kind.
const ordering = `
name: shop
dialect: problem
max_body: 4KiB
outcomes: {applied: {status: [200]}, not_applied: {status: [404]}}
actions:
  - {name: shop.order.get, summary: Read, method: GET, path: '/o/{order}', params: [{name: order, kind: id}]}
  - name: shop.order.ship
    summary: Ship
    effect: true
    method: POST
    path: /ship
    body: json
    params:
      - {name: order, kind: id, required: true, safe: true}
      - {name: alias, kind: id, stands_for: order, through: facts.found.order}
      - {name: weight, kind: decimal, scale: 3}
      - {name: due, kind: time}
      - {name: codes, kind: list, items: {kind: integer}}
      - {name: tags, kind: list}
      - {name: parts, kind: list, items: {kind: object, fields: [{name: a, kind: id}]}}
      - {name: to, kind: object, fields: [{name: city, kind: string}, {name: at, kind: object, fields: [{name: lat, kind: decimal, scale: 2, min: -90}]}]}
    facts:
      - {name: found, when: alias, action: shop.order.get, args: {order: args.alias}, fields: [{name: order, kind: id}]}
      - name: order
        action: shop.order.get
        args: {order: args.order}
        fields:
          - {name: limit, kind: decimal, scale: 2}
          - {name: made, kind: time}
          - {name: subject, kind: string, outside: true}
          - {name: buyer, kind: object, fields: [{name: country, kind: id}, {name: since, kind: time}]}
          - {name: note, kind: object, outside: true, fields: [{name: text, kind: string}]}
    business_key: [args.order]
`

func shop(t *testing.T) []*action.Action {
	t.Helper()
	catalog, problems := action.Compile("shop.yaml", []byte(ordering))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return catalog.Actions()
}

func ship(t *testing.T, condition, effect string) (*Engine, error) {
	t.Helper()
	quoted := `"` + condition + `"`
	e, problems := Compile(Source{Policy: []byte("p, seller, shop.order.ship, " + quoted + ", " + effect + ", -\ng, bot, seller\n"), Actions: shop(t)})
	return e, problems.Err()
}

func shipping(t *testing.T) Input {
	t.Helper()
	id := func(text string) action.Value { return action.Value{Kind: action.ID, Text: text} }
	when := func(text string) action.Value { return action.Value{Kind: action.Time, Text: text} }
	decimal := func(text string) action.Value { return action.Value{Kind: action.Decimal, Text: text} }
	list := func(values ...action.Value) action.Value { return action.Value{Kind: action.List, List: values} }
	object := func(fields map[string]action.Value) action.Value {
		return action.Value{Kind: action.Object, Fields: fields}
	}
	return Input{
		Action: shop(t)[1], Identity: token.Identity{Agent: "bot"}, Now: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
		Call: action.Call{Args: action.Args{
			"order": id("o_1"), "weight": decimal("1.500"), "due": when("2026-01-09T00:00:00Z"),
			"codes": list(action.Value{Kind: action.Integer, Int: 3}, action.Value{Kind: action.Integer, Int: 4}),
			"tags":  list(action.Value{Kind: action.String, Text: "a"}),
			"to":    object(map[string]action.Value{"city": {Kind: action.String, Text: "Bonn"}, "at": object(map[string]action.Value{"lat": decimal("-48.70")})}),
		}},
		Facts: action.Facts{"found": {}, "order": {
			"limit": decimal("1.50"), "made": when("2026-01-01T12:00:00.5Z"), "subject": {Kind: action.String, Text: "vip"},
			"buyer": object(map[string]action.Value{"country": id("DE"), "since": when("2020-01-01T00:00:00Z")}),
			"note":  object(map[string]action.Value{"text": {Kind: action.String, Text: "vip"}}),
		}},
	}
}

// Every kind compares as what it is: decimals exactly and whatever their scale,
// times as instants, lists by what is in them, objects by their fields.
func TestConditionsOfEveryKind(t *testing.T) {
	for condition, want := range map[string]bool{
		"args.weight == facts.order.limit":                     true,
		"args.weight == decimal('1.5')":                        true,
		"args.weight <= decimal('1.499999999999')":             false,
		"args.weight > decimal('-2')":                          true,
		"args.weight != decimal('1.5')":                        false,
		"args.weight in [decimal('1'), decimal('1.50')]":       true,
		"args.to.at.lat < decimal('-48.7')":                    false,
		"args.to.at.lat >= decimal('-48.7')":                   true,
		"args.to.city == 'Bonn'":                               true,
		"args.due - now == duration('168h')":                   true,
		"args.due < timestamp('2026-01-08T23:59:59Z')":         false,
		"facts.order.made > timestamp('2026-01-01T12:00:00Z')": true,
		"facts.order.made.getHours() == 12":                    true,
		"facts.order.buyer.country in ['DE', 'AT']":            true,
		"facts.order.buyer.since < now":                        true,
		"3 in args.codes && !(5 in args.codes)":                true,
		"args.codes.all(c, c < 5)":                             true,
		"args.codes == [3, 4]":                                 true,
		"'a' in args.tags":                                     true,
		"args.tags.size() == 1":                                true,
	} {
		e, err := ship(t, condition, "allow")
		if err != nil {
			t.Errorf("%s: %v", condition, err)
			continue
		}
		if got := e.Decide(shipping(t)); (got.Effect == Allow) != want || got.Reason == reason.PolicyUnevaluable {
			t.Errorf("%s: %+v", condition, got)
		}
	}
}

// What is not there yet is waited for, and what is missing is no yes, in every
// field of an object.
func TestKindsThatAreNotThere(t *testing.T) {
	for _, condition := range []string{"args.weight > decimal('0')", "args.to.at.lat < decimal('0')", "args.due > now", "facts.order.buyer.country == 'DE'", "!(3 in args.codes)", "args.to.city != 'x'"} {
		e, err := ship(t, condition, "allow")
		if err != nil {
			t.Fatal(err)
		}
		in := shipping(t)
		in.Call.Args = action.Args{"order": in.Call.Args["order"]}
		in.Facts = nil
		if got := e.Decide(in); got.Effect == Allow || got.Reason != reason.FactsNeeded {
			t.Errorf("%s before the facts: %+v", condition, got)
		}
		in.Facts = action.Facts{"found": {}, "order": {"buyer": {Kind: action.Object, Fields: map[string]action.Value{"country": {Kind: action.Integer, Int: 1}}}}}
		if got := e.Decide(in); got.Effect == Allow || got.Reason != reason.PolicyUnevaluable {
			t.Errorf("%s without them: %+v", condition, got)
		}
	}
}

func TestConditionsThatKindsRefuse(t *testing.T) {
	for condition, want := range map[string]string{
		"args.weight > 1.0":                      "no matching overload",
		"args.weight > 1":                        "no matching overload",
		"args.weight == 1.5":                     "no matching overload",
		"args.due > '2026-01-01'":                "no matching overload",
		"args.to == 'x'":                         "has no args",
		"args.parts.size() > 0":                  "has no args.parts",
		"facts.found.order == 'x'":               "has no facts.found.order",
		"facts.order.subject == 'vip'":           "facts.order.subject can be written from outside",
		"facts . order . subject == 'vip'":       "facts.order.subject can be written from outside",
		"facts.order.note.text == 'vip'":         "facts.order.note can be written from outside",
		"true || facts.order.subject.size() > 1": "facts.order.subject can be written from outside",
	} {
		if _, err := ship(t, condition, "allow"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", condition, err, want)
		}
	}
	e, err := ship(t, "facts.order.subject == 'vip'", "deny")
	if err != nil {
		t.Fatalf("a deny cannot speak about what is outside: %v", err)
	}
	if got := e.Decide(shipping(t)); got.Reason != reason.PolicyDenied {
		t.Errorf("the deny says %+v", got)
	}
	for _, text := range []string{"", "1e2", "1/3", "0x1", ".", "-", "1-1", "+1", "Inf", "1_0", strings.Repeat("1", 41)} {
		if _, err := ship(t, "args.weight > decimal('"+text+"')", "allow"); err == nil || !strings.Contains(err.Error(), "is no decimal number") {
			t.Errorf("decimal(%q): %v", text, err)
		}
		e, err := ship(t, "args.weight > decimal(args.to.city)", "allow")
		if err != nil {
			t.Fatal(err)
		}
		in := shipping(t)
		in.Call.Args["to"].Fields["city"] = action.Value{Kind: action.String, Text: text}
		if got := e.Decide(in); got.Reason != reason.PolicyUnevaluable {
			t.Errorf("decimal(%q) gives %+v", text, got)
		}
	}
}
