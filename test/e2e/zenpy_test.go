package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/token"
)

// helpDesk is what a Zendesk answers here, with links that lead to itself.
var helpDesk = map[string]string{
	"GET /api/v2/tickets/1001.json":                 `{"ticket":{"id":1001,"url":"https://acme.zendesk.com/api/v2/tickets/1001.json","subject":"Help","requester_id":9001,"assignee_id":9100,"status":"open","updated_at":"2026-01-02T03:04:05Z"}}`,
	"PUT /api/v2/tickets/1001.json":                 `{"ticket":{"id":1001,"subject":"Help","status":"open"},"audit":{"id":7,"ticket_id":1001,"events":[]}}`,
	"GET /api/v2/tickets/1404.json":                 `404 {"error":"RecordNotFound","description":"Not found"}`,
	"PUT /api/v2/tickets/1503.json":                 `503 {"error":"ServiceUnavailable"}`,
	"GET /api/v2/tickets.json":                      `{"tickets":[{"id":1001},{"id":1002}],"meta":{"has_more":true},"links":{"prev":null,"next":"https://acme.zendesk.com/api/v2/tickets.json?page%5Bafter%5D=abc%3D%3D&page%5Bsize%5D=100"}}`,
	"GET /api/v2/users/9001/tickets/requested.json": `{"tickets":[{"id":1001}],"count":1,"next_page":null}`,
	"GET /api/v2/tickets/1001/comments.json":        `{"comments":[{"id":1,"body":"Hi"}],"count":1,"next_page":null}`,
	"GET /api/v2/search.json":                       `{"results":[{"id":1001,"result_type":"ticket"}],"count":2,"next_page":"https://acme.zendesk.com/api/v2/search.json?page=2&query=type%3Aticket+requester%3A9001"}`,
	"GET /api/v2/users/search.json":                 `{"users":[{"id":9001,"name":"Ada Lovelace"}],"count":1,"next_page":null}`,
	"GET /api/v2/users/9001.json":                   `{"user":{"id":9001,"name":"Ada Lovelace","external_id":"cus_ada"}}`,
	"GET /api/v2/users/9100.json":                   `{"user":{"id":9100,"external_id":null}}`,
}

// TestZenpy: Zendesk's client for Python goes on as its documentation shows it, also
// from page to page, waits where it is told to, and raises what the gateway says.
func TestZenpy(t *testing.T) {
	u := newUpstream(t)
	u.answers = helpDesk
	var reads, comments atomic.Int64
	tooMany := func(w http.ResponseWriter) {
		w.Header().Set("content-type", "text/plain")
		w.Header().Set("retry-after", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, "Number of allowed API requests per minute exceeded")
	}
	inJSON := func(w http.ResponseWriter, body string) {
		w.Header().Set("content-type", "application/json")
		_, _ = io.WriteString(w, body)
	}
	u.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		switch {
		case q.Has("page[after]"):
			inJSON(w, `{"tickets":[{"id":1003}],"meta":{"has_more":false},"links":{"next":null}}`)
		case q.Get("page") == "2":
			inJSON(w, `{"results":[{"id":1002,"result_type":"ticket"}],"count":2,"next_page":null}`)
		case strings.HasSuffix(r.URL.Path, "/1429.json") && reads.Add(1) == 1, strings.HasSuffix(r.URL.Path, "/1430.json") && comments.Add(1) == 1:
			tooMany(w)
		case strings.HasSuffix(r.URL.Path, "/1429.json"):
			inJSON(w, `{"ticket":{"id":1429}}`)
		case strings.HasSuffix(r.URL.Path, "/1430.json"):
			inJSON(w, `{"ticket":{"id":1430},"audit":{"id":8,"events":[]}}`)
		default:
			u.ServeHTTP(w, r)
		}
	})
	r := rig.Start(t, rig.Options{Prepare: func(tenants string) {
		allShipped(t, tenants, u.URL)
		acme := filepath.Join(tenants, "acme")
		replace(t, filepath.Join(acme, "policy.csv"), "p, shipped, zendesk.comment.create, true, allow, once", `p, shipped, zendesk.comment.create, args.body == 'Refuse this.', deny, say:'Nothing of that kind is written here.'
p, shipped, zendesk.comment.create, args.body == 'Hold this.', allow, once; hold:support_leads
p, shipped, zendesk.comment.create, args.body != 'Hold this.', allow, once`)
		replace(t, filepath.Join(acme, "approvals.yaml"), "wait: 45s", "wait: 0s")
	}})
	raw := r.Token(token.Identity{Tenant: "acme", Agent: "shipped-bot", Session: token.Session{Ticket: "1001", Customer: "cus_ada"}})
	out, err := exec.CommandContext(t.Context(), os.Getenv("PYTHON"), filepath.Join("testdata", "desk.py"), r.Addresses().Agent, raw).Output()
	told := map[string]said{}
	if json.Unmarshal(out, &told) != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for name, want := range map[string]said{
		"read":                       {OK: true, IDs: []string{"1001"}},
		"who asked":                  {OK: true, IDs: []string{"9001"}},
		"list":                       {OK: true, IDs: []string{"1001", "1002", "1003"}},
		"comments":                   {OK: true, IDs: []string{"1"}},
		"asked for":                  {OK: true, IDs: []string{"1001"}},
		"search":                     {OK: true, IDs: []string{"1001", "1002"}},
		"find":                       {OK: true, IDs: []string{"9001"}},
		"comment":                    {OK: true, IDs: []string{"1001"}},
		"status":                     {OK: true, IDs: []string{"1001"}},
		"reply":                      {OK: true, IDs: []string{"1001"}},
		"busy":                       {OK: true, IDs: []string{"1429"}},
		"too many comments":          {OK: true, IDs: []string{"1430"}}, // surely not done, and zenpy asks again
		"and again":                  {OK: true, IDs: []string{"1430"}},
		"nobody's":                   {Class: "RecordNotFoundException", Status: 404, Message: "Not found"},
		"broken":                     {Class: "APIException", Status: 409, Message: "Send the same call again later to get the outcome"},
		"held":                       {Class: "APIException", Status: 409, Message: `"error": "held"`},
		"refused":                    {Class: "APIException", Status: 403, Message: "Nothing of that kind is written here."},
		"a field that is not listed": {Class: "APIException", Status: 400, Message: "It is about: ticket.priority"},
		"a token that has ended":     {Class: "APIException", Status: 401, Message: "This gateway token is not valid."},
	} {
		got, ok := told[name]
		if !ok || got.OK != want.OK || !slices.Equal(got.IDs, want.IDs) || got.Class != want.Class || got.Status != want.Status || !strings.Contains(got.Message, want.Message) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	if reads.Load() != 2 || comments.Load() != 2 {
		t.Errorf("a busy Zendesk was asked %d and %d times", reads.Load(), comments.Load())
	}
}

// replace edits a file, which must have the text.
func replace(t *testing.T, file, from, to string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(text), from) {
		t.Fatalf("%s has no %q: %v", file, from, err)
	}
	write(t, file, strings.Replace(string(text), from, to, 1))
}
