package provider_test

import (
	"net/url"
	"testing"

	"github.com/sallyport/sallyport/examples/provider"
)

func TestChargeAsStripeWritesIt(t *testing.T) {
	b := start(t)
	want := map[string]any{
		"id": "ch_ada_small", "object": "charge", "amount": 3000., "amount_captured": 3000., "amount_refunded": 0.,
		"billing_details": map[string]any{"email": "ada.lovelace@example.com", "name": "Ada Lovelace", "phone": "+1 415 555 0142"},
		"captured":        true, "created": 1772280000., "currency": "usd", "customer": "cus_ada", "description": "Monthly plan",
		"disputed": false, "livemode": false, "metadata": map[string]any{}, "paid": true, "payment_intent": "pi_ada_small",
		"payment_method_details": map[string]any{"card": map[string]any{"brand": "visa", "country": "US", "last4": "4242"}, "type": "card"},
		"receipt_email":          "ada.lovelace@example.com", "refunded": false, "status": "succeeded",
	}
	equal(t, want, b.stripe("GET", "/v1/charges/ch_ada_small", "").body)
	equal(t, "ch_ada_small", b.stripe("GET", "/v1/payment_intents/pi_ada_small", "").body["latest_charge"])
	equal(t, "陈伟", b.stripe("GET", "/v1/customers/cus_chen", "").body["name"])
}

func TestListsPageAsStripeDoes(t *testing.T) {
	b := start(t)
	for name, c := range map[string]struct {
		query string
		ids   []string
		more  bool
	}{
		"the newest first":  {"customer=cus_ada&limit=2", []string{"ch_ada_small", "ch_ada_large"}, true},
		"after a cursor":    {"customer=cus_ada&limit=2&starting_after=ch_ada_large", []string{"ch_ada_1000", "ch_ada_450"}, true},
		"the last page":     {"customer=cus_ada&starting_after=ch_ada_eur", []string{"ch_ada_4999"}, false},
		"before a cursor":   {"customer=cus_ada&limit=1&ending_before=ch_ada_1000", []string{"ch_ada_large"}, true},
		"by payment":        {"payment_intent=pi_bob_20", []string{"ch_bob_20"}, false},
		"nobody's":          {"customer=cus_grace", []string{}, false},
		"exactly one page":  {"customer=cus_bob&limit=2", []string{"ch_bob_90", "ch_bob_20"}, false},
		"crossing cursors":  {"starting_after=ch_bob_20&ending_before=ch_ada_large", []string{}, false},
		"another's charges": {"customer=cus_chen", []string{"ch_chen_60", "ch_chen_jpy"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			body := b.stripe("GET", "/v1/charges?"+c.query, "").body
			ids := []string{}
			for _, o := range body["data"].([]any) {
				ids = append(ids, o.(map[string]any)["id"].(string))
			}
			equal(t, c.ids, ids)
			equal(t, []any{"list", "/v1/charges", c.more}, []any{body["object"], body["url"], body["has_more"]})
		})
	}
	equal(t, 10, len(b.stripe("GET", "/v1/charges", "").body["data"].([]any)))
}

func TestRefund(t *testing.T) {
	b := start(t)
	first := b.stripe("POST", "/v1/refunds", "charge=ch_ada_small&amount=1000&reason=duplicate&metadata[note]=n")
	want := map[string]any{
		"id": "re_acme_0001", "object": "refund", "amount": 1000., "charge": "ch_ada_small", "created": 1772366400., "currency": "usd",
		"metadata": map[string]any{"note": "n"}, "payment_intent": "pi_ada_small", "reason": "duplicate", "status": "succeeded",
	}
	equal(t, want, first.body)
	equal(t, want, b.stripe("GET", "/v1/refunds/re_acme_0001", "").body)

	rest := b.stripe("POST", "/v1/refunds", "payment_intent=pi_ada_small")
	equal(t, []any{2000., nil}, []any{rest.body["amount"], rest.body["reason"]})
	charge := b.stripe("GET", "/v1/charges/ch_ada_small", "").body
	equal(t, []any{3000., true}, []any{charge["amount_refunded"], charge["refunded"]})

	listed := b.stripe("GET", "/v1/refunds?charge=ch_ada_small&limit=1", "").body
	equal(t, []any{true, 1}, []any{listed["has_more"], len(listed["data"].([]any))})
	equal(t, 2, len(b.Refunds("ch_ada_small")))
}

func TestRefundRefused(t *testing.T) {
	const invalid = "invalid_request_error"
	for name, c := range map[string]struct {
		body   string
		status int
		want   map[string]any
	}{
		"more than the rest": {"charge=ch_ada_small&amount=3001", 400, stripeError(invalid, "", "amount", "Refund amount ($30.01) is greater than unrefunded amount on charge ($30.00)")},
		"more yen":           {"charge=ch_ada_jpy&amount=20001", 400, stripeError(invalid, "", "amount", "Refund amount (¥20001) is greater than unrefunded amount on charge (¥20000)")},
		"more euro":          {"charge=ch_ada_eur&amount=15001", 400, stripeError(invalid, "", "amount", "Refund amount (€150.01) is greater than unrefunded amount on charge (€150.00)")},
		"refunded already":   {"charge=ch_bob_20", 400, stripeError(invalid, "charge_already_refunded", "", "Charge ch_bob_20 has already been refunded.")},
		"no such charge":     {"charge=ch_no", 404, stripeError(invalid, "resource_missing", "charge", "No such charge: 'ch_no'")},
		"another account's":  {"charge=ch_grace_small", 404, stripeError(invalid, "resource_missing", "charge", "No such charge: 'ch_grace_small'")},
		"no such payment":    {"payment_intent=pi_no", 404, stripeError(invalid, "resource_missing", "payment_intent", "No such payment_intent: 'pi_no'")},
		"two that disagree":  {"charge=ch_bob_90&payment_intent=pi_bob_20", 404, stripeError(invalid, "resource_missing", "charge", "No such charge: 'ch_bob_90'")},
		"nothing named":      {"amount=1", 400, stripeError(invalid, "parameter_missing", "charge", "One of the following params should be provided for this request: payment_intent or charge.")},
		"not a number":       {"charge=ch_bob_90&amount=12.00", 400, stripeError(invalid, "parameter_invalid_integer", "amount", "Invalid integer: 12.00")},
		"nothing":            {"charge=ch_bob_90&amount=0", 400, stripeError(invalid, "parameter_invalid_integer", "amount", "This value must be greater than or equal to 1.")},
		"unknown parameter":  {"charge=ch_bob_90&currency=usd", 400, stripeError(invalid, "parameter_unknown", "currency", "Received unknown parameter: currency")},
		"unknown reason":     {"charge=ch_bob_90&reason=mood", 400, stripeError(invalid, "", "reason", "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer")},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.stripe("POST", "/v1/refunds", "charge=ch_bob_20")
			got := b.stripe("POST", "/v1/refunds", c.body)
			equal(t, c.status, got.status)
			equal(t, c.want, got.body)
			equal(t, map[string]int{"ch_bob_20": 1}, b.Effects().Refunds)
			if got.header.Get("Request-Id") == "" {
				t.Error("no request id")
			}
		})
	}
}

func TestUnknownAddress(t *testing.T) {
	b := start(t)
	for _, path := range []string{"/v1/payouts", "/v1/refunds/re_1/cancel"} {
		got := b.stripe("POST", path, url.Values{}.Encode())
		equal(t, 404, got.status)
		equal(t, stripeError("invalid_request_error", "", "", "Unrecognized request URL (POST: "+path+")."), got.body)
	}
	equal(t, provider.Effects{Refunds: map[string]int{}, Comments: map[string]int{}}, b.Effects())
}

func TestAddCharge(t *testing.T) {
	b := start(t)
	for name, c := range map[string]struct {
		account, id, customer string
		amount                int64
		refused               bool
	}{
		"a new one":    {"acme", "ch_new", "cus_ada", 100_000, false},
		"no account":   {"initech", "ch_x", "cus_ada", 1, true},
		"no customer":  {"acme", "ch_x", "cus_grace", 1, true},
		"there is one": {"acme", "ch_grace_small", "cus_bob", 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			err := b.AddCharge(c.account, c.id, c.customer, c.amount, "usd")
			equal(t, c.refused, err != nil)
		})
	}
	equal(t, 100_000., b.stripe("GET", "/v1/charges/ch_new", "").body["amount"].(float64))
	equal(t, 200, b.stripe("POST", "/v1/refunds", "charge=ch_new").status)
}
