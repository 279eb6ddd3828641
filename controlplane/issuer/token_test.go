package issuer_test

import (
	"encoding/base64"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sallyport/sallyport/controlplane/issuer"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

const exchange = "urn:ietf:params:oauth:grant-type:token-exchange"

// proven is a form of the backend with its secret.
func proven(pairs ...string) url.Values {
	return form(append([]string{"client_id", "acme.backend", "client_secret", secret}, pairs...)...)
}

func ticket(id string, pairs ...string) url.Values {
	return proven(append([]string{"grant_type", exchange, "subject_token_type", issuer.TypeTicket, "subject_token", id}, pairs...)...)
}

func basic(id, secret string) []string {
	return []string{"authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))}
}

// A client gets tokens for its agent, with the roles and for the time that it
// may have; of a ticket the gateway says whose it is.
func TestTokens(t *testing.T) {
	r := newRig(t, backend())
	bound := token.Identity{Tenant: "acme", Agent: "billing-bot", Roles: []string{"billing", "support"}, Session: token.Session{Ticket: "1001", Customer: "cus_ada"}}
	unbound := bound
	unbound.Session = token.Session{}
	narrow := unbound
	narrow.Roles = []string{"support"}
	plain := token.Identity{Tenant: "acme", Agent: "support-bot", Confirm: token.Confirm{Sources: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for name, tt := range map[string]struct {
		form    url.Values
		headers []string
		want    token.Identity
		seconds int64
	}{
		"client_secret_post":       {proven("grant_type", "client_credentials"), nil, unbound, 600},
		"client_secret_basic":      {form("grant_type", "client_credentials"), basic("acme.backend", secret), unbound, 600},
		"an older secret":          {form("grant_type", "client_credentials"), basic("acme.backend", "spcs_older"), unbound, 600},
		"form-encoded in Basic":    {form("grant_type", "client_credentials"), basic("acme%2Ebackend", "spcs%5Fcorrect"), unbound, 600},
		"fewer roles":              {proven("grant_type", "client_credentials", "scope", "support"), nil, narrow, 600},
		"a shorter time":           {proven("grant_type", "client_credentials", "lifetime", "90"), nil, unbound, 90},
		"never a longer one":       {proven("grant_type", "client_credentials", "lifetime", "9000"), nil, unbound, 600},
		"for this gateway":         {proven("grant_type", "client_credentials", "resource", agentURL+"/stripe"), nil, unbound, 600},
		"with it for an audience":  {proven("grant_type", "client_credentials", "audience", agentURL+"/stripe"), nil, unbound, 600},
		"for all of its tools":     {proven("grant_type", "client_credentials", "resource", agentURL+"/"), nil, unbound, 600},
		"for its MCP server":       {proven("grant_type", "client_credentials", "resource", agentURL+"/mcp"), nil, unbound, 600},
		"for a tool's MCP server":  {proven("grant_type", "client_credentials", "resource", agentURL+"/zendesk/mcp"), nil, unbound, 600},
		"of a ticket":              {ticket("1001"), nil, bound, 600},
		"no ceiling, bound to net": {form("grant_type", "client_credentials"), basic("acme.plain", secret), plain, 900},
		"an unknown parameter":     {proven("grant_type", "client_credentials", "foo", "bar"), nil, unbound, 600},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.ask(tt.form, tt.headers...)
			if got.status != 200 || got.Type != "Bearer" || got.Expires != tt.seconds || got.header.Get("cache-control") != "no-store" || got.Scope != strings.Join(tt.want.Roles, " ") {
				t.Fatalf("got %+v", got)
			}
			if isExchange := tt.form.Get("grant_type") == exchange; isExchange != (got.Kind != "") {
				t.Errorf("issued_token_type is %q", got.Kind)
			}
			id := r.verified(got.Token)
			tt.want.Session.ID = token.SessionID(tt.want) // as `sallyport token` has it
			if diff := cmp.Diff(tt.want, id, cmpopts.IgnoreFields(token.Identity{}, "TokenID", "IssuedAt", "Expires"), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
				t.Error(diff)
			}
			if id.Expires.Sub(id.IssuedAt) != time.Duration(tt.seconds)*time.Second {
				t.Errorf("it is valid from %s to %s", id.IssuedAt, id.Expires)
			}
			row := r.last()
			if row.ID != got.header.Get("x-sallyport-decision") || row.Step != "token" || row.Effect != "allow" || row.Reason != "allowed" || row.TokenID != id.TokenID || row.Ticket != id.Session.Ticket || row.Tenant != "acme" {
				t.Errorf("recorded %+v", row)
			}
		})
	}
}

// Everything else gives no token, says what to do, and records what a known
// client asked for.
func TestNoToken(t *testing.T) {
	r := newRig(t, backend())
	for name, tt := range map[string]struct {
		form     url.Values
		headers  []string
		status   int
		code     string
		says     string
		recorded string // reason, "" for no record
	}{
		"nobody":                    {form("grant_type", "client_credentials"), nil, 401, "invalid_client", "one way", ""},
		"a wrong secret":            {form("grant_type", "client_credentials", "client_id", "acme.backend", "client_secret", "spcs_wrong"), nil, 401, "invalid_client", "not known", ""},
		"the hash for a secret":     {form("grant_type", "client_credentials", "client_id", "acme.backend", "client_secret", hash(secret)), nil, 401, "invalid_client", "not known", ""},
		"an unknown client":         {form("grant_type", "client_credentials", "client_id", "acme.nobody", "client_secret", secret), nil, 401, "invalid_client", "not known", ""},
		"an unknown tenant":         {form("grant_type", "client_credentials", "client_id", "hooli.backend", "client_secret", secret), nil, 401, "invalid_client", "not known", ""},
		"a client without tenant":   {form("grant_type", "client_credentials", "client_id", "backend", "client_secret", secret), nil, 401, "invalid_client", "not known", ""},
		"the operator by a secret":  {form("grant_type", "client_credentials", "client_id", "operator", "client_secret", secret, "tenant", "acme", "agent", "billing-bot"), nil, 401, "invalid_client", "not known", ""},
		"two ways":                  {proven("grant_type", "client_credentials"), basic("acme.backend", secret), 401, "invalid_client", "one way", ""},
		"two names":                 {form("grant_type", "client_credentials", "client_id", "acme.plain"), basic("acme.backend", secret), 400, "invalid_request", "client_id", ""},
		"a broken Basic":            {form("grant_type", "client_credentials"), []string{"authorization", "Basic ???"}, 401, "invalid_client", "not known", ""},
		"two authorizations":        {form("grant_type", "client_credentials"), append(basic("acme.backend", secret), basic("acme.plain", secret)...), 401, "invalid_client", "not known", ""},
		"no grant":                  {proven(), nil, 400, "unsupported_grant_type", "grant_type must be", "policy_denied"},
		"another grant":             {proven("grant_type", "password"), nil, 400, "unsupported_grant_type", "grant_type must be", "policy_denied"},
		"a grant it has not":        {form("client_id", "acme.plain", "client_secret", secret, "grant_type", exchange, "subject_token_type", issuer.TypeTicket, "subject_token", "1001"), nil, 400, "unauthorized_client", "token_exchange in clients.yaml. It has: client_credentials.", "policy_denied"},
		"another role":              {proven("grant_type", "client_credentials", "scope", "billing manager"), nil, 400, "invalid_scope", "role", "policy_denied"},
		"another resource":          {proven("grant_type", "client_credentials", "resource", "http://127.0.0.1:100001"), nil, 400, "invalid_target", "not this gateway", "policy_denied"},
		"another audience":          {ticket("1001", "audience", "https://elsewhere.example"), nil, 400, "invalid_target", "The audience is not this gateway", "policy_denied"},
		"an unknown tool":           {proven("grant_type", "client_credentials", "resource", agentURL+"/hubspot"), nil, 400, "invalid_target", "no tool of this tenant", "policy_denied"},
		"an unknown tool's path":    {proven("grant_type", "client_credentials", "resource", agentURL+"/nope/stripe"), nil, 400, "invalid_target", "no tool of this tenant", "policy_denied"},
		"a tool in a query":         {proven("grant_type", "client_credentials", "resource", agentURL+"/stripe?x"), nil, 400, "invalid_target", "no tool of this tenant", "policy_denied"},
		"a customer of its own":     {ticket("1001", "customer", "cus_bob"), nil, 400, "invalid_request", "finds out itself", ""},
		"a session of its own":      {ticket("1001", "session", "ses_1"), nil, 400, "invalid_request", "finds out itself", ""},
		"a ticket that is absent":   {ticket("4242"), nil, 400, "invalid_target", "There is no such ticket.", "facts_unavailable"},
		"a ticket of nobody":        {ticket("7777"), nil, 400, "invalid_target", "no customer", "facts_unavailable"},
		"a tool that is silent":     {ticket("9999"), nil, 503, "temporarily_unavailable", "try again later", "facts_unavailable"},
		"no ticket":                 {ticket(""), nil, 400, "invalid_request", "subject_token must", "policy_denied"},
		"another subject":           {proven("grant_type", exchange, "subject_token", "1001", "subject_token_type", "urn:ietf:params:oauth:token-type:jwt"), nil, 400, "invalid_request", issuer.TypeTicket, "policy_denied"},
		"another actor":             {ticket("1001", "actor_token", "x"), nil, 400, "invalid_request", "actor_token", "policy_denied"},
		"another kind of token":     {ticket("1001", "requested_token_type", "urn:ietf:params:oauth:token-type:saml2"), nil, 400, "invalid_request", "requested_token_type", "policy_denied"},
		"a lifetime that is none":   {proven("grant_type", "client_credentials", "lifetime", "15m"), nil, 400, "invalid_request", "seconds", "policy_denied"},
		"a parameter twice":         {proven("grant_type", "client_credentials", "scope", "billing", "scope", "support"), nil, 400, "invalid_request", "more than once", ""},
		"a ticket without exchange": {proven("grant_type", "client_credentials", "subject_token", "1001"), nil, 200, "", "", "allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			before := r.last()
			got := r.ask(tt.form, tt.headers...)
			if got.status != tt.status || got.Error != tt.code || !strings.Contains(got.Description, tt.says) || (got.Token != "") != (tt.status == 200) || got.header.Get("cache-control") != "no-store" {
				t.Fatalf("got %+v", got)
			}
			if (got.header.Get("www-authenticate") != "") != (tt.status == 401) {
				t.Errorf("www-authenticate: %q", got.header.Get("www-authenticate"))
			}
			if strings.Contains(got.Description, "cause") {
				t.Error("the cause is told")
			}
			row := r.last()
			if recorded := row.ID != before.ID; recorded != (tt.recorded != "") || recorded && row.Reason != tt.recorded {
				t.Errorf("recorded %+v, want %q", row, tt.recorded)
			}
			if got.Token != "" && r.verified(got.Token).Session.Ticket != "" {
				t.Error("a token is bound without an exchange")
			}
		})
	}
	for name, got := range map[string]reply{
		"no form":        r.post("/token", `{}`, "content-type", "application/json"),
		"in the address": r.post("/token?client_id=acme.backend", "", "content-type", "application/x-www-form-urlencoded"),
		"too long":       r.post("/token", strings.Repeat("a", 65<<10), "content-type", "application/x-www-form-urlencoded"),
		"a broken form":  r.post("/token", "a=%zz", "content-type", "application/x-www-form-urlencoded"),
	} {
		if got.status != 400 || got.Error != "invalid_request" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	r.fail = errors.New("disk full")
	if got := r.ask(proven("grant_type", "client_credentials")); got.status != 503 || got.Token != "" {
		t.Errorf("without a record: %+v", got)
	}
}

// What is declared counts from the moment it is live.
func TestClientsAreLive(t *testing.T) {
	r := newRig(t, backend())
	if got := r.ask(proven("grant_type", "client_credentials")); got.status != 200 {
		t.Fatalf("%+v", got)
	}
	r.tenants.Update([]*tenant.Tenant{acme(t, "clients: []")}, nil)
	if got := r.ask(proven("grant_type", "client_credentials")); got.status != 401 {
		t.Errorf("a client that is gone: %+v", got)
	}
	r.tenants.Update(nil, []string{"acme"})
	if got := r.ask(proven("grant_type", "client_credentials")); got.status != 401 {
		t.Errorf("a tenant that is gone: %+v", got)
	}
}
