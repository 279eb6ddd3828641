package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/rig"
)

// fivePolicy lets billing-bot read from a tool of each dialect, and comment.
const fivePolicy = `p, all, stripe.charge.list, true, allow, -
p, all, stripe.charge.get, facts.charge.customer == session.customer, allow, -
p, all, zendesk.ticket.get, true, allow, -
p, all, zendesk.comment.create, true, allow, once
p, all, slack.user.get, true, allow, -
p, all, jira.issue.get, true, allow, -
p, all, hubspot.contact.get, true, allow, -
g, billing-bot, all
`

// fiveTools gives acme one tool of each dialect, all at one origin.
func fiveTools(t *testing.T, tenants, origin string) {
	tools := "tools:\n"
	for _, name := range []string{"stripe", "zendesk", "slack", "jira", "hubspot"} {
		tools += fmt.Sprintf("  - {name: %s, catalog: %s, origin: 'http://%s', private: true, timeout: 1s, credential: {secret: stripe_key, scheme: bearer}}\n", name, name, origin)
	}
	acme := filepath.Join(tenants, "acme")
	write(t, filepath.Join(acme, "tools.yaml"), tools)
	write(t, filepath.Join(acme, "policy.csv"), fivePolicy)
	for _, file := range []string{"policy_test.yaml", "access.yaml", "shadow.csv"} {
		_ = os.Remove(filepath.Join(acme, file))
	}
}

// TestOwnWords: what Envoy answers by itself is in the shape that the SDK of the
// tool raises, with a code that says what became of the call.
func TestOwnWords(t *testing.T) {
	var fault atomic.Pointer[http.HandlerFunc]
	tool := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*fault.Load())(w, r) }))
	t.Cleanup(tool.Close)
	r := rig.Start(t, rig.Options{
		External: []up.Service{up.Approvald},
		Prepare:  func(tenants string) { fiveTools(t, tenants, strings.TrimPrefix(tool.URL, "http://")) },
	})
	token := r.Token(rig.Billing("acme", "cus_ada"))
	aborted := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	late := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or nobody notices that Envoy has gone
		<-r.Context().Done()
	})
	large := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("content-type", "application/json")
		_, _ = w.Write([]byte(`["` + strings.Repeat("large ", 5<<20/6) + `"]`))
	})
	binary := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("content-type", "image/png")
		_, _ = w.Write([]byte("png"))
	})
	cut := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("content-type", "application/json")
		_, _ = w.Write([]byte(`["cut`))
	})
	for _, tt := range []struct {
		name, code, says string
		tool             http.HandlerFunc
	}{
		{"broken off", "answer_lost", "sending it again is safe", aborted},
		{"broken off in the middle", "answer_lost", "sending it again is safe", breakOff("x", "1000")},
		{"too late", "answer_lost", "did not come in time", late},
		{"too large", "answer_withheld", "The answer is too large to be checked.", large},
		{"no text", "answer_withheld", "could not be checked", binary},
		{"cut", "answer_withheld", "could not be checked", cut},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fault.Store(&tt.tool)
			testDialects(t, r, token, tt.code, tt.says)
		})
	}
	t.Run("SDKs, broken off", func(t *testing.T) {
		fault.Store(&aborted)
		testSDKs(t, r, token, "answer_lost", "sending it again is safe", 503, 3)
	})
	t.Run("without approvald", func(t *testing.T) { testNoApprovald(t, r, token) })
	tool.Close()
	t.Run("dead", func(t *testing.T) { testDialects(t, r, token, "tool_unreachable", "Nothing was done") })
	t.Run("SDKs, dead", func(t *testing.T) { testSDKs(t, r, token, "tool_unreachable", "Nothing was done", 503, 3) })
}

// testDialects reads from a tool of each dialect, and finds the code and the
// sentence where its SDKs look.
func testDialects(t *testing.T, r *rig.Rig, token, code, says string) {
	for _, tt := range []struct{ path, form, begins string }{
		{"/stripe/v1/charges?customer=cus_ada", "", `{"error":{"type":"api_error","code":"` + code + `","message":"`},
		{"/zendesk/api/v2/tickets/1001.json", "", `{"error":"` + code + `","description":"`},
		{"/slack/api/users.info", "user=U1", `{"ok":false,"error":"` + code + `","response_metadata":{"messages":["`},
		{"/jira/rest/api/2/issue/AB-1", "", `{"errorMessages":["`},
		{"/hubspot/crm/v3/objects/contacts/1", "", `{"status":"error","message":"`},
	} {
		method, headers := http.MethodGet, []string{"authorization", "Bearer " + token}
		if tt.form != "" {
			method, headers = http.MethodPost, append(headers, "content-type", "application/x-www-form-urlencoded")
		}
		got := call(t, r, method, tt.path, tt.form, headers...)
		if !strings.HasPrefix(got.body, tt.begins) || !strings.Contains(got.body, says) || !strings.Contains(got.body, "("+code+", "+got.decision()+")") ||
			got.header.Get("content-type") != "application/json" || !strings.HasPrefix(got.decision(), "dec-") {
			t.Errorf("%s: %d %v %s", tt.path, got.status, got.header, got.body)
		}
		if strings.HasPrefix(tt.path, "/zendesk") && (got.status != http.StatusBadGateway) {
			t.Errorf("zenpy would lose the words behind %d", got.status)
		}
	}
}

// testSDKs asks two real SDKs what their users read.
func testSDKs(t *testing.T, r *rig.Rig, token, code, says string, status int, tries int64) {
	stripe := stripePython(t, r, token, "charges", "cus_ada")
	if stripe.OK || stripe.Status != status || stripe.Code != code || stripe.Class != "APIError" || !strings.Contains(stripe.Message, says) || stripe.tries != tries {
		t.Errorf("stripe-python: %+v", stripe)
	}
	if got := zenpy(t, r, token, "1001"); got.OK || got.Class != "APIException" || got.Code != code || !strings.Contains(got.Message, says) {
		t.Errorf("zenpy: %+v", got)
	}
}

// testNoApprovald: an effect that found nobody was not done.
func testNoApprovald(t *testing.T, r *rig.Rig, token string) {
	got := call(t, r, http.MethodPut, "/zendesk/api/v2/tickets/1001.json", `{"ticket":{"comment":{"body":"Done.","public":false}}}`,
		"authorization", "Bearer "+token, "content-type", "application/json")
	if got.status != http.StatusBadGateway || !strings.HasPrefix(got.body, `{"error":"gateway_unavailable","description":"`) || !strings.Contains(got.body, "Nothing was done") {
		t.Errorf("nobody there: %d %s", got.status, got.body)
	}
}
