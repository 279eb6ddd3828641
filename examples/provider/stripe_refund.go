package provider

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// reasons are the values Stripe takes for a refund's reason.
var reasons = map[string]bool{"duplicate": true, "fraudulent": true, "requested_by_customer": true}

// createRefund refunds a part of a charge, or what is left of it when no amount
// is given. Answers up to here that name a wrong parameter are not stored under
// an idempotency key; those that depend on the charge are.
func (s stripe) createRefund(data *state, req request, form url.Values) response {
	if res, bad := s.unknown(form, "charge", "payment_intent", "amount", "reason", "metadata"); bad {
		return res
	}
	amount, res, bad := s.amount(form)
	if bad {
		return res
	}
	if reason := form.Get("reason"); form.Has("reason") && !reasons[reason] {
		return s.refuse(http.StatusBadRequest, "", "reason", "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer")
	}
	if !form.Has("charge") && !form.Has("payment_intent") {
		return s.refuse(http.StatusBadRequest, "parameter_missing", "charge", "One of the following params should be provided for this request: payment_intent or charge.")
	}
	res = s.refund(data, req, form, amount)
	res.stored = true // also what was refused
	if key := s.key(req); key != "" {
		res.header = http.Header{"Idempotency-Key": {key}, "Original-Request": {req.id}}
	}
	return res
}

// amount is 0 when the rest of the charge is to be refunded.
func (s stripe) amount(form url.Values) (int64, response, bool) {
	text := form.Get("amount")
	if !form.Has("amount") {
		return 0, response{}, false
	}
	amount, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, s.refuse(http.StatusBadRequest, "parameter_invalid_integer", "amount", "Invalid integer: "+text), true
	}
	if amount < 1 {
		return 0, s.refuse(http.StatusBadRequest, "parameter_invalid_integer", "amount", "This value must be greater than or equal to 1."), true
	}
	return amount, response{}, false
}

func (s stripe) refund(data *state, req request, form url.Values, amount int64) response {
	charge, res, bad := s.chargeOf(data, form)
	if bad {
		return res
	}
	rest := charge.Amount - charge.AmountRefunded
	if rest == 0 {
		return s.refuse(http.StatusBadRequest, "charge_already_refunded", "", "Charge "+charge.ID+" has already been refunded.")
	}
	if amount == 0 {
		amount = rest
	}
	if amount > rest {
		return s.refuse(http.StatusBadRequest, "", "amount", fmt.Sprintf("Refund amount (%s) is greater than unrefunded amount on charge (%s)",
			price(amount, charge.Currency), price(rest, charge.Currency)))
	}
	refund := data.addRefund(charge, amount, req.now)
	refund.Metadata = metadata(form)
	if form.Has("reason") {
		reason := form.Get("reason")
		refund.Reason = &reason
	}
	return response{status: http.StatusOK, body: *refund}
}

// chargeOf finds the charge that is named, by itself or through its payment.
func (s stripe) chargeOf(data *state, form url.Values) (*Charge, response, bool) {
	intent := form.Get("payment_intent")
	if !form.Has("charge") {
		for _, c := range data.charges {
			if c.PaymentIntent == intent {
				return c, response{}, false
			}
		}
		return nil, s.refuse(http.StatusNotFound, "resource_missing", "payment_intent", "No such payment_intent: '"+intent+"'"), true
	}
	charge := data.findCharge(form.Get("charge"))
	if charge == nil || (form.Has("payment_intent") && charge.PaymentIntent != intent) {
		return nil, s.refuse(http.StatusNotFound, "resource_missing", "charge", "No such charge: '"+form.Get("charge")+"'"), true
	}
	return charge, response{}, false
}

// metadata reads metadata[name]=value.
func metadata(form url.Values) map[string]string {
	out := map[string]string{}
	for name, values := range form {
		if key, ok := strings.CutPrefix(name, "metadata["); ok {
			out[strings.TrimSuffix(key, "]")] = values[0]
		}
	}
	return out
}

// price writes an amount as Stripe's sentences do.
func price(minor int64, currency string) string {
	switch currency {
	case "jpy":
		return fmt.Sprintf("¥%d", minor)
	case "eur":
		return fmt.Sprintf("€%d.%02d", minor/100, minor%100)
	default:
		return fmt.Sprintf("$%d.%02d", minor/100, minor%100)
	}
}
