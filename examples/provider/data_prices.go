package provider

import (
	"strings"
	"time"
)

// seedPrice is a plan that both accounts offer.
type seedPrice struct {
	id, name string
	amount   int64 // in US cents, a month
}

var seedPrices = []seedPrice{
	{"price_basic", "Basic", 1000}, {"price_team", "Team", 5000}, {"price_scale", "Scale", 20000},
}

// seedSubscription is who pays for which plan.
type seedSubscription struct{ id, customer, price string }

var seedSubscriptions = map[string][]seedSubscription{
	"acme":   {{"sub_ada", "cus_ada", "price_scale"}, {"sub_bob", "cus_bob", "price_basic"}},
	"globex": {{"sub_grace", "cus_grace", "price_team"}},
}

// addSubscriptions makes prices and subscriptions, a week into their month.
func (s *state) addSubscriptions(now time.Time) {
	made := now.AddDate(0, -6, -7)
	s.prices = map[string]Price{}
	for _, p := range seedPrices {
		s.prices[p.id] = Price{
			ID: p.id, Object: "price", Active: true, Created: made.Unix(), Currency: "usd", Nickname: p.name,
			Product: "prod_" + strings.TrimPrefix(p.id, "price_"), Recurring: Recurring{Interval: "month", IntervalCount: 1},
			Type: "recurring", UnitAmount: p.amount,
		}
	}
	for _, sub := range seedSubscriptions[s.account] {
		s.subscriptions = append(s.subscriptions, &Subscription{
			ID: sub.id, Object: "subscription", Created: made.Unix(), Currency: "usd", Customer: sub.customer,
			Metadata: map[string]string{}, StartDate: made.Unix(), Status: "active",
			Items: Items{Object: "list", URL: "/v1/subscription_items?subscription=" + sub.id, Data: []Item{{
				ID: "si_" + strings.TrimPrefix(sub.id, "sub_"), Object: "subscription_item", Created: made.Unix(),
				CurrentPeriodStart: now.AddDate(0, 0, -7).Unix(), CurrentPeriodEnd: now.AddDate(0, 1, -7).Unix(),
				Metadata: map[string]string{}, Price: s.prices[sub.price], Quantity: 1, Subscription: sub.id,
			}}},
		})
	}
}
