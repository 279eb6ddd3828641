package provider_test

import (
	"testing"
)

func TestCustomersAreChangedAndDeletedForGood(t *testing.T) {
	b := start(t)
	changed := b.stripe("POST", "/v1/customers/cus_bob", "email=new@example.org&metadata[k]=v")
	equal(t, []any{200, "new@example.org", "Bob Stone"}, []any{changed.status, changed.body["email"], changed.body["name"]})
	found := b.stripe("GET", "/v1/customers?email=new@example.org", "").body["data"].([]any)
	equal(t, 1, len(found))

	equal(t, "active", b.stripe("GET", "/v1/subscriptions/sub_bob", "").body["status"])
	gone := map[string]any{"id": "cus_bob", "object": "customer", "deleted": true}
	equal(t, gone, b.stripe("DELETE", "/v1/customers/cus_bob", "").body)
	equal(t, gone, b.stripe("GET", "/v1/customers/cus_bob", "").body)
	equal(t, "canceled", b.stripe("GET", "/v1/subscriptions/sub_bob", "").body["status"])
	equal(t, 0, len(b.stripe("GET", "/v1/subscriptions?customer=cus_bob", "").body["data"].([]any)))
	equal(t, 1, len(b.stripe("GET", "/v1/subscriptions?customer=cus_bob&status=all", "").body["data"].([]any)))
	equal(t, 0, len(b.stripe("GET", "/v1/customers?email=new@example.org", "").body["data"].([]any)))
	for _, again := range []reply{
		b.stripe("DELETE", "/v1/customers/cus_bob", ""), b.stripe("POST", "/v1/customers/cus_bob", "name=x"),
		b.stripe("DELETE", "/v1/customers/cus_nobody", ""), b.stripe("DELETE", "/v1/customers/cus_grace", ""),
	} {
		equal(t, 404, again.status)
	}
	equal(t, 200, b.stripe("GET", "/v1/charges/ch_bob_90", "").status)
	equal(t, map[string]int{"cus_bob": 1}, b.Effects().Deleted)
	equal(t, map[string]int{"cus_bob": 1}, b.Effects().Updates)
}

func TestSubscriptionsChangeOnceAKey(t *testing.T) {
	b := start(t)
	price := func() any {
		return b.stripe("GET", "/v1/subscriptions/sub_ada", "").body["items"].(map[string]any)["data"].([]any)[0].(map[string]any)["price"].(map[string]any)["id"]
	}
	equal(t, "price_scale", price())
	const down = "items[0][id]=si_ada&items[0][price]=price_basic&proration_behavior=none"
	for range 2 {
		equal(t, 200, b.stripe("POST", "/v1/subscriptions/sub_ada", down, "Idempotency-Key: k1").status)
	}
	equal(t, "price_basic", price())
	equal(t, map[string]int{"sub_ada": 1}, b.Effects().Updates)

	ended := b.stripe("POST", "/v1/subscriptions/sub_ada", "cancel_at_period_end=true").body
	equal(t, []any{true, "active", 1774440000.}, []any{ended["cancel_at_period_end"], ended["status"], ended["cancel_at"]})
	again := b.stripe("POST", "/v1/subscriptions/sub_ada", "cancel_at_period_end=false").body
	equal(t, []any{false, nil}, []any{again["cancel_at_period_end"], again["cancel_at"]})
	for body, status := range map[string]int{
		"items[0][id]=si_bob&items[0][price]=price_team": 400, "items[0][id]=si_ada&items[0][price]=price_no": 400,
		"items[0][price]=price_team": 400, "cancel_at_period_end=maybe": 400, "quantity=2": 400,
	} {
		equal(t, status, b.stripe("POST", "/v1/subscriptions/sub_ada", body).status)
	}
	equal(t, 404, b.stripe("POST", "/v1/subscriptions/sub_grace", "cancel_at_period_end=true").status)
	equal(t, 5000., b.stripe("GET", "/v1/prices/price_team", "").body["unit_amount"])
}

func TestSearchesAndWindows(t *testing.T) {
	b := start(t)
	count := func(path string) int { return len(b.stripe("GET", path, "").body["data"].([]any)) }
	equal(t, 2, count("/v1/charges/search?query=customer:%22cus_bob%22"))
	equal(t, 400, b.stripe("GET", "/v1/charges/search?query=amount%3E1", "").status)
	equal(t, 2, count("/v1/payment_intents?customer=cus_bob"))
	equal(t, 1, count("/v1/charges?created[gte]=1772280000"))
	equal(t, 0, count("/v1/charges?created[lte]=1"))
}

func TestZendeskLists(t *testing.T) {
	b := start(t)
	get := func(path string) map[string]any {
		return b.must("GET", "/api/v2/"+path, "", "Authorization: Bearer zd_acme").body
	}
	equal(t, 3, len(get("tickets.json")["tickets"].([]any)))
	page := get("tickets?page[size]=2")
	equal(t, []any{2, true, "1002"}, []any{len(page["tickets"].([]any)), page["meta"].(map[string]any)["has_more"], page["meta"].(map[string]any)["after_cursor"]})
	equal(t, 1, len(get("tickets?page[size]=2&page[after]=1002")["tickets"].([]any)))
	equal(t, 1, len(get("users/9001/tickets/requested.json")["tickets"].([]any)))
	equal(t, "RecordNotFound", get("users/1/tickets/requested.json")["error"])
	found := get("search.json?query=type:ticket+requester:9002")
	equal(t, []any{1., "ticket"}, []any{found["count"], found["results"].([]any)[0].(map[string]any)["result_type"]})
	equal(t, 0., get("search.json?query=type:ticket+status:solved")["count"])
	equal(t, "InvalidPaginationParameter", get("tickets?page[size]=0")["error"])
	equal(t, 1., get("users/search.json?query=email:bob.stone@example.org")["count"])
	refused := b.must("PUT", "/api/v2/tickets/1001", `{"ticket":{"status":"banana"}}`, "Authorization: Bearer zd_acme")
	equal(t, 422, refused.status)
}
