package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/approvald/desk"
)

// A change names what is displayed now, and prints the difference.
func TestApprovalsEdit(t *testing.T) {
	var asked desk.EditBody
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		item := desk.Item{ID: "int_1", State: "waiting", Summary: "Write", Digest: "sha256:1", Group: "support_leads", Needed: 1}
		if r.Method == http.MethodPost {
			asked = desk.EditBody{} // Decode would add to what the one before set
			if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || r.URL.Path != "/api/v1/intents/int_1/edit" {
				t.Errorf("%s: %v", r.URL, err)
			}
			item.Edits = []desk.Edit{{Person: "ann"}}
			item.Changes = []desk.Changed{{Name: "body", Parts: []desk.Part{{Kind: "same", Text: "On "}, {Kind: "old", Text: "Monday"}, {Kind: "new", Text: "Tuesday"}}}}
		}
		_ = printJSON(w, item)
	}))
	defer server.Close()
	data, file := started(t), filepath.Join(t.TempDir(), "reply")
	write(t, filepath.Join(data, "desk.token"), "token\n")
	write(t, file, "On Tuesday; a=b,c\n")
	for name, tt := range map[string]struct {
		stdin string
		args  []string
		set   map[string]string
	}{
		"a text":             {"", []string{"--set", "body=On Tuesday; a=b,c"}, map[string]string{"body": "On Tuesday; a=b,c"}},
		"a file":             {"", []string{"--file", "body=" + file, "--set", "public=false"}, map[string]string{"body": "On Tuesday; a=b,c", "public": "false"}},
		"the standard input": {"On Tuesday.\n\n", []string{"--file", "body=-"}, map[string]string{"body": "On Tuesday.\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := succeeds(t, tt.stdin, append([]string{"approvals", "edit", "int_1", "--data", data, "--desk-url", server.URL}, tt.args...)...)
			if diff := cmp.Diff(desk.EditBody{Digest: "sha256:1", Set: tt.set}, asked); diff != "" {
				t.Error(diff)
			}
			if !strings.Contains(out, "On [-Monday-]{+Tuesday+}") || !strings.Contains(out, "It needs 1 of support_leads") {
				t.Errorf("%q", out)
			}
		})
	}
	for name, args := range map[string][]string{"nothing": nil, "twice": {"--set", "body=x", "--file", "body=" + file}, "no such file": {"--file", "body=" + file + "x"}} {
		if got := sallyport(t, "", append([]string{"approvals", "edit", "int_1", "--data", data, "--desk-url", server.URL}, args...)...); got.code == 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
