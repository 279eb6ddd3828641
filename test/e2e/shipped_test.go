package e2e

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/token"
)

// upstream stands for all tools whose catalogs are shipped: it writes down what
// reaches it, and answers with what it was given for a method and path, which may
// begin with a status, or be never.
type upstream struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string]string
	reads   string // answers every GET, "" for none
	seen    []string
}

func newUpstream(t *testing.T) *upstream {
	t.Helper()
	u := &upstream{answers: map[string]string{}}
	u.Server = httptest.NewServer(u)
	t.Cleanup(u.Close)
	return u
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	u.mu.Lock()
	u.seen = append(u.seen, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+string(body)))
	answer := u.answers[r.Method+" "+r.URL.EscapedPath()]
	if r.Method == http.MethodGet {
		answer = cmp.Or(u.reads, answer)
	}
	u.mu.Unlock()
	if answer == "never" {
		<-r.Context().Done()
		return
	}
	status := http.StatusOK
	if head, rest, found := strings.Cut(answer, " "); found && len(head) == 3 {
		_, _ = fmt.Sscan(head, &status)
		answer = rest
	}
	w.Header().Set("content-type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, cmp.Or(answer, "{}"))
}

// took is what reached it since the last time.
func (u *upstream) took() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := u.seen
	u.seen = nil
	return out
}

// allShipped allows one agent every action of every shipped catalog.
func allShipped(t *testing.T, tenants, address string) {
	t.Helper()
	acme := filepath.Join(tenants, "acme")
	tools, rules := "tools:\n", "\ng, shipped-bot, shipped\n"
	for _, name := range action.ShippedNames() {
		tools += fmt.Sprintf("  - {name: %s, catalog: %s, origin: %q, private: true, timeout: 3s, credential: {secret: slack_key, scheme: bearer}}\n", name, name, address)
		data, _ := action.Shipped(name)
		catalog, problems := action.Compile(name, data)
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		for _, a := range catalog.Actions() {
			obligation := "-"
			if a.Effect {
				obligation = "once"
			}
			rules += fmt.Sprintf("p, shipped, %s, true, allow, %s\n", a.Name, obligation)
		}
	}
	for name, text := range map[string]string{"tools.yaml": tools, "limits.yaml": "limits: []\n", "policy.csv": strings.TrimSpace(rules) + "\n"} {
		if err := os.WriteFile(filepath.Join(acme, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"catalogs", "policy_test.yaml", "mask.yaml"} {
		if err := os.RemoveAll(filepath.Join(acme, name)); err != nil {
			t.Fatal(err)
		}
	}
}

func (c shippedCall) tool() string { tool, _, _ := strings.Cut(c.action, "."); return tool }

// ask makes a call with other headers besides.
func (c shippedCall) ask(t *testing.T, r *rig.Rig, token string, headers ...string) answer {
	t.Helper()
	all := []string{"authorization", "Bearer " + token}
	switch {
	case strings.HasPrefix(strings.TrimSpace(c.body), "{"), strings.HasPrefix(c.body, "["):
		all = append(all, "content-type", "application/json")
	case c.body != "":
		all = append(all, "content-type", "application/x-www-form-urlencoded")
	}
	return call(t, r, c.method, "/"+c.tool()+c.path, c.body, append(all, headers...)...)
}

// Every shipped action goes through as its SDK sends it; with one thing more or
// another nothing reaches the tool, and the answer says why in its own dialect.
func TestShipped(t *testing.T) {
	u := newUpstream(t)
	u.answers = shippedAnswers
	r := rig.Start(t, rig.Options{Prepare: func(tenants string) { allShipped(t, tenants, u.URL) }})
	raw := r.Token(token.Identity{Tenant: "acme", Agent: "shipped-bot", Session: token.Session{Ticket: "1001", Customer: "cus_ada"}})
	shipped := map[string]*action.Action{}
	for _, name := range action.ShippedNames() {
		data, _ := action.Shipped(name)
		catalog, _ := action.Compile(name, data)
		for _, a := range catalog.Actions() {
			shipped[a.Name] = a
		}
	}
	var tried []string
	for _, c := range shippedCalls {
		tried = append(tried, c.action)
		t.Run(c.action, func(t *testing.T) {
			if len(shipped[c.action].Facts) > 0 && shipped[c.action].Effect {
				c.withoutFacts(t, r, u, raw)
			}
			got := c.ask(t, r, raw)
			path, _, _ := strings.Cut(c.path, "?")
			seen := u.took()
			if got.status >= 300 || len(seen) == 0 || !strings.HasPrefix(seen[len(seen)-1], c.method+" "+path) {
				t.Fatalf("%d %s, and the tool saw %q", got.status, got.body, seen)
			}
			for _, v := range c.variants() {
				got := v.ask(t, r, raw, v.headers...)
				if seen := u.took(); len(seen) > 0 || !refusedIn(v.tool(), v.method, got) {
					t.Errorf("%s: %d %s, and the tool saw %q", v.what, got.status, got.body, seen)
				}
			}
		})
	}
	for name := range shipped {
		if !slices.Contains(tried, name) {
			t.Errorf("%s is not tried", name)
		}
	}
	t.Run("facts", func(t *testing.T) { oddFacts(t, r, u, raw) })
	for _, c := range besideTheCatalogs {
		got := c.ask(t, r, raw)
		if seen := u.took(); len(seen) > 0 || !refusedIn(c.tool(), c.method, got) {
			t.Errorf("%s %s %s: %d %s, and the tool saw %q", c.action, c.method, c.path, got.status, got.body, seen)
		}
	}
}

// refusedIn says whether an answer refuses in a tool's own words, with a reason.
func refusedIn(tool, method string, got answer) bool {
	if method == http.MethodHead { // which has no words
		return got.status >= 400 || tool == "slack"
	}
	shape := map[string]string{
		"stripe": `{"error":{"type":"`, "zendesk": `{"error":"`, "slack": `{"ok":false,"error":"`, "jira": `{"errorMessages":["`, "hubspot": `{"status":"error","message":"`,
	}[tool]
	coded := slices.ContainsFunc(reason.All(), func(c reason.Code) bool { return strings.Contains(got.body, `"`+string(c)+`"`) })
	return (got.status >= 400 && got.status < 500 || tool == "slack" && got.status == http.StatusOK) && strings.HasPrefix(got.body, shape) && coded
}
