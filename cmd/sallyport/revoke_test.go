package main

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/internal/token"
)

// logsIn is `sallyport login` of a person, with the part of the browser.
func logsIn(t *testing.T, to []string, tenant, person string) {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	address := to[len(to)-1]
	link := strings.TrimSpace(succeeds(t, "", append([]string{"desk", "--tenant", tenant, person}, to...)...))
	jar := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var cookies []*http.Cookie
	send := func(method, at string, form url.Values) string {
		request, err := http.NewRequest(method, at, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("content-type", "application/x-www-form-urlencoded")
		for _, c := range cookies {
			request.AddCookie(c)
		}
		response, err := jar.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		if got := response.Cookies(); len(got) > 0 {
			cookies = got
		}
		page, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(page)
	}
	send(http.MethodPost, link, nil)
	secret := rand.Text() + rand.Text()
	form := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(send(http.MethodGet, address+"/cli/"+desk.TerminalCode(secret), nil))
	if form == nil {
		t.Fatal("nobody is asked to let a command line in")
	}
	send(http.MethodPost, address+"/cli/"+desk.TerminalCode(secret), url.Values{"form": {form[1]}})
	var answer desk.SessionAnswer
	api := service{name: "the Desk", flag: "--desk-url", url: address}
	if err := api.call(t.Context(), http.MethodPost, "/api/v1/session", desk.SessionBody{Secret: secret}, &answer); err != nil {
		t.Fatal(err)
	}
	if err := writeSession(session{answer, address}); err != nil {
		t.Fatal(err)
	}
}

// With a login the command revokes as its person, who is written down, in their
// own tenant; what others may not it does not either.
func TestRevokeWithALogin(t *testing.T) {
	tenants := shortDir(t)
	if err := os.CopyFS(tenants, os.DirFS(exampleTenants)); err != nil {
		t.Fatal(err)
	}
	approvals := filepath.Join(tenants, "acme", "approvals.yaml")
	text, err := os.ReadFile(approvals)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(approvals, append(text, "operators: [auditors]\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	to := realDeskOf(t, tenants)
	run := func(args ...string) outcome {
		return sallyport(t, "", append(append([]string{"revoke"}, to...), args...)...)
	}
	logsIn(t, to, "acme", "ole")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--agent", "billing-bot", "--why", "lost"}, "Revoked: agent billing-bot of acme."},
		{[]string{"--token-id", "tok_1"}, "Revoked: token tok_1 of acme."},
		{[]string{"--tool", "stripe"}, "Revoked: tool stripe of acme."},
		{[]string{"--tool", "stripe", "--restore"}, "tool stripe of acme is restored."},
		{[]string{"--tenant", "acme"}, "Revoked: tenant acme."},
	} {
		if got := run(c.args...); got.code != 0 || !strings.Contains(got.stdout, c.says) {
			t.Errorf("%q: %+v", c.args, got)
		}
	}
	for says, args := range map[string][]string{
		"say what to revoke":         {},
		"Your login is one of acme":  {"--tenant", "globex", "--agent", "billing-bot"},
		"--everything is for":        {"--everything"},
		"acme has no tool \"strip\"": {"--tool", "strip"},
		"one by one":                 {"--agent", "a", "--session", "b"},
	} {
		if got := run(args...); got.code != 1 || got.stdout != "" || !strings.Contains(got.stderr, says) || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%q: %+v", args, got)
		}
	}
	if got := run("--list"); got.code != 0 || strings.Count(got.stdout, "\n") != 6 || !strings.Contains(got.stdout, "ole") {
		t.Errorf("%+v", got)
	}
	logsIn(t, to, "globex", "gil")
	if got := run("--tenant", "globex"); got.code != 1 || !strings.Contains(got.stderr, "operators in approvals.yaml") {
		t.Errorf("nobody's operator: %+v", got)
	}
	succeeds(t, "", "logout")
	entries := decoded[[]token.Revocation](t, run("--list", "--json").stdout)
	if len(entries) != 5 || entries[0].By != "ole" || entries[0].Why != "lost" || entries[4].By != "ole" {
		t.Errorf("%+v", entries)
	}
}
