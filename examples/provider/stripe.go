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
	switch req.method + " " + resource {
	case "GET customers":
		return s.get(form, id, "customer", data.customer)
	case "GET charges":
		if id == "" {
			return s.listCharges(data, form)
		}
		return s.get(form, id, "charge", data.charge)
	case "GET payment_intents":
		return s.get(form, id, "payment_intent", data.paymentIntent)
	case "GET refunds":
		if id == "" {
			return s.listRefunds(data, form)
		}
		return s.get(form, id, "refund", data.refund)
	case "POST refunds":
		if id == "" {
			return s.createRefund(data, req, form)
		}
	}
	return s.fail(http.StatusNotFound, "", "Unrecognized request URL ("+req.method+": "+req.path+").")
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
