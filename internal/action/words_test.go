package action

import (
	"strings"
	"testing"
)

func TestBusinessKey(t *testing.T) {
	_, a := refund(t)
	facts := chargeFacts(t, chargeJSON)
	base := Args{"charge": {Kind: ID, Text: "ch_1"}, "amount": {Kind: Money, Int: 4000, Text: "USD"}}
	key, err := a.BusinessKey(base, facts)
	if want := "stripe.refund.create/args.charge=4:ch_1/args.amount=4:4000"; key != want || err != nil {
		t.Errorf("BusinessKey = %q, %v; want %q", key, err, want)
	}
	// The reason of a refund does not make it another refund.
	base["reason"] = Value{Kind: Enum, Text: "duplicate"}
	if again, _ := a.BusinessKey(base, nil); again != key {
		t.Errorf("BusinessKey = %q, want %q", again, key)
	}
	// "The rest" is its own key, as it was asked: after the refund the rest is
	// nothing, and the repeated call must still find its refund.
	rest, err := a.BusinessKey(Args{"charge": base["charge"]}, facts)
	if want := "stripe.refund.create/args.charge=4:ch_1/args.amount=absent"; rest != want || err != nil {
		t.Errorf("without an amount the key is %q, %v; want %q", rest, err, want)
	}
	if got, err := a.BusinessKey(Args{"amount": base["amount"]}, facts); err == nil {
		t.Errorf("without a charge the key is %q", got)
	}
	if got, err := shippedCatalog(t, "stripe").Actions()[0].BusinessKey(base, facts); err == nil {
		t.Errorf("a read has the key %q", got)
	}
}

func TestBusinessKeyHidesTexts(t *testing.T) {
	a, _ := shippedCatalog(t, "zendesk").Action("zendesk.comment.create")
	seen := map[string]string{}
	for _, body := range []string{"ada@example.com", "x", "5:x", strings.Repeat("y", 5000), "sha256:" + strings.Repeat("0", 64)} {
		key, err := a.BusinessKey(Args{"ticket": {Kind: ID, Text: "7"}, "body": {Kind: String, Text: body}, "public": {Kind: Bool}}, nil)
		if err != nil || len(key) > 200 || strings.Contains(key, "ada@") {
			t.Errorf("BusinessKey = %q, %v", key, err)
		}
		if other, twice := seen[key]; twice {
			t.Errorf("%q and %q have one key", body, other)
		}
		seen[key] = body
	}
}

func TestDescribe(t *testing.T) {
	_, a := refund(t)
	comment, _ := shippedCatalog(t, "zendesk").Action("zendesk.comment.create")
	args := Args{"charge": {Kind: ID, Text: "ch_1"}, "amount": {Kind: Money, Int: 10000}}
	yen := strings.Replace(chargeJSON, "usd", "jpy", 1)
	for want, got := range map[string]string{
		"Refund 100.00 USD of charge ch_1 to customer cus_ada":                       a.Describe(args, chargeFacts(t, chargeJSON)),
		"Refund 10000 JPY of charge ch_1 to customer cus_ada":                        a.Describe(args, chargeFacts(t, yen)),
		"Refund 10000 minor units of charge ch_1 to customer (customer not known)":   a.Describe(args, nil),
		"Refund (amount not known) of charge ch_1 to customer (customer not known)":  a.Describe(Args{"charge": args["charge"]}, nil),
		"Refund (amount not known) of charge a?b?c to customer (customer not known)": a.Describe(Args{"charge": {Kind: ID, Text: "a\nb\u202ec"}}, nil),
		"Write a comment on ticket 7 (public: false)": comment.Describe(Args{
			"ticket": {Kind: ID, Text: "7"}, "body": {Kind: String, Text: "secret"}, "public": {Kind: Bool}}, nil),
	} {
		if got != want {
			t.Errorf("Describe = %q, want %q", got, want)
		}
	}
}
