package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
	"github.com/sallyport/sallyport/internal/testkit"
)

const (
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	typeTicket    = "urn:sallyport:params:oauth:token-type:ticket"
)

// tokenAnswer is what a token endpoint said.
type tokenAnswer struct {
	status      int
	decision    string
	Token       string `json:"access_token"`
	Expires     int    `json:"expires_in"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// addClient declares a client with the real command and waits until it is live.
func addClient(t *testing.T, r *rig.Rig, id string, args ...string) url.Values {
	t.Helper()
	file := filepath.Join(r.Tenants, "acme", "clients.yaml")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(rig.Built(t, "sallyport"), append([]string{"client", "add", "--json", "--tenants", r.Tenants, "--tenant", "acme", "--agent", "billing-bot", id}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() {
		if err := os.WriteFile(file, before, 0o600); err != nil {
			t.Error(err)
		}
	})
	var made map[string]string
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"client_id": {made["client_id"]}, "client_secret": {made["client_secret"]}}
	testkit.Eventually(t, "the client is live", func() bool {
		return askToken(t, r.Addresses().Issuer+"/token", form).Error != "invalid_client"
	})
	return form
}

// askToken asks with a form and more parameters, names and values in turn.
func askToken(t *testing.T, endpoint string, form url.Values, more ...string) tokenAnswer {
	t.Helper()
	all := url.Values{}
	for name, values := range form {
		all[name] = values
	}
	for i := 0; i < len(more); i += 2 {
		all.Set(more[i], more[i+1])
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint, strings.NewReader(all.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("content-type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := tokenAnswer{status: response.StatusCode, decision: response.Header.Get("x-sallyport-decision")}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return out
}

// document reads public JSON.
func document(t *testing.T, address string) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return out
}

// A program that has nothing but a client's secret finds the token endpoint from
// a refusal, and gets a token whose customer the gateway reads at Zendesk.
func testIdentity(t *testing.T, r *rig.Rig) {
	refused := call(t, r, http.MethodGet, "/stripe/v1/charges?customer=cus_ada", "")
	challenge := refused.header.Get("www-authenticate")
	m := regexp.MustCompile(`^Bearer realm="sallyport", resource_metadata="([^"]+)"$`).FindStringSubmatch(challenge)
	if refused.status != 401 || m == nil {
		t.Fatalf("%d %q", refused.status, challenge)
	}
	resource := document(t, m[1])
	if resource["resource"] != "http://"+r.Addresses().Agent+"/stripe" {
		t.Errorf("got %v", resource)
	}
	servers, _ := resource["authorization_servers"].([]any)
	if len(servers) != 1 {
		t.Fatalf("got %v", resource)
	}
	server, _ := servers[0].(string)
	endpoint, _ := document(t, server+"/.well-known/oauth-authorization-server")["token_endpoint"].(string)
	form := addClient(t, r, "backend", "--grant", "client_credentials,token_exchange")
	bind := func(ticket string) tokenAnswer {
		return askToken(t, endpoint, form, "grant_type", grantExchange, "subject_token_type", typeTicket, "subject_token", ticket)
	}
	t.Run("a ticket's customer is the gateway's finding", func(t *testing.T) {
		before := len(r.Provider().Requests())
		got := bind("1001")
		if got.status != 200 {
			t.Fatalf("%+v", got)
		}
		var paths []string
		for _, seen := range r.Provider().Requests()[before:] {
			paths = append(paths, seen.Path)
			if !strings.HasPrefix(seen.Header.Get("authorization"), "Basic ") || strings.Contains(seen.Header.Get("authorization"), got.Token) {
				t.Errorf("%s came without the tool's credential", seen.Path)
			}
		}
		if strings.Join(paths, " ") != "/api/v2/tickets/1001.json /api/v2/users/9001.json" {
			t.Errorf("the provider saw %v", paths)
		}
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		if done := refund(t, r, got.Token, charge, "1000"); done.status != 200 {
			t.Errorf("its own customer: %d %s", done.status, done.body)
		}
		testkit.Eventually(t, "the token and its reads are recorded under one id", func() bool {
			return r.Count(t, "SELECT arrayStringConcat(arraySort(groupArray(concat(step, ' ', effect))), ', ') FROM audit.decisions WHERE decision_id = ?", got.decision) == "execute:ticket allow, execute:ticket allow, token allow"
		})
	})
	t.Run("another ticket, another customer", func(t *testing.T) {
		got := bind("1002")
		if got.status != 200 {
			t.Fatalf("%+v", got)
		}
		charge := r.Charge(t, "acme", "cus_ada", "usd")
		if done := refund(t, r, got.Token, charge, "1000"); done.status != 403 || !strings.Contains(done.body, "policy_denied") {
			t.Errorf("another's charge: %d %s", done.status, done.body)
		}
	})
	t.Run("what is not resolved gives no token", func(t *testing.T) {
		for ticket, says := range map[string]string{"4242": "no such ticket", "12/../1001": "not as the catalog declares", "1001 OR 1": "not as the catalog declares"} {
			if got := bind(ticket); got.status != 400 || got.Error != "invalid_target" || got.Token != "" || !strings.Contains(got.Description, says) {
				t.Errorf("%s: %+v", ticket, got)
			}
		}
	})
	t.Run("fewer roles", func(t *testing.T) {
		got := askToken(t, endpoint, form, "grant_type", grantExchange, "subject_token_type", typeTicket, "subject_token", "1001", "scope", "support")
		if got.status != 200 || got.Expires != 900 {
			t.Fatalf("%+v", got)
		}
		if read := call(t, r, http.MethodGet, "/zendesk/api/v2/tickets/1001.json", "", "authorization", "Bearer "+got.Token); read.status != 200 {
			t.Errorf("%d %s", read.status, read.body)
		}
		if read := call(t, r, http.MethodGet, "/stripe/v1/charges/ch_ada_1000", "", "authorization", "Bearer "+got.Token); read.status != 403 {
			t.Errorf("a role that was not asked for: %d %s", read.status, read.body)
		}
		if unbound := askToken(t, endpoint, form, "grant_type", "client_credentials"); unbound.status != 200 || unbound.Token == "" {
			t.Errorf("%+v", unbound)
		}
	})
	t.Run("keys are rotated while it runs", func(t *testing.T) { testRotation(t, r, func() string { return bind("1001").Token }) })
}

// testRotation: a token under the old key is good until the key is withdrawn.
func testRotation(t *testing.T, r *rig.Rig, mint func() string) {
	read := func(token string) int {
		return call(t, r, http.MethodGet, "/stripe/v1/charges/ch_ada_1000", "", "authorization", "Bearer "+token).status
	}
	keys := func(args ...string) string {
		out, err := exec.Command(rig.Built(t, "sallyport"), append(append([]string{"keys"}, args...), "--data", r.Data)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	old := mint()
	if got := read(old); got != 200 {
		t.Fatalf("before: %d", got)
	}
	keys("rotate", "token")
	var fresh string
	testkit.Eventually(t, "the new key signs", func() bool { fresh = mint(); return fresh[:60] != old[:60] })
	for name, token := range map[string]string{"old": old, "new": fresh} {
		if got := read(token); got != 200 {
			t.Errorf("under the %s key: %d", name, got)
		}
	}
	keys("withdraw", regexp.MustCompile(`token-\d+`).FindString(keys("list")))
	testkit.Eventually(t, "the old key's token is refused", func() bool { return read(old) == 401 })
	if got := read(fresh); got != 200 {
		t.Errorf("the new key's token: %d", got)
	}
}
