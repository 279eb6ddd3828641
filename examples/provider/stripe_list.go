package provider

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// list is Stripe's page of objects, the newest first.
type list struct {
	Object  string `json:"object"`
	URL     string `json:"url"`
	HasMore bool   `json:"has_more"`
	Data    []any  `json:"data"`
}

// Stripe's sizes of a page.
const (
	defaultPage = 10
	maxPage     = 100
)

func (s stripe) listCharges(data *state, form url.Values) response {
	if res, bad := s.unknown(form, "customer", "payment_intent", "created", "limit", "starting_after", "ending_before"); bad {
		return res
	}
	var found []any
	for i := len(data.charges) - 1; i >= 0; i-- {
		c := data.charges[i]
		if matches(form, "customer", c.Customer) && matches(form, "payment_intent", c.PaymentIntent) && within(form, c.Created) {
			found = append(found, *c)
		}
	}
	return s.page(form, "/v1/charges", found, func(o any) string { return o.(Charge).ID })
}

func (s stripe) listRefunds(data *state, form url.Values) response {
	if res, bad := s.unknown(form, "charge", "payment_intent", "limit", "starting_after", "ending_before"); bad {
		return res
	}
	if id := form.Get("charge"); id != "" && data.findCharge(id) == nil {
		return s.refuse(http.StatusNotFound, "resource_missing", "charge", "No such charge: '"+id+"'")
	}
	var found []any
	for i := len(data.refunds) - 1; i >= 0; i-- {
		r := data.refunds[i]
		if matches(form, "charge", r.Charge) && matches(form, "payment_intent", r.PaymentIntent) {
			found = append(found, *r)
		}
	}
	return s.page(form, "/v1/refunds", found, func(o any) string { return o.(Refund).ID })
}

// searchCharges knows one sentence of Stripe's search language.
func (s stripe) searchCharges(data *state, form url.Values) response {
	if res, bad := s.unknown(form, "query", "limit", "page"); bad {
		return res
	}
	customer, ok := strings.CutPrefix(form.Get("query"), `customer:"`)
	customer, closed := strings.CutSuffix(customer, `"`)
	if !ok || !closed || strings.Contains(customer, `"`) {
		return s.refuse(http.StatusBadRequest, "", "query", "This example understands customer:\"ID\" and no other search.")
	}
	found := []any{}
	for i := len(data.charges) - 1; i >= 0; i-- {
		if data.charges[i].Customer == customer {
			found = append(found, *data.charges[i])
		}
	}
	return response{status: http.StatusOK, body: map[string]any{
		"object": "search_result", "url": "/v1/charges/search", "has_more": false, "data": found,
	}}
}

func (s stripe) listPayments(data *state, form url.Values) response {
	if res, bad := s.unknown(form, "customer", "limit", "starting_after", "ending_before"); bad {
		return res
	}
	var found []any
	for i := len(data.charges) - 1; i >= 0; i-- {
		if c := data.charges[i]; matches(form, "customer", c.Customer) {
			found = append(found, data.paymentIntent(c.PaymentIntent))
		}
	}
	return s.page(form, "/v1/payment_intents", found, func(o any) string { return o.(PaymentIntent).ID })
}

// within says whether a time is in created[gte] to created[lte].
func within(form url.Values, created int64) bool {
	from, until := form.Get("created[gte]"), form.Get("created[lte]")
	least, err := strconv.ParseInt(from, 10, 64)
	if from != "" && (err != nil || created < least) {
		return false
	}
	most, err := strconv.ParseInt(until, 10, 64)
	return until == "" || err == nil && created <= most
}

// matches says whether a filter is absent or equals the value.
func matches(form url.Values, name, value string) bool {
	return !form.Has(name) || form.Get(name) == value
}

// page cuts one page out of all that was found.
func (s stripe) page(form url.Values, path string, found []any, id func(any) string) response {
	limit := defaultPage
	if form.Has("limit") {
		n, err := strconv.Atoi(form.Get("limit"))
		if err != nil || n < 1 || n > maxPage {
			return s.refuse(http.StatusBadRequest, "parameter_invalid_integer", "limit", "Invalid integer: "+form.Get("limit"))
		}
		limit = n
	}
	from, to := 0, len(found)
	for _, cursor := range []string{"starting_after", "ending_before"} {
		if !form.Has(cursor) {
			continue
		}
		at := position(found, form.Get(cursor), id)
		if at < 0 {
			return s.refuse(http.StatusBadRequest, "resource_missing", cursor, "No such object: '"+form.Get(cursor)+"'")
		}
		if cursor == "starting_after" {
			from = at + 1
		} else {
			to = at
		}
	}
	rest := found[from:max(from, to)]
	page := list{Object: "list", URL: path, HasMore: len(rest) > limit, Data: []any{}}
	if form.Has("ending_before") {
		rest = rest[max(0, len(rest)-limit):]
	}
	page.Data = append(page.Data, rest[:min(limit, len(rest))]...)
	return response{status: http.StatusOK, body: page}
}

func position(found []any, want string, id func(any) string) int {
	for i, o := range found {
		if id(o) == want {
			return i
		}
	}
	return -1
}
