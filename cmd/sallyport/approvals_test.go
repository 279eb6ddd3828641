package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
)

// What people changed is approved by whoever knows its digest, so by nobody who read
// what was there before; it is denied without.
func TestApproveWhatPeopleChanged(t *testing.T) {
	item := desk.Item{ID: "int_1", State: "waiting", Digest: "sha256:new", Needed: 1, Edits: []desk.Edit{{Person: "mia", At: time.Unix(0, 0)}}}
	var voted []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body desk.VoteBody
		if r.Method == http.MethodPost && json.NewDecoder(r.Body).Decode(&body) == nil {
			voted = append(voted, filepath.Base(r.URL.Path)+" "+body.Digest)
		}
		_ = printJSON(w, item)
	}))
	defer server.Close()
	data := started(t)
	write(t, filepath.Join(data, "desk.token"), "token\n")
	run := func(args ...string) outcome {
		return sallyport(t, "", append(append([]string{"approvals"}, args...), "int_1", "--data", data, "--desk-url", server.URL)...)
	}
	if got := run("approve"); got.code != 1 || !strings.Contains(got.stderr, "mia changed what is asked") || !strings.Contains(got.stderr, "--digest") || len(voted) > 0 {
		t.Errorf("%+v %q", got, voted)
	}
	run("approve", "--digest", "sha256:new")
	run("deny", "--reason", "no")
	item.Edits = nil
	run("approve")
	if want := []string{"approve sha256:new", "deny sha256:new", "approve sha256:new"}; !slices.Equal(voted, want) {
		t.Errorf("voted %q", voted)
	}
}

// An id that is not known says where the known ones are.
func TestAnUnknownApprovalSaysWhereTheKnownAre(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_ = printJSON(w, desk.Error{Detail: "There is no such approval.", Status: http.StatusNotFound})
	}))
	defer server.Close()
	data := started(t)
	write(t, filepath.Join(data, "desk.token"), "token\n")
	got := sallyport(t, "", "approvals", "approve", "int_1", "--data", data, "--desk-url", server.URL)
	if want := "There is no such approval. `sallyport approvals list --all` shows"; got.code != 1 || !strings.Contains(got.stderr, want) {
		t.Errorf("%+v", got)
	}
}

// What the Desk's page of an approval shows, `show` prints: what it is decided
// by while it waits, and what became of it.
func TestShowPrintsAllThatTheDeskSays(t *testing.T) {
	const id = "int_1"
	waiting := desk.Item{
		ID: id, Tenant: "acme", State: "waiting", Rule: "policy.csv:9", Condition: "sums.charge_24h + args.amount <= money('500 USD')",
		Sums: []desk.Named{{Name: "charge_24h", Value: "40.00 USD reserved or done"}}, Group: "billing_leads", Needed: 1, Said: "The customer asked for it.",
		Because: "Agents with the role billing need it.", Denials: []desk.Denial{{ID: "int_0", Summary: "Refund 1 USD", Say: "Ask first."}}, Next: []string{"One denial ends it."},
	}
	done := desk.Item{
		ID: id, Tenant: "acme", State: "succeeded", Rule: "policy.csv:8", DecidedBy: "the policy", Reason: "tool_failed", Say: "Not today.",
		Outcome: &desk.Outcome{Status: 200, MediaType: "application/json", Fields: []desk.Named{{Name: "id", Value: "re_1"}, {Name: "status", Value: "succeeded"}}},
	}
	for name, tt := range map[string]struct {
		item  desk.Item
		shows []string
	}{
		"waiting": {waiting, []string{"policy.csv:9 sums.charge_24h + args.amount <= money('500 USD')", "sums.charge_24h", "40.00 USD reserved or done", "1 of billing_leads", "WHY", "role billing need it.", "DENIED BEFORE", "int_0 Refund 1 USD Ask first.", "NEXT", "One denial ends it.", "SAID BY THE AGENT", "The customer asked for it."}},
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
