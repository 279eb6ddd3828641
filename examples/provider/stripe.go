package provider

import (
	"net/http"
	"net/url"
	"strings"
)

// stripe answers as Stripe's API does.
type stripe struct{}

// stripeError is the body of every error.
type stripeError struct {
	Error stripeProblem `json:"error"`
}

type stripeProblem struct {
	Type    string `json:"type"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
	Param   string `json:"param,omitempty"`
}

func (stripe) authorised(a Account, h http.Header) bool {
	if token, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer "); ok {
		return same(token, a.StripeKey)
	}
	user, _, ok := (&http.Request{Header: h}).BasicAuth()
	return ok && same(user, a.StripeKey)
}

func (stripe) key(req request) string {
	if req.method != http.MethodPost {
		return ""
	}
	return req.header.Get("Idempotency-Key")
}

func (stripe) fail(status int, code, message string) response {
	kind := "invalid_request_error"
	if status >= http.StatusInternalServerError {
		kind = "api_error"
	}
	return response{status: status, body: stripeError{Error: stripeProblem{Type: kind, Code: code, Message: message}}}
}

// refuse is a mistake in one parameter.
func (stripe) refuse(status int, code, param, message string) response {
	return response{status: status, body: stripeError{Error: stripeProblem{
		Type: "invalid_request_error", Code: code, Param: param, Message: message,
	}}}
}

// handle routes a request. Parameters come in the query of a GET and in the
// form body of a POST, never in both.
func (s stripe) handle(data *state, req request) response {
	source := req.query
	if req.method == http.MethodPost {
		source = string(req.body)
	}
	form, err := url.ParseQuery(source)
	if err != nil {
		return s.fail(http.StatusBadRequest, "", "The parameters could not be parsed.")
	}
	resource, id, _ := strings.Cut(strings.TrimPrefix(req.path, "/v1/"), "/")
	switch {
	case req.method == http.MethodGet && id == "":
		return s.list(data, req, form, resource)
	case req.method == http.MethodGet:
		return s.read(data, req, form, resource, id)
	case req.method == http.MethodPost && resource == "refunds" && id == "":
		return s.createRefund(data, req, form)
	case req.method == http.MethodPost && resource == "customers" && id != "":
		return s.updateCustomer(data, req, form, id)
	case req.method == http.MethodPost && resource == "subscriptions" && id != "":
		return s.updateSubscription(data, req, form, id)
	case req.method == http.MethodDelete && resource == "customers" && id != "":
		return s.deleteCustomer(data, form, id, req.now)
	}
	return s.nowhere(req)
}

func (s stripe) nowhere(req request) response {
	return s.fail(http.StatusNotFound, "", "Unrecognized request URL ("+req.method+": "+req.path+").")
}

func (s stripe) list(data *state, req request, form url.Values, resource string) response {
	switch resource {
	case "customers":
		return s.listCustomers(data, form)
	case "charges":
		return s.listCharges(data, form)
	case "payment_intents":
		return s.listPayments(data, form)
	case "refunds":
		return s.listRefunds(data, form)
	case "subscriptions":
		return s.listSubscriptions(data, form)
	}
	return s.nowhere(req)
}

func (s stripe) read(data *state, req request, form url.Values, resource, id string) response {
	switch resource {
	case "customers":
		return s.get(form, id, "customer", data.customer)
	case "charges":
		if id == "search" {
			return s.searchCharges(data, form)
		}
		return s.get(form, id, "charge", data.charge)
	case "payment_intents":
		return s.get(form, id, "payment_intent", data.paymentIntent)
	case "refunds":
		return s.get(form, id, "refund", data.refund)
	case "subscriptions":
		return s.get(form, id, "subscription", data.subscription)
	case "prices":
		return s.get(form, id, "price", data.price)
	}
	return s.nowhere(req)
}

// get answers with one object, or that there is none. find returns nil for an
// id that the account does not have.
func (s stripe) get(form url.Values, id, kind string, find func(string) any) response {
	if res, bad := s.unknown(form); bad {
		return res
	}
	if found := find(id); found != nil {
		return response{status: http.StatusOK, body: found}
	}
	return s.refuse(http.StatusNotFound, "resource_missing", "id", "No such "+kind+": '"+id+"'")
}

// unknown refuses parameters that are not in names.
func (s stripe) unknown(form url.Values, names ...string) (response, bool) {
	for given := range form {
		name, _, _ := strings.Cut(given, "[")
		known := false
		for _, n := range names {
			known = known || n == name
		}
		if !known {
			return s.refuse(http.StatusBadRequest, "parameter_unknown", name, "Received unknown parameter: "+name), true
		}
	}
	return response{}, false
}
