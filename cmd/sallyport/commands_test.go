package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sallyport/sallyport/controlplane/admin"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/token"
)

func TestHelpIsNoFailure(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"token", "--help"}, {"approvals", "deny", "-h"}} {
		if out := succeeds(t, "", args...); !strings.Contains(out, "Usage: sallyport") {
			t.Errorf("%v: %q", args, out)
		}
	}
}

// TestEveryPrintingCommandHasJSON walks the command line, so that a command
// that is added is held to it. What runs until a signal, or runs another program,
// prints no document; the two of pii print JSON lines anyway, and the document
// that they were given.
func TestEveryPrintingCommandHasJSON(t *testing.T) {
	found := 0
	var walk func(reflect.Type, string)
	walk = func(kind reflect.Type, path string) {
		children := 0
		for i := range kind.NumField() {
			if f := kind.Field(i); f.Type.Kind() == reflect.Struct && !f.Anonymous {
				children++
				walk(f.Type, path+" "+strings.ToLower(f.Name))
			}
		}
		if children > 0 || slices.Contains([]string{" up", " extauthz", " approvald", " run", " pii scan", " pii mask"}, path) {
			return
		}
		found++
		if f, ok := kind.FieldByName("JSON"); !ok || f.Tag.Get("name") != "json" {
			t.Errorf("sallyport%s has no --json", path)
		}
	}
	walk(reflect.TypeFor[commands](), "")
	if found < 11 {
		t.Errorf("only %d commands were found", found)
	}
}

// verifierOf verifies tokens as the gateway of a data folder does.
func verifierOf(t *testing.T, data string) *token.Verifier {
	t.Helper()
	ring, err := keyring.Open(filepath.Join(data, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := token.NewVerifier(token.VerifierOptions{Key: ring.TokenKey})
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

func TestTokenIsOneTheGatewayAccepts(t *testing.T) {
	data := started(t)
	verifier := verifierOf(t, data)
	args := []string{"token", "--tenant", "acme", "--agent", "bot", "--role", "billing", "--ticket", "1001", "--customer", "cus_ada", "--ttl", "90s", "--data", data}
	raw := strings.TrimSuffix(succeeds(t, "", args...), "\n")
	id, code := verifier.Verify(raw, time.Now())
	if code != "" || strings.ContainsAny(raw, " \n") {
		t.Fatalf("%q is refused: %s", raw, code)
	}
	want := token.Identity{Tenant: "acme", Agent: "bot", Roles: []string{"billing"}, Session: token.Session{ID: id.Session.ID, Ticket: "1001", Customer: "cus_ada"}}
	got := id
	got.TokenID, got.IssuedAt, got.Expires = "", time.Time{}, time.Time{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if id.Expires.Sub(id.IssuedAt) != 90*time.Second || !strings.HasPrefix(id.TokenID, "tok_") || !strings.HasPrefix(id.Session.ID, "ses_") {
		t.Errorf("got %+v", id)
	}

	said := decoded[map[string]string](t, succeeds(t, "", append(args, "--json", "--session", "mine")...))
	again, code := verifier.Verify(said["token"], time.Now())
	if code != "" || again.TokenID != said["id"] || again.Session.ID != "mine" || again.Session.ID != said["session"] || again.TokenID == id.TokenID {
		t.Errorf("%s: printed %v, signed %+v", code, said, again)
	}
	if said["expires"] != again.Expires.UTC().Format(time.RFC3339) || said["tenant"] != "acme" || said["agent"] != "bot" {
		t.Errorf("printed %v", said)
	}
}

// Without --role nothing is narrowed, which is not the same as no roles.
func TestTokenWithoutRolesNarrowsNothing(t *testing.T) {
	data := started(t)
	verifier := verifierOf(t, data)
	raw := succeeds(t, "", "token", "--tenant", "acme", "--agent", "bot", "--data", data)
	if id, code := verifier.Verify(strings.TrimSpace(raw), time.Now()); code != "" || id.Roles != nil {
		t.Errorf("%s: %+v", code, id)
	}
}

// A token that no gateway would take is not printed.
func TestTokenOfATenantThatIsNotLive(t *testing.T) {
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `[{"name":"acme","live":"sha256:1"},{"name":"initech","problems":["x"]}]`)
	}))
	defer admin.Close()
	args := func(tenant, url string) []string {
		return []string{"token", "--tenant", tenant, "--agent", "bot", "--data", started(t), "--admin-url", url}
	}
	succeeds(t, "", args("acme", admin.URL)...)
	succeeds(t, "", args("nope", "http://127.0.0.1:1")...) // nobody there to ask
	for _, tenant := range []string{"nope", "initech"} {
		if got := sallyport(t, "", args(tenant, admin.URL)...); got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, "live are acme") {
			t.Errorf("%s: %+v", tenant, got)
		}
	}
}

// A mistyped name is revoked, for whoever means it, and said to be unknown.
func TestRevokeOfWhatIsNotLive(t *testing.T) {
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `[{"name":"acme","live":"sha256:1","tools":["stripe","zendesk"],"agents":["billing","billing-bot"]}]`)
	}))
	defer admin.Close()
	data := started(t)
	for agent, want := range map[string]string{
		"billing-bot": "", "billng-bot": "sallyport: policy.csv of acme gives the agent billng-bot no role on the gateway at " + admin.URL + ": is the name right?\n",
	} {
		got := sallyport(t, "", "revoke", "--data", data, "--admin-url", admin.URL, "--tenant", "acme", "--agent", agent)
		if got.code != 0 || got.stderr != want || !strings.Contains(got.stdout, "Revoked: agent "+agent+" of acme") {
			t.Errorf("%+v", got)
		}
	}
	for _, tt := range []struct{ tenant, tool, want string }{
		{"acme", "stripe", ""},
		{"acme", "strip", `sallyport: no tool "strip" of acme is live on the gateway at ` + admin.URL + "; live are stripe, zendesk: is the name right?\n"},
		{"acm", "stripe", `sallyport: no tenant "acm" is live on the gateway at ` + admin.URL + "; live are acme: is the name right?\n"},
	} {
		got := sallyport(t, "", "revoke", "--data", data, "--admin-url", admin.URL, "--tenant", tt.tenant, "--tool", tt.tool)
		if got.code != 0 || got.stderr != tt.want || !strings.Contains(got.stdout, "Revoked: tool "+tt.tool+" of "+tt.tenant) {
			t.Errorf("%+v", got)
		}
	}
}

// A secret of a tenant that a running gateway does not have is stored, and the
// name questioned.
func TestSecretOfAnUnknownTenant(t *testing.T) {
	admin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`[{"name":"acme","live":"sha256:a"}]`))
	}))
	defer admin.Close()
	data := started(t)
	if out := succeeds(t, "", "secret", "list", "--data", data); out != "No secret is stored.\n" {
		t.Errorf("got %q", out)
	}
	for tenant, want := range map[string]string{
		"acme": "", "nope": `sallyport: no tenant "nope" is live on the gateway at ` + admin.URL + "; live are acme: is the name right?\n",
	} {
		got := sallyport(t, "x", "secret", "put", "key", "--tenant", tenant, "--data", data, "--admin-url", admin.URL)
		if got.code != 0 || got.stderr != want || !strings.Contains(got.stdout, "stored key of "+tenant) {
			t.Errorf("%+v", got)
		}
	}
}

func TestSecretsAreStoredAndNeverPrinted(t *testing.T) {
	const value = "sk_live_Canary"
	data := filepath.Join(t.TempDir(), "new") // secrets are stored before the first start, too
	to := []string{"--tenant", "acme", "--data", data}
	out := succeeds(t, value+"\r\n", append([]string{"secret", "put", "stripe_key"}, to...)...)
	out += succeeds(t, value, append([]string{"secret", "put", "zendesk_key", "--json"}, to...)...)
	out += succeeds(t, "", "secret", "list", "--data", data)
	names := succeeds(t, "", "secret", "list", "--data", data, "--json")
	want := []secret.Name{{Tenant: "acme", Name: "stripe_key"}, {Tenant: "acme", Name: "zendesk_key"}}
	if diff := cmp.Diff(want, decoded[[]secret.Name](t, names)); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(out, "stored stripe_key of acme in "+data) || !strings.Contains(out, "TENANT  NAME\nacme    stripe_key\nacme    zendesk_key\n") {
		t.Errorf("got %q", out)
	}
	file, err := openSecrets(data)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := file.Load()
	if err != nil || stored[want[0]].Reveal() != value || stored[want[1]].Reveal() != value {
		t.Errorf("stored are %v, %v", stored, err)
	}
	deleted := succeeds(t, "", append([]string{"secret", "delete", "stripe_key", "--json"}, to...)...)
	if said := decoded[map[string]string](t, deleted); said["done"] != "deleted" || said["name"] != "stripe_key" || said["tenant"] != "acme" || said["data"] != data {
		t.Errorf("got %v", said)
	}
	if left := decoded[[]secret.Name](t, succeeds(t, "", "secret", "list", "--data", data, "--json")); !slices.Equal(left, want[1:]) {
		t.Errorf("left are %v", left)
	}
	if strings.Contains(out+names+deleted, value) {
		t.Error("a value was printed")
	}
	for _, bad := range []string{"a\nb", "a\x00b"} {
		if got := sallyport(t, bad, append([]string{"secret", "put", "stripe_key"}, to...)...); got.code != 1 || !strings.Contains(got.stderr, "one line of text") {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

func TestCheckListsEveryMistakeOfEveryTenant(t *testing.T) {
	good := decoded[[]admin.TenantStatus](t, succeeds(t, "", "tenants", "check", "../../examples/tenants", "--json"))
	if len(good) != 2 || good[0].Name != "acme" || good[0].Live == "" || good[0].Live != good[0].Seen || good[0].Problems == nil || len(good[0].Problems) != 0 {
		t.Errorf("got %+v", good)
	}
	if out := succeeds(t, "", "tenants", "check", "../../examples/tenants"); !strings.Contains(out, "TENANT  VERSION\nacme    sha256:") {
		t.Errorf("got %q", out)
	}
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS("../../examples/tenants")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "acme", "tenant.yaml"), "titel: Acme\n")
	write(t, filepath.Join(root, "acme", "mask.yaml"), "types: [e-mail]\n")
	bad := sallyport(t, "", "tenants", "check", root)
	for _, line := range []string{"acme    not live\n", "  tenant.yaml: line 1: is no setting of this file (got titel)\n", "  mask.yaml: types: must be", "globex  sha256:"} {
		if !strings.Contains(bad.stdout, line) {
			t.Errorf("%q lacks %q", bad.stdout, line)
		}
	}
	if bad.code != 1 || bad.stderr != "sallyport: 1 of 2 tenants cannot go live; mend the lines above\n" {
		t.Errorf("got %+v", bad)
	}
	asJSON := sallyport(t, "", "tenants", "check", root, "--json")
	if said := decoded[[]admin.TenantStatus](t, asJSON.stdout); asJSON.code != 1 || said[0].Live != "" || len(said[0].Problems) != 2 || said[1].Live == "" {
		t.Errorf("got %+v", asJSON)
	}
}

func TestStatusShowsWhatAdminSays(t *testing.T) {
	says := []admin.TenantStatus{{Name: "acme", Live: "sha256:a", Seen: "sha256:a", Problems: []string{}}}
	data := started(t)
	write(t, filepath.Join(data, "desk.token"), "the owner's\n")
	owner := func(r *http.Request) admin.Reader {
		return admin.Reader{All: r.Header.Get("authorization") == "Bearer the owner's"}
	}
	server := httptest.NewServer(admin.New(admin.Options{Tenants: func() []admin.TenantStatus { return says }, Healthy: func() error { return nil }, Metrics: prometheus.NewRegistry(), Reader: owner}))
	defer server.Close()
	args := []string{"tenants", "status", "--admin-url", server.URL, "--data", data}
	if out := succeeds(t, "", args...); out != "TENANT  VERSION\nacme    sha256:a\n" {
		t.Errorf("got %q", out)
	}
	write(t, filepath.Join(data, "desk.token"), "somebody's\n")
	if got := sallyport(t, "", args...); got.code != 1 || !strings.Contains(got.stderr, "is for a login at the Desk") {
		t.Errorf("without a proof: %+v", got)
	}
	write(t, filepath.Join(data, "desk.token"), "the owner's\n")
	says[0].Seen, says[0].Problems = "sha256:b", []string{"policy.csv:3: is wrong"}
	got := sallyport(t, "", append(args, "--json")...)
	if diff := cmp.Diff(says, decoded[[]admin.TenantStatus](t, got.stdout)); diff != "" || got.code != 1 || !strings.Contains(got.stderr, "mend what they name") {
		t.Errorf("%+v %s", got, diff)
	}
}

func TestTableKeepsOneRowALine(t *testing.T) {
	var out strings.Builder
	if err := printTable(&out, [][]string{{"A", "B"}, {"long", "x\ny"}, {"\x1b[1m", "é中"}}); err != nil {
		t.Fatal(err)
	}
	if want := "A          B\nlong       x\\ny\n\\u001b[1m  é中\n"; out.String() != want {
		t.Errorf("got %q", out.String())
	}
}

// Browsers refuse the Desk's own port: people get links to another one.
func TestBrowsersReachTheDesk(t *testing.T) {
	help := succeeds(t, "", "up", "--help")
	pages := regexp.MustCompile(`--desk-pages="127\.0\.0\.1:([0-9]+)"`).FindStringSubmatch(help)
	// The ports above 1023 of the Fetch standard's list, section "Port blocking".
	blocked := []string{"1719", "1720", "1723", "2049", "3659", "4045", "4190", "5060", "5061", "6000", "6566", "6665", "6666", "6667", "6668", "6669", "6679", "6697", "10080"}
	if pages == nil || slices.Contains(blocked, pages[1]) {
		t.Errorf("people are sent to %v", pages)
	}
}

func TestRevoke(t *testing.T) {
	data := started(t)
	run := func(args ...string) outcome {
		return sallyport(t, "", append([]string{"revoke", "--data", data}, args...)...)
	}
	if got := run("--list"); got.code != 0 || got.stdout != "Nothing was revoked.\n" {
		t.Errorf("%+v", got)
	}
	for name, args := range map[string][]string{
		"nothing":                {},
		"everything and one":     {"--everything", "--tenant", "acme"},
		"an agent of nobody":     {"--agent", "bot"},
		"a session of nobody":    {"--session", "ses_1"},
		"a tenant that is none":  {"--tenant", "A!"},
		"an agent besides token": {"--token-id", "tok_1", "--agent", "bot"},
		"a tool of nobody":       {"--tool", "stripe"},
		"a tool and an agent":    {"--tenant", "acme", "--tool", "stripe", "--agent", "bot"},
		"restore no tool":        {"--tenant", "acme", "--restore"},
	} {
		if got := run(args...); got.code != 1 || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := run("--tenant", "acme", "--agent", "bot", "--why", "lost\x1blaptop"); got.code != 0 || !strings.Contains(got.stdout, "agent bot of acme") {
		t.Errorf("%+v", got)
	}
	if got := run("--token-id", "tok_1", "--json"); got.code != 0 || decoded[token.Revocation](t, got.stdout).Token != "tok_1" {
		t.Errorf("%+v", got)
	}
	if got := run("--everything"); got.code != 0 || !strings.Contains(got.stdout, "everything") {
		t.Errorf("%+v", got)
	}
	if got := decoded[[]token.Revocation](t, run("--list", "--json").stdout); len(got) != 3 || got[0].Agent != "bot" || !got[0].At.After(time.Now().Add(-time.Minute)) {
		t.Errorf("%+v", got)
	}
	for _, tt := range [][2]string{{"--why=leak", "Revoked: tool stripe of acme."}, {"--restore", "tool stripe of acme is restored."}} {
		if got := run("--tenant", "acme", "--tool", "stripe", tt[0]); got.code != 0 || !strings.HasPrefix(got.stdout, tt[1]) {
			t.Errorf("%+v", got)
		}
	}
	if got := run("--list"); strings.Count(got.stdout, "\n") != 6 || strings.Contains(got.stdout, "\x1b") {
		t.Errorf("%+v", got)
	}
}
