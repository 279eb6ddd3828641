package provider_test

import (
	"net/http/httptest"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/examples/provider"
)

func TestSlack(t *testing.T) {
	p, err := provider.New(provider.Options{Clock: clockwork.NewFakeClock(), Accounts: []provider.Account{
		{Name: "acme", StripeKey: "s", ZendeskKey: "z/token:k", SlackKey: "xoxb-1"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.Handler())
	t.Cleanup(server.Close)
	b := &bench{Provider: p, t: t, url: server.URL}
	call := func(method, mediaType, body, token string) map[string]any {
		t.Helper()
		r := b.must("POST", "/api/"+method, body, "Authorization: Bearer "+token, "Content-Type: "+mediaType)
		equal(t, 200, r.status) // whatever it says
		return r.body
	}
	const json, form = "application/json;charset=utf-8", "application/x-www-form-urlencoded"
	first := call("chat.postMessage", json, `{"channel":"C01SUPPORT","text":"Hi"}`, "xoxb-1")
	equal(t, []any{true, "C01SUPPORT"}, []any{first["ok"], first["channel"]})
	second := call("chat.postMessage", json, `{"channel":"C01SUPPORT","text":"Hi"}`, "xoxb-1")
	if first["ts"] == second["ts"] {
		t.Error("two messages have one name")
	}
	equal(t, 2, len(p.Messages("acme", "C01SUPPORT")))
	equal(t, map[string]int{"C01SUPPORT": 2}, p.Effects().Messages)
	for want, args := range map[string][3]string{
		"channel_not_found": {"chat.postMessage", `{"channel":"C9","text":"Hi"}`, "xoxb-1"},
		"no_text":           {"chat.postMessage", `{"channel":"C01SUPPORT"}`, "xoxb-1"},
		"is_archived":       {"chat.postMessage", `{"channel":"C03OLD","text":"Hi"}`, "xoxb-1"},
		"invalid_json":      {"chat.postMessage", `{`, "xoxb-1"},
		"unknown_method":    {"chat.delete", `{}`, "xoxb-1"},
		"invalid_auth":      {"chat.postMessage", `{"channel":"C01SUPPORT","text":"Hi"}`, "xoxb-2"},
	} {
		equal(t, map[string]any{"ok": false, "error": want}, call(args[0], json, args[1], args[2]))
	}
	equal(t, 2, len(call("conversations.list", form, "exclude_archived=1", "xoxb-1")["channels"].([]any)))
	equal(t, "Lena Lead", call("users.info", form, "user=U01LEAD", "xoxb-1")["user"].(map[string]any)["real_name"])
	equal(t, "user_not_found", call("users.info", form, "user=U9", "xoxb-1")["error"])
}
