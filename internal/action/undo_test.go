package action

import (
	"strings"
	"testing"
)

const plans = `
name: shop
dialect: problem
max_body: 1KiB
outcomes: {applied: {status: [2xx]}, not_applied: {status: [4xx]}}
actions:
  - {name: shop.plan.get, summary: Read, method: GET, path: '/plans/{plan}', params: [{name: plan, kind: id}]}
  - name: shop.plan.set
    summary: Set
    method: POST
    effect: true
    path: /plans/{plan}
    body: form
    params: [{name: plan, kind: id}, {name: price, kind: id, prefixes: [price_], required: true}, {name: seats, kind: integer}]
    facts: [{name: plan, action: shop.plan.get, args: {plan: args.plan}, fields: [{name: price, kind: id, optional: true}]}]
    business_key: [args.plan, args.price]
    undo: UNDO
`

func TestUndoCall(t *testing.T) {
	c, problems := Compile("shop", []byte(strings.Replace(plans, "UNDO", "{action: shop.plan.set, args: {plan: args.plan, price: facts.plan.price}}", 1)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	set, _ := c.Action("shop.plan.set")
	args := Args{"plan": {Kind: ID, Text: "p1"}, "price": {Kind: ID, Text: "price_new"}}
	was := func(price string) Facts { return Facts{"plan": {"price": {Kind: ID, Text: price}}} }
	call, act, err := c.UndoCall(set, args, was("price_old"))
	if err != nil || act != set || string(MarshalArgs(call.Args)) != `{"plan":{"id":"p1"},"price":{"id":"price_old"}}` {
		t.Errorf("%s %v", MarshalArgs(call.Args), err)
	}
	for name, facts := range map[string]Facts{"a price that was absent": {"plan": {}}, "one that is none": was("other")} {
		if call, _, err := c.UndoCall(set, args, facts); err == nil {
			t.Errorf("%s is undone with %s", name, MarshalArgs(call.Args))
		}
	}
	get, _ := c.Action("shop.plan.get")
	if _, _, err := c.UndoCall(get, args, nil); err == nil {
		t.Error("a read is undone")
	}
}

func TestUndoMistakes(t *testing.T) {
	for undo, want := range map[string]string{
		"{action: shop.plan.get, args: {plan: args.plan}}":                                       "undo.action: must be an effect of this catalog",
		"{action: shop.nothing, args: {}}":                                                       "undo.action: must be an effect of this catalog",
		"{action: shop.plan.set, args: {plan: args.plan}}":                                       "undo.args: must give price of shop.plan.set",
		"{action: shop.plan.set, args: {plan: args.plan, price: args.seats}}":                    "undo.args.price: must give an argument",
		"{action: shop.plan.set, args: {plan: args.plan, price: facts.plan.cost}}":               "undo.args.price: must give an argument",
		"{action: shop.plan.set, args: {plan: args.plan, price: args.price, color: args.price}}": "undo.args.color: must give an argument",
	} {
		_, problems := Compile("shop", []byte(strings.Replace(plans, "UNDO", undo, 1)))
		if len(problems) != 1 || !strings.Contains(problems[0].String(), want) {
			t.Errorf("%s: %v", undo, problems)
		}
	}
}
