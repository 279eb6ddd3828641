package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
)

// What the Desk's page of an approval shows, `show` prints: what it is decided
// by while it waits, and what became of it.
func TestShowPrintsAllThatTheDeskSays(t *testing.T) {
	const id = "int_1"
	waiting := desk.Item{
		ID: id, Tenant: "acme", State: "waiting", Rule: "policy.csv:9", Condition: "sums.charge_24h + args.amount <= money('500 USD')",
		Sums: []desk.Named{{Name: "charge_24h", Value: "40.00 USD reserved or done"}}, Group: "billing_leads", Needed: 1, Said: "The customer asked for it.",
	}
	done := desk.Item{
		ID: id, Tenant: "acme", State: "succeeded", Rule: "policy.csv:8", DecidedBy: "the policy", Reason: "tool_failed", Say: "Not today.",
		Outcome: &desk.Outcome{Status: 200, MediaType: "application/json", Fields: []desk.Named{{Name: "id", Value: "re_1"}, {Name: "status", Value: "succeeded"}}},
	}
	for name, tt := range map[string]struct {
		item  desk.Item
		shows []string
	}{
		"waiting": {waiting, []string{"policy.csv:9 sums.charge_24h + args.amount <= money('500 USD')", "sums.charge_24h", "40.00 USD reserved or done", "1 of billing_leads", "SAID BY THE AGENT", "The customer asked for it."}},
		"done":    {done, []string{"policy.csv:8", "nobody: the policy allows it at once", "DECIDED BY", "the policy", "tool_failed Not today.", "200 application/json", "answer.id", "re_1", "answer.status"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = printJSON(w, tt.item) }))
			defer server.Close()
			data := started(t)
			write(t, filepath.Join(data, "desk.token"), "token\n")
			out := succeeds(t, "", "approvals", "show", id, "--data", data, "--desk-url", server.URL)
			for _, text := range tt.shows {
				if !strings.Contains(out, text) {
					t.Errorf("%q lacks %q", out, text)
				}
			}
		})
	}
}
