package provider_test

import "testing"

const zendesk = "Authorization: Bearer zd_acme"

func TestTicket(t *testing.T) {
	b := start(t)
	ticket := b.must("GET", "/api/v2/tickets/1002.json", "", zendesk).body["ticket"].(map[string]any)
	want := map[string]any{
		"id": 1002., "url": "https://example.zendesk.com/api/v2/tickets/1002.json",
		"created_at": "2026-03-01T11:00:00Z", "updated_at": "2026-03-01T11:00:00Z", "subject": "Where is my sticker pack?",
		"description": "Bob Stone here. My order has not come. My number is +44 20 7946 0958.",
		"status":      "open", "priority": "normal", "requester_id": 9002., "assignee_id": 9100., "external_id": nil, "tags": []any{},
	}
	equal(t, want, ticket)
	user := b.must("GET", "/api/v2/users/9002", "", zendesk).body["user"].(map[string]any)
	equal(t, []any{"Bob Stone", "cus_bob", "end-user"}, []any{user["name"], user["external_id"], user["role"]})
}

func TestComment(t *testing.T) {
	b := start(t)
	got := b.must("PUT", "/api/v2/tickets/1002", `{"ticket":{"comment":{"body":"On its way.","public":false},"status":"pending"}}`, zendesk)
	equal(t, 200, got.status)
	equal(t, "pending", got.body["ticket"].(map[string]any)["status"].(string))
	listed := b.must("GET", "/api/v2/tickets/1002/comments.json", "", zendesk).body
	equal(t, 2., listed["count"].(float64))
	last := listed["comments"].([]any)[1].(map[string]any)
	equal(t, []any{"On its way.", false, 9100.}, []any{last["body"], last["public"], last["author_id"]})
	equal(t, map[string]int{"1002": 1}, b.Effects().Comments)
	equal(t, "On its way.", b.Comments(1002)[1].Body)
}

func TestZendeskRefuses(t *testing.T) {
	b := start(t)
	for name, c := range map[string]struct {
		method, path, body, header string
		status                     int
		problem                    string
	}{
		"wrong key":     {"GET", "/api/v2/tickets/1001", "", "Authorization: Bearer no", 401, "Couldn't authenticate you"},
		"no ticket":     {"GET", "/api/v2/tickets/1", "", zendesk, 404, "RecordNotFound"},
		"not a number":  {"GET", "/api/v2/tickets/x", "", zendesk, 404, "RecordNotFound"},
		"no such call":  {"DELETE", "/api/v2/tickets/1001", "", zendesk, 404, "RecordNotFound"},
		"empty comment": {"PUT", "/api/v2/tickets/1001", `{"ticket":{"comment":{"body":""}}}`, zendesk, 422, "RecordInvalid"},
		"not JSON":      {"PUT", "/api/v2/tickets/1001", `{`, zendesk, 422, "Unprocessable Entity"},
	} {
		t.Run(name, func(t *testing.T) {
			got := b.must(c.method, c.path, c.body, c.header)
			equal(t, c.status, got.status)
			equal(t, c.problem, got.body["error"].(string))
		})
	}
	equal(t, 0, len(b.Effects().Comments))
}
