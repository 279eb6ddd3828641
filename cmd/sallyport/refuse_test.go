package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
)

const (
	noData  = "start one with `make up`, or name its folder with --data"
	isItUp  = "is the gateway running (`make up`)"
	seeHelp = "--help`"
	id      = "int_0123456789abcdefghjk"
)

// TestBadInputGivesOneLineThatSaysWhatToDo: 2 for a command line that cannot be
// read, 1 for everything else, and nothing on standard output.
func TestBadInputGivesOneLineThatSaysWhatToDo(t *testing.T) {
	data, absent, empty := started(t), filepath.Join(t.TempDir(), "absent"), t.TempDir()
	withToken := started(t)
	write(t, filepath.Join(withToken, "desk.token"), "secret\n")
	write(t, filepath.Join(empty, "file"), "")
	token := func(args ...string) []string {
		return append([]string{"token", "--tenant", "acme", "--agent", "bot", "--data", data}, args...)
	}
	for name, tt := range map[string]struct {
		args []string
		code int
		says []string
	}{
		"no command":              {nil, 2, []string{"expected one of", "`sallyport --help`"}},
		"unknown command":         {[]string{"tokn"}, 2, []string{"tokn", seeHelp}},
		"half a command":          {[]string{"approvals"}, 2, []string{"expected one of", "`sallyport approvals --help`"}},
		"unknown flag":            {token("--tennant", "x"), 2, []string{"--tennant", "`sallyport token --help`"}},
		"too many words":          {token("more"), 2, []string{"more", seeHelp}},
		"token without a tenant":  {[]string{"token", "--agent", "bot"}, 2, []string{"--tenant", seeHelp}},
		"token without an agent":  {[]string{"token", "--tenant", "acme"}, 2, []string{"--agent", seeHelp}},
		"token with no time":      {token("--ttl", "soon"), 2, []string{"--ttl", seeHelp}},
		"token for a moment":      {token("--ttl", "999ms"), 1, []string{"--ttl must be from 1s to 24h", "got 999ms"}},
		"token of the past":       {token("--ttl=-1m"), 1, []string{"--ttl must be from 1s to 24h", "got -1m"}},
		"token for too long":      {token("--ttl", "24h1s"), 1, []string{"--ttl must be from 1s to 24h", "got 24h0m1s"}},
		"token for another name":  {token("--tenant", "Acme"), 1, []string{"--tenant must be", `got "Acme"`}},
		"token for no name":       {token("--tenant", ""), 1, []string{"--tenant must be", `got ""`}},
		"token of a bad agent":    {token("--agent", "a b"), 1, []string{"the agent must be", `got "a b"`}},
		"token with a bad role":   {token("--role", "a/b"), 1, []string{"a role must be", `got "a/b"`}},
		"token with a long text":  {token("--ticket", strings.Repeat("1", 200)), 1, []string{"one line of at most 128 bytes"}},
		"token with two lines":    {token("--customer", "a\nb"), 1, []string{"one line of at most 128 bytes"}},
		"token of no gateway":     {[]string{"token", "--tenant", "acme", "--agent", "bot", "--data", absent}, 1, []string{absent, noData}},
		"desk of no gateway":      {[]string{"desk", "ann", "--tenant", "acme", "--data", absent}, 1, []string{absent, noData}},
		"desk without a tenant":   {[]string{"desk", "ann", "--data", data}, 2, []string{"--tenant", seeHelp}},
		"desk of a bad tenant":    {[]string{"desk", "ann", "--tenant", "A", "--data", data}, 1, []string{"--tenant must be"}},
		"desk for nobody":         {[]string{"desk", "", "--tenant", "acme", "--data", data}, 1, []string{"people.yaml"}},
		"desk nowhere":            {[]string{"desk", "ann", "--tenant", "acme", "--data", withToken, "--desk-url", "localhost"}, 1, []string{"--desk-url must be like http://"}},
		"list of no gateway":      {[]string{"approvals", "list", "--data", absent}, 1, []string{absent, noData}},
		"list without a token":    {[]string{"approvals", "list", "--data", data}, 1, []string{"desk.token", "`make up`", "--data"}},
		"list of nobody":          {[]string{"approvals", "list", "--data", withToken, "--desk-url", "http://127.0.0.1:1"}, 1, []string{"the Desk", isItUp, "--desk-url"}},
		"list nowhere":            {[]string{"approvals", "list", "--data", withToken, "--desk-url", "::"}, 1, []string{"--desk-url must be like http://"}},
		"settle how":              {[]string{"approvals", "settle", id, "--reason", "x", "--data", withToken}, 2, []string{"--done", seeHelp}},
		"settle both ways":        {[]string{"approvals", "settle", id, "--done", "--not-done", "--reason", "x", "--data", withToken}, 2, []string{"--not-done", seeHelp}},
		"settle without a reason": {[]string{"approvals", "settle", id, "--done", "--data", withToken}, 2, []string{"--reason", seeHelp}},
		"approve nothing":         {[]string{"approvals", "approve", "--data", withToken}, 2, []string{"<id>", seeHelp}},
		"approve no id":           {[]string{"approvals", "approve", "../tenants", "--data", withToken}, 1, []string{"`sallyport approvals list`", `got "../tenants"`}},
		"deny without a reason":   {[]string{"approvals", "deny", id, "--data", withToken}, 2, []string{"--reason", seeHelp}},
		"deny with no reason":     {[]string{"approvals", "deny", id, "--reason", " ", "--data", withToken}, 1, []string{"--reason must say why"}},
		"check of no folder":      {[]string{"tenants", "check", absent}, 1, []string{absent, "name one that has a folder for each tenant"}},
		"check of a file":         {[]string{"tenants", "check", filepath.Join(empty, "file")}, 1, []string{"name one that has a folder for each tenant"}},
		"check of nothing":        {[]string{"tenants", "check", empty}, 1, []string{empty + " has no tenants"}},
		"status of nobody":        {[]string{"tenants", "status", "--data", withToken, "--admin-url", "http://127.0.0.1:1"}, 1, []string{"admin", isItUp, "--admin-url"}},
		"status nowhere":          {[]string{"tenants", "status", "--data", withToken, "--admin-url", "ftp://x"}, 1, []string{"--admin-url must be like http://"}},
		"secret without a tenant": {[]string{"secret", "put", "key", "--data", data}, 2, []string{"--tenant", seeHelp}},
		"secret without a value":  {[]string{"secret", "put", "key", "--tenant", "acme", "--data", data}, 1, []string{"no value on standard input", "sallyport secret put"}},
		"pii of no tool":          {[]string{"pii", "scan", "--rules", "../../examples/tenants/acme/mask.yaml", "--tool", "nope"}, 1, []string{"--tool must be", "database, stripe, zendesk", `got "nope"`}},
		"pii of a tool alone":     {[]string{"pii", "mask", "--tool", "stripe"}, 1, []string{"--rules"}},
		"secrets of no gateway":   {[]string{"secret", "list", "--data", absent}, 1, []string{absent, noData}},
		"delete of no gateway":    {[]string{"secret", "delete", "key", "--tenant", "acme", "--data", absent}, 1, []string{absent, noData}},
		"delete of no secret":     {[]string{"secret", "delete", "key", "--tenant", "acme", "--data", data}, 1, []string{`tenant acme has no secret "key"`}},
		"query of no gateway":     {[]string{"audit", "query", "SELECT 1", "--data", absent}, 1, []string{absent, "`make up`", "--url"}},
		"query of nothing":        {[]string{"audit", "query", " ", "--data", data}, 1, []string{"the query is empty", "SELECT"}},
		"query nowhere":           {[]string{"audit", "query", "SELECT 1", "--url", "localhost"}, 1, []string{"http://user:password@host:port/"}},
		"query of nobody":         {[]string{"audit", "query", "SELECT 1", "--url", "http://u:hidden@127.0.0.1:1/"}, 1, []string{"analytics engine", isItUp, "--url"}},
		"service at no level":     {[]string{"extauthz", "--log", "loud"}, 2, []string{"--log", `sallyport extauthz --help`}},
		"service of no tenants":   {[]string{"extauthz", "--data", filepath.Join(shortDir(t), "d"), "--tenants", absent}, 1, []string{absent, "--tenants"}},
		"service far away":        {[]string{"approvald", "--data", filepath.Join(empty, strings.Repeat("x", 120))}, 1, []string{"too long", "--run-dir"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := sallyport(t, "", tt.args...)
			if got.code != tt.code || got.stdout != "" {
				t.Errorf("got %+v", got)
			}
			line, rest, _ := strings.Cut(got.stderr, "\n")
			if !strings.HasPrefix(line, "sallyport: ") || rest != "" {
				t.Errorf("not one line: %q", got.stderr)
			}
			for _, text := range tt.says {
				if !strings.Contains(line, text) {
					t.Errorf("%q does not say %q", line, text)
				}
			}
			if strings.Contains(got.stderr, "hidden") {
				t.Errorf("a password is printed: %q", got.stderr)
			}
			if _, err := os.Stat(absent); err == nil {
				t.Fatal("a folder was made that nobody asked for")
			}
		})
	}
}

// What answers is not always what it should be.
func TestAnswersThatAreNotTheGatewaysSayWhichFlagToCheck(t *testing.T) {
	data := started(t)
	write(t, filepath.Join(data, "desk.token"), "secret\n")
	for name, tt := range map[string]struct {
		status     int
		body, says string
	}{
		"a web page":            {200, "<html>", "check --desk-url"},
		"another API":           {404, `{"error": "not found"}`, "check --desk-url"},
		"nothing":               {200, "", "check --desk-url"},
		"broken off":            {200, "[{", "check --desk-url"},
		"a refusal of the Desk": {401, `{"title": "x", "status": 401, "detail": "The command line's token is wrong:\nname the folder with --data."}`, "token is wrong: name"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("authorization") != "Bearer secret" {
					t.Error("the token was not sent")
				}
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}))
			defer server.Close()
			got := sallyport(t, "", "approvals", "list", "--data", data, "--desk-url", server.URL+"/")
			if got.code != 1 || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(strings.ReplaceAll(got.stderr, "; ", " "), tt.says) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// An agent chooses most of what an approver reads in a terminal.
func TestTerminalShowsNothingThatActsOnIt(t *testing.T) {
	data := started(t)
	write(t, filepath.Join(data, "desk.token"), "secret\n")
	item := desk.Item{ID: id, Tenant: "acme", State: "waiting", Agent: "bot\x1b[2K", Args: []desk.Named{{Name: "body", Value: "we\x1b[2J\nwill"}}, Summary: "Refund\n" + id + "  acme  waiting  Refund 1.00 USD\t\u202ex"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v1/intents" {
			_ = printJSON(w, []desk.Item{item})
			return
		}
		_ = printJSON(w, item)
	}))
	defer server.Close()
	to := []string{"--data", data, "--desk-url", server.URL}
	for name, args := range map[string][]string{
		"list": {"approvals", "list"}, "show": {"approvals", "show", id}, "approve": {"approvals", "approve", id}, "deny": {"approvals", "deny", id, "--reason", "no"},
	} {
		out := succeeds(t, "", append(args, to...)...)
		rows := map[string]int{"list": 2, "show": 11, "approve": 1, "deny": 1}[name]
		if strings.ContainsAny(out, "\x1b\t\u202e") || strings.Count(out, "\n") != rows {
			t.Errorf("%s: %q", name, out)
		}
	}
}
