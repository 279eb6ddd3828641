package access

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sallyport/sallyport/internal/token"
)

const (
	sum  = "sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
	key  = `{kty: OKP, crv: Ed25519, kid: k1, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo}`
	good = `clients:
  - id: backend
    agent: billing-bot
    grants: [client_credentials, token_exchange]
    roles: [billing]
    lifetime: 5m
    secrets: ["` + sum + `"]
    keys: [` + key + `]
    confirm: {sources: [10.0.0.0/8], certificate: OCLLj4UWjLEEvBk6vF0pXxNFZIhPTr4JJRJ4UGMMaRQ}
session:
  reads:
    - {action: zendesk.ticket.get, args: {ticket: ticket}, take: {requester: ticket.requester_id}}
    - {action: zendesk.user.get, args: {user: requester}, take: {customer: user.external_id}}
  customer: customer
issuers:
  - issuer: https://login.acme.example
    audience: sallyport
    jwks: https://login.acme.example/keys
    algorithms: [ES256]
    agent: {claim: azp, names: {app-1: billing-bot}}
    roles: {claim: groups}
    session: {ticket: ticket, customer: customer}
sources: [192.0.2.0/24]
`
)

func TestParse(t *testing.T) {
	got, problems := Parse("clients.yaml", []byte(good))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if len(got.Clients) != 1 || len(got.Clients[0].Secrets) != 1 || got.Clients[0].Secrets[0][0] != 0x2b || len(got.Clients[0].Keys) != 1 || got.Clients[0].Keys[0].KeyID != "k1" {
		t.Fatalf("got %+v", got.Clients)
	}
	want := Access{
		Clients: []Client{{
			ID: "backend", Agent: "billing-bot", Grants: []Grant{ClientCredentials, TokenExchange}, Roles: []string{"billing"}, Lifetime: 5 * time.Minute,
			Confirm: token.Confirm{Sources: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Certificate: "OCLLj4UWjLEEvBk6vF0pXxNFZIhPTr4JJRJ4UGMMaRQ"},
		}},
		Session: &Session{Customer: "customer", Reads: []Read{
			{"zendesk.ticket.get", map[string]string{"ticket": "ticket"}, map[string]string{"requester": "ticket.requester_id"}},
			{"zendesk.user.get", map[string]string{"user": "requester"}, map[string]string{"customer": "user.external_id"}},
		}},
		Issuers: []Issuer{{
			Issuer: "https://login.acme.example", Audience: "sallyport", JWKS: "https://login.acme.example/keys", Algorithms: []jose.SignatureAlgorithm{jose.ES256}, Lifetime: time.Hour,
			AgentClaim: "azp", Agents: map[string]string{"app-1": "billing-bot"}, RolesClaim: "groups", TicketClaim: "ticket", CustomerClaim: "customer",
		}},
		Sources: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Client{}, "Secrets", "Keys"), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if _, ok := got.Client("backend"); !ok {
		t.Error("the client is not found")
	}
	if empty, problems := Parse("clients.yaml", nil); len(problems) > 0 || len(empty.Clients) != 0 || empty.Session != nil {
		t.Errorf("without a file: %+v %v", empty, problems)
	}
}

func TestMistakes(t *testing.T) {
	for name, tt := range map[string]struct{ old, with, want string }{
		"unknown setting":        {"lifetime:", "lifetme:", "clients.yaml: line 6: is no setting of this file (got lifetme)"},
		"client's id":            {"id: backend", "id: Backend", "clients.yaml: clients[0].id: must be a-z, 0-9 and -, beginning with a letter (got Backend)"},
		"the gateway itself":     {"agent: billing-bot", "agent: gateway", "clients.yaml: clients[0].agent: must be another: the gateway itself acts as this one, and no token is for it (got gateway)"},
		"the gateway, elsewhere": {"names: {app-1: billing-bot}", "names: {app-1: gateway}", "clients.yaml: issuers[0].agent.names: must give another agent: the gateway itself acts as this one, and no token is for it (got gateway)"},
		"agent":                  {"agent: billing-bot", "agent: a/b", "clients.yaml: clients[0].agent: must be an agent's name, as policy.csv gives it roles (got a/b)"},
		"role":                   {"roles: [billing]", "roles: ['a,b']", "clients.yaml: clients[0].roles: must be roles of policy.csv (got a,b)"},
		"grant":                  {"[client_credentials, token_exchange]", "[password]", "clients.yaml: clients[0].grants: must be client_credentials or token_exchange (got password)"},
		"no grant":               {"[client_credentials, token_exchange]", "[]", "clients.yaml: clients[0].grants: must list client_credentials, token_exchange or both"},
		"lifetime":               {"lifetime: 5m", "lifetime: 25h", "clients.yaml: clients[0].lifetime: must be from 1m to 24h (got 25h0m0s)"},
		"a secret in clear":      {sum, "spcs_hidden", "clients.yaml: clients[0].secrets: must be sha256: and 64 hex digits; the secret itself stays with the client (`sallyport client add` makes both)"},
		"a short hash":           {sum, "sha256:1234", "clients.yaml: clients[0].secrets: must be sha256: and 64 hex digits; the secret itself stays with the client (`sallyport client add` makes both)"},
		"a private key":          {"x: 11q", "d: nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A, x: 11q", "clients.yaml: clients[0].keys[0]: must be the public key; who has read this file knows the private one, so make a new pair"},
		"a broken key":           {"x: 11q", "y: 11q", "clients.yaml: clients[0].keys[0]: must be a public key as JWK, with kty, its members, and a kid"},
		"a key without id":       {"kid: k1, ", "", "clients.yaml: clients[0].keys[0].kid: must be given, and another one for each key"},
		"a symmetric key":        {key, "{kty: oct, kid: k1, k: aGlkZGVu}", "clients.yaml: clients[0].keys[0]: must be the public key; who has read this file knows the private one, so make a new pair"},
		"a key of another curve": {key, "{kty: EC, crv: P-384, kid: k1, x: 'lInTxl8fjLKp_UCrxI0WDklahi-7-_6JbtiHjiRvMvhedhKVdHBfi2HCY8t_QJyc', y: 'y6N1IC-2mXxHreETBW7K3mBcw0qGr3CWHCs-yl09yCQRLcyfGv7XhqAngHOu51Zv'}", "clients.yaml: clients[0].keys[0]: must be Ed25519, P-256, or RSA of at least 2048 bits"},
		"source":                 {"10.0.0.0/8", "10.0.0.1/8", "clients.yaml: clients[0].confirm.sources: must be networks like 10.1.0.0/16 (got 10.0.0.1/8)"},
		"certificate":            {"OCLLj4", "hidden-0", "clients.yaml: clients[0].confirm.certificate: must be the base64url SHA-256 of the client's certificate (x5t#S256)"},
		"tenant's source":        {"sources: [192.0.2.0/24]", "sources: [office]", "clients.yaml: sources: must be networks like 10.1.0.0/16 (got office)"},
		"no reads":               {"  reads:\n    - {action: zendesk.ticket.get, args: {ticket: ticket}, take: {requester: ticket.requester_id}}\n    - {action: zendesk.user.get, args: {user: requester}, take: {customer: user.external_id}}\n  customer: customer", "  customer: ticket", "clients.yaml: session.reads: must be 1 to 4 reads (got 0)\nclients.yaml: session.customer: must be a name that a read takes (got ticket)"},
		"an unknown name":        {"{user: requester}", "{user: requestr}", "clients.yaml: session.reads[1].args.user: must be ticket or a name that an earlier read takes (got requestr)"},
		"a name that is known":   {"take: {requester:", "take: {ticket:", "clients.yaml: session.reads[0].take: must be new names of a-z, 0-9 and _ (got ticket)\nclients.yaml: session.reads[1].args.user: must be ticket or a name that an earlier read takes (got requester)"},
		"a path":                 {"user.external_id", "user..external_id", "clients.yaml: session.reads[1].take.customer: must be keys with dots between, as user.external_id (got user..external_id)"},
		"nothing taken":          {", take: {customer: user.external_id}", "", "clients.yaml: session.reads[1].take: must take at least one name from the answer\nclients.yaml: session.customer: must be a name that a read takes (got customer)"},
		"the ticket as customer": {"  customer: customer", "  customer: ticket", "clients.yaml: session.customer: must be a name that a read takes (got ticket)"},
		"issuer in clear":        {"issuer: https://login", "issuer: http://login", "clients.yaml: issuers[0].issuer: must be the https URL that its tokens have as iss (got http://login.acme.example)"},
		"keys in clear":          {"jwks: https", "jwks: http", "clients.yaml: issuers[0].jwks: must be the https URL of its keys; on this machine http, with loopback: true (got http://login.acme.example/keys)"},
		"no audience":            {"audience: sallyport", "audience: ''", "clients.yaml: issuers[0].audience: must be what its tokens for this gateway have as aud"},
		"algorithm":              {"[ES256]", "[HS256]", "clients.yaml: issuers[0].algorithms: must be of EdDSA, ES256, RS256 and PS256 (got HS256)"},
		"no algorithm at all":    {"[ES256]", "[none]", "clients.yaml: issuers[0].algorithms: must be of EdDSA, ES256, RS256 and PS256 (got none)"},
		"no agents":              {", names: {app-1: billing-bot}", "", "clients.yaml: issuers[0].agent: must have a claim and names: which value of it is which agent"},
		"a claim that is taken":  {"claim: azp", "claim: iss", "clients.yaml: issuers[0]: must take claims that are not [iss aud exp nbf iat jti] (got iss)"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(good, tt.old) {
				t.Fatalf("there is no %q", tt.old)
			}
			_, problems := Parse("clients.yaml", []byte(strings.Replace(good, tt.old, tt.with, 1)))
			if diff := cmp.Diff(tt.want, problems.Error()); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(problems.Error(), "hidden") {
				t.Error("a secret is repeated")
			}
		})
	}
	twice := strings.Replace(good, "session:", "  - {id: backend, agent: b, grants: [client_credentials], secrets: ['"+sum+"']}\nsession:", 1)
	if _, problems := Parse("clients.yaml", []byte(twice)); len(problems) != 1 || problems[0].What != "is used by another client" {
		t.Error(problems)
	}
	without := good[:strings.Index(good, "session:")]
	if _, problems := Parse("clients.yaml", []byte(without)); len(problems) != 1 || !strings.Contains(problems[0].What, "no session") {
		t.Error(problems)
	}
	if _, problems := Parse("clients.yaml", []byte("clients: spcs_hidden\n")); len(problems) != 1 || strings.Contains(problems.Error(), "hidden") {
		t.Error(problems)
	}
}

func TestLoopbackIsASetting(t *testing.T) {
	local := strings.ReplaceAll(good, "https://login.acme.example", "http://127.0.0.1:9000")
	if _, problems := Parse("clients.yaml", []byte(local)); len(problems) != 2 {
		t.Error(problems)
	}
	if _, problems := Parse("clients.yaml", []byte(strings.Replace(local, "audience:", "loopback: true\n    audience:", 1))); len(problems) != 0 {
		t.Error(problems)
	}
	elsewhere := strings.Replace(local, "audience:", "loopback: true\n    audience:", 1)
	if _, problems := Parse("clients.yaml", []byte(strings.ReplaceAll(elsewhere, "127.0.0.1", "10.0.0.1"))); len(problems) != 2 {
		t.Error(problems)
	}
}
