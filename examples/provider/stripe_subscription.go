package provider

import (
	"net/http"
	"net/url"
)

func (s *state) findSubscription(id string) *Subscription {
	for _, sub := range s.subscriptions {
		if sub.ID == id {
			return sub
		}
	}
	return nil
}

func (s *state) subscription(id string) any {
	if sub := s.findSubscription(id); sub != nil {
		return *sub
	}
	return nil
}

func (s *state) price(id string) any {
	if p, ok := s.prices[id]; ok {
		return p
	}
	return nil
}

// listSubscriptions leaves out what has ended, unless that is asked for.
func (s stripe) listSubscriptions(data *state, form url.Values) response {
	if res, bad := s.unknown(form, "customer", "status", "limit", "starting_after", "ending_before"); bad {
		return res
	}
	var found []any
	for i := len(data.subscriptions) - 1; i >= 0; i-- {
		sub := data.subscriptions[i]
		if matches(form, "customer", sub.Customer) && hasStatus(form, sub.Status) {
			found = append(found, *sub)
		}
	}
	return s.page(form, "/v1/subscriptions", found, func(o any) string { return o.(Subscription).ID })
}

func hasStatus(form url.Values, status string) bool {
	switch want := form.Get("status"); want {
	case "":
		return status != "canceled"
	case "all":
		return true
	case "ended":
		return status == "canceled"
	default:
		return status == want
	}
}

// updateSubscription changes the price of its item, ends it when its period
// ends, or takes that back.
func (s stripe) updateSubscription(data *state, req request, form url.Values, id string) response {
	if res, bad := s.unknown(form, "items", "proration_behavior", "cancel_at_period_end"); bad {
		return res
	}
	sub := data.findSubscription(id)
	if sub == nil {
		return s.refuse(http.StatusNotFound, "resource_missing", "id", "No such subscription: '"+id+"'")
	}
	if sub.Status == "canceled" {
		return s.refuse(http.StatusBadRequest, "", "", "A canceled subscription can only update its cancellation_details and metadata.")
	}
	item := &sub.Items.Data[0]
	price, changes := data.prices[form.Get("items[0][price]")], form.Has("items[0][price]")
	switch end := form.Get("cancel_at_period_end"); {
	case form.Has("items[0][id]") != changes:
		return s.refuse(http.StatusBadRequest, "parameter_missing", "items[0][id]", "Both items[0][id] and items[0][price] are needed to change a price.")
	case changes && form.Get("items[0][id]") != item.ID:
		return s.refuse(http.StatusBadRequest, "resource_missing", "items[0][id]", "No such subscription item: '"+form.Get("items[0][id]")+"'")
	case changes && price.ID == "":
		return s.refuse(http.StatusBadRequest, "resource_missing", "items[0][price]", "No such price: '"+form.Get("items[0][price]")+"'")
	case form.Has("cancel_at_period_end") && end != "true" && end != "false":
		return s.refuse(http.StatusBadRequest, "", "cancel_at_period_end", "Invalid boolean: "+end)
	}
	if changes {
		item.Price = price
	}
	if form.Has("cancel_at_period_end") {
		sub.endWithPeriod(form.Get("cancel_at_period_end") == "true", req.now.Unix())
	}
	data.updates[id]++
	return s.kept(req, *sub)
}

func (sub *Subscription) endWithPeriod(end bool, now int64) {
	sub.CancelAtPeriodEnd, sub.CancelAt, sub.CanceledAt = end, nil, nil
	if end {
		at := sub.Items.Data[0].CurrentPeriodEnd
		sub.CancelAt, sub.CanceledAt = &at, &now
	}
}
