package provider

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// customer finds a customer, or what is left of one that was deleted.
func (s *state) customer(id string) any {
	if s.deleted[id] {
		return DeletedCustomer{ID: id, Object: "customer", Deleted: true}
	}
	if c, ok := s.customers[id]; ok {
		return c
	}
	return nil
}

// living is false for a customer that the account does not have any more.
func (s *state) living(id string) bool {
	_, ok := s.customers[id]
	return ok && !s.deleted[id]
}

func (s stripe) missingCustomer(id string) response {
	return s.refuse(http.StatusNotFound, "resource_missing", "id", "No such customer: '"+id+"'")
}

func (s stripe) listCustomers(data *state, form url.Values) response {
	if res, bad := s.unknown(form, "email", "limit", "starting_after", "ending_before"); bad {
		return res
	}
	var found []any
	for _, id := range slices.Backward(data.order) {
		if c := data.customers[id]; data.living(id) && matches(form, "email", c.Email) {
			found = append(found, c)
		}
	}
	return s.page(form, "/v1/customers", found, func(o any) string { return o.(Customer).ID })
}

// updateCustomer changes what is given; "" takes a value away.
func (s stripe) updateCustomer(data *state, req request, form url.Values, id string) response {
	if res, bad := s.unknown(form, "name", "email", "phone", "description", "metadata"); bad {
		return res
	}
	if !data.living(id) {
		return s.missingCustomer(id)
	}
	c := data.customers[id]
	for name, value := range map[string]*string{"name": &c.Name, "email": &c.Email, "phone": &c.Phone, "description": &c.Description} {
		if form.Has(name) {
			*value = form.Get(name)
		}
	}
	for name, value := range metadata(form) {
		c.Metadata[name] = value
	}
	data.customers[id] = c
	data.updates[id]++
	return s.kept(req, c)
}

// deleteCustomer cannot be undone, and ends the customer's subscriptions.
func (s stripe) deleteCustomer(data *state, form url.Values, id string, now time.Time) response {
	if res, bad := s.unknown(form); bad {
		return res
	}
	if !data.living(id) {
		return s.missingCustomer(id)
	}
	data.deleted[id] = true
	for _, sub := range data.subscriptions {
		if sub.Customer == id && sub.Status != "canceled" {
			at := now.Unix()
			sub.Status, sub.CanceledAt, sub.EndedAt = "canceled", &at, &at
		}
	}
	return response{status: http.StatusOK, body: data.customer(id)}
}

// kept is the answer of an effect, which Stripe keeps under an idempotency key.
func (s stripe) kept(req request, body any) response {
	res := response{status: http.StatusOK, body: body, stored: true}
	if key := s.key(req); key != "" {
		res.header = http.Header{"Idempotency-Key": {key}, "Original-Request": {req.id}}
	}
	return res
}
