package extauthz_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// An SDK puts its API key where it likes. One token speaks, wherever it stands;
// with two nobody knows which.
func TestTokenIsFoundInItsSlots(t *testing.T) {
	r := newRig(t, nil)
	raw, second := r.token(identity("acme")), identity("acme")
	second.TokenID = "tok_2"
	other := r.token(second)
	basic := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	for _, tt := range []struct {
		name    string
		headers []string
		want    reason.Code
	}{
		{"bearer", []string{"authorization", "Bearer " + raw}, reason.Allowed},
		{"bearer in small letters", []string{"authorization", "bearer " + raw}, reason.Allowed},
		{"a name in capitals", []string{"Authorization", "Bearer " + raw}, reason.Allowed},
		{"the token alone", []string{"authorization", raw}, reason.Allowed},
		{"basic, as user", []string{"authorization", basic(raw, "")}, reason.Allowed},
		{"basic, as password", []string{"authorization", basic("agent@acme.example/token", raw)}, reason.Allowed},
		{"x-api-key", []string{"x-api-key", raw}, reason.Allowed},
		{"the same in two slots", []string{"authorization", "Bearer " + raw, "x-api-key", raw}, reason.Allowed},
		{"a tool's key beside it", []string{"authorization", "Bearer sk_live_mine", "x-api-key", raw}, reason.Allowed},
		{"two in two slots", []string{"authorization", "Bearer " + raw, "x-api-key", other}, reason.TokenInvalid},
		{"two in one slot", []string{"authorization", "Bearer " + raw, "authorization", "Bearer " + other}, reason.TokenInvalid},
		{"two in one value", []string{"authorization", "Bearer " + raw + ", Bearer " + other}, reason.TokenInvalid},
		{"two in one pair", []string{"authorization", basic(raw, other)}, reason.TokenMissing},
		{"a cookie", []string{"cookie", raw}, reason.TokenMissing},
		{"the proxy's slot", []string{"proxy-authorization", "Bearer " + raw}, reason.TokenMissing},
		{"a tool's key alone", []string{"authorization", "Bearer sk_live_mine"}, reason.TokenMissing},
		{"nothing", nil, reason.TokenMissing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := r.request("GET", charges, "", tt.headers...)
			out := ask(t, r.agent, in)
			if row := r.one(t); row.Reason != string(tt.want) || (row.TokenID == "") != (tt.want != reason.Allowed) {
				t.Fatalf("got %s by %q, want %s", row.Reason, row.TokenID, tt.want)
			}
			if tt.want != reason.Allowed {
				return
			}
			headers := forwarded(t, in, out)
			noToken(t, headers)
			if got := headers["authorization"]; !cmp.Equal(slots(headers), []string{"authorization"}) || !cmp.Equal(got, []string{"Bearer " + acmeStripe}) {
				t.Errorf("goes on with %v: %v", slots(headers), headers)
			}
		})
	}
}

// forgedHeaders are what a client would say of itself, had Envoy let it.
var forgedHeaders = []string{
	wire.HeaderTenant, "globex", wire.HeaderTenant, "hooli", wire.HeaderTool, "zendesk", wire.HeaderLane, wire.LaneEffect,
	wire.HeaderAdmission, "v1.forged", "cookie", "a=b", "proxy-authorization", "Basic eA==", "x-api-key", "mine",
}

// hides is what an answer says to the mask that the tool is called with.
func hides(out *authv3.CheckResponse) string {
	_, credentials := wire.ParseMaskSecrets(meta(out, wire.MetaMask))
	return credentials
}

// scopeOf is the scope of surrogates that an answer says to the mask, which has the
// tool. No header has it.
func scopeOf(t *testing.T, in *authv3.CheckRequest, out *authv3.CheckResponse, tool string) surrogate.Scope {
	t.Helper()
	said, _ := wire.ParseMaskSecrets(meta(out, wire.MetaMask))
	for name, values := range forwarded(t, in, out) {
		if key, _, _ := strings.Cut(said, "."); strings.Contains(strings.Join(values, " "), key) {
			t.Errorf("%s has the session's key", name)
		}
	}
	scope, err := surrogate.ParseScope(said)
	if err != nil || scope.Tool != tool {
		t.Errorf("scope %+v, %v", scope, err)
	}
	return scope
}

// The mask gets the session's own key, and is told whom the answer is about as far
// as the call says so.
func TestScopeOfSurrogates(t *testing.T) {
	r := newRig(t, nil)
	keys := sessionkey.New(r.ring)()
	for _, tt := range []struct{ name, target, about string }{
		{"a customer", charges, "cus_ada"}, {"the session's ticket", ticket, "cus_ada"},
	} {
		in := r.request("GET", tt.target, "", r.bearer("acme")...)
		scope := scopeOf(t, in, ask(t, r.agent, in), strings.Split(tt.target, "/")[1])
		who := r.one(t)
		want, ok := keys.Derive("acme", who.Session)
		if !ok || scope.Key != want || scope.Subject != keys.Subject("acme", who.Session, tt.about) {
			t.Errorf("%s: %+v", tt.name, scope)
		}
	}
}

// A direct read goes to the tool with the tool's credential in its one slot.
func TestDirectLane(t *testing.T) {
	r := newRig(t, nil)
	r.tenants.Update([]*tenant.Tenant{load(t, "acme", "keyed", "tools.yaml", "stripe_key, scheme: bearer", "stripe_key, scheme: x-api-key")}, nil)
	secrets := exampleSecrets()
	secrets[secret.Name{Tenant: "keyed", Name: "stripe_key"}] = secret.NewValue(acmeStripe)
	r.secrets.Swap(secrets)
	for _, tt := range []struct {
		name, tenant, target, tool, slot, value string
	}{
		{"bearer", "acme", charges, "stripe", "authorization", "Bearer " + acmeStripe},
		{"basic", "acme", ticket, "zendesk", "authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(acmeZendesk))},
		{"another tenant", "globex", charges, "stripe", "authorization", "Bearer " + globexStripe},
		{"another slot", "keyed", charges, "stripe", "x-api-key", acmeStripe},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := r.request("GET", tt.target, "", append(append(r.bearer(tt.tenant), forgedHeaders...), wire.HeaderReason, "why")...) // no tool hears why
			out := ask(t, r.agent, in)
			headers := forwarded(t, in, out)
			noToken(t, headers)
			scopeOf(t, in, out, tt.tool)
			want := map[string][]string{
				":method": {"GET"}, ":path": {tt.target}, "x-request-id": {strings.TrimPrefix(r.id(), "dec-")},
				wire.HeaderTenant: {tt.tenant}, wire.HeaderTool: {tt.tool}, wire.HeaderLane: {wire.LaneDirect}, tt.slot: {tt.value},
				wire.HeaderAdmission: {"v1.forged"}, // Envoy removes it before the check and on the way to the tool
			}
			if diff := cmp.Diff(want, headers); diff != "" {
				t.Error(diff)
			}
			says := [...]string{meta(out, wire.MetaTenant), meta(out, wire.MetaSlot), meta(out, wire.MetaDecision), meta(out, wire.MetaDialect), hides(out)}
			if says != [...]string{tt.tenant, tt.slot, r.id(), tt.tool, tt.value} { // a shipped tool has its dialect's name
				t.Errorf("Envoy reads %v", says)
			}
			if row := r.one(t); row.Tenant != tt.tenant || row.Lane != wire.LaneDirect || row.Effect != "allow" || row.Tool != tt.tool {
				t.Errorf("recorded %+v", row)
			}
		})
	}
}

// A mediated call goes to approvald with an admission that says what was asked
// and by whom, and with no credential of anybody.
func TestMediatedLane(t *testing.T) {
	r := newRig(t, nil)
	who := identity("acme")
	who.Roles = []string{"billing"}
	headers := append([]string{"authorization", "Bearer " + r.token(who), "content-type", form, "idempotency-key", "mine"}, forgedHeaders...)
	in := r.request("POST", refunds, refund, headers...)
	out := ask(t, r.agent, in)
	sent := forwarded(t, in, out)
	noToken(t, sent)
	lane := [...]string{sent[wire.HeaderTenant][0], sent[wire.HeaderTool][0], sent[wire.HeaderLane][0], meta(out, wire.MetaSlot)}
	if lane != [...]string{"acme", "stripe", wire.LaneEffect, ""} || slots(sent) != nil || strings.Contains(fmt.Sprint(sent), acmeStripe) {
		t.Errorf("goes on as %v with %v: %v", lane, slots(sent), out)
	}
	if said := hides(out); said != "Bearer "+acmeStripe { // the tool may say it back to approvald
		t.Errorf("the mask does not look for what the tool is sent: %q", said)
	}
	row := r.one(t)
	admissions := sent[wire.HeaderAdmission]
	if len(admissions) != 1 {
		t.Fatalf("%d admissions", len(admissions))
	}
	got, err := grant.NewOpener(r.ring).OpenAdmission(admissions[0], start, row.Digest)
	if err != nil {
		t.Fatal(err)
	}
	live, _ := r.tenants.Get("acme")
	want := grant.Admission{
		Decision: r.id(), Tenant: "acme", Agent: "billing-bot", Roles: []string{"billing"}, SessionID: "ses_1", Ticket: "1001",
		Customer: "cus_ada", TokenID: "tok_1", Tool: "stripe", Action: "stripe.refund.create", Digest: row.Digest, ClientKey: "mine",
		Bundle: live.Version, Effect: true, TokenEnds: who.Expires.Unix(), Expires: start.Add(30 * time.Second),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	wantRow := audit.Decision{
		Time: start, Tenant: "acme", ID: r.id(), Step: "agent", Agent: "billing-bot", Session: "ses_1", Ticket: "1001", TokenID: "tok_1",
		Tool: "stripe", Action: "stripe.refund.create", Digest: row.Digest, Effect: "mediate", Lane: wire.LaneEffect,
		Reason: string(reason.FactsNeeded), Bundle: live.Version, Amount: 4000, Method: "POST", Path: refunds,
	}
	if diff := cmp.Diff(wantRow, row); diff != "" {
		t.Error(diff)
	}
}

// What the gateway's own actions hand on may be the outcome of a call of any tool, so
// the mask looks for what any of them is called with, and for nobody else's.
func TestTheMaskKnowsWhatAnyToolIsSent(t *testing.T) {
	r := newRig(t, nil)
	in := r.request("GET", "/sallyport/approvals/int_abcdefghijklmnopqrstuvwxyz", "", r.bearer("acme")...)
	out := ask(t, r.agent, in)
	said := hides(out)
	if !strings.Contains(said, "Bearer "+acmeStripe+"\n") || !strings.Contains(said, "Basic ") || strings.Contains(said, globexStripe) || slots(forwarded(t, in, out)) != nil {
		t.Errorf("%q, %v", said, out)
	}
}

// A client whose SDK reads errors in its own way gets them in that way, also
// when its token is refused and no tenant may be looked at.
func TestRefusalsSpeakTheDialect(t *testing.T) {
	r := newRig(t, nil)
	r.tenants.Update([]*tenant.Tenant{
		load(t, "acme", "renamed", "tools.yaml", "name: stripe", "name: pay"),
		load(t, "acme", "busy", "limits.yaml", "max: 600", "max: 1"),
	}, nil)
	ask(t, r.agent, r.request("GET", charges, "", r.bearer("busy")...))
	const jsonType, problemType = "application/json", "application/problem+json"
	for _, tt := range []struct {
		name, tenant, target string // no tenant: no token
		kind, media          string
		header, value        string
		code                 reason.Code
	}{
		{"stripe, no token", "", charges, "authentication_error", jsonType, "stripe-should-retry", "false", reason.TokenMissing},
		{"zendesk, no token", "", ticket, "", jsonType, "www-authenticate", `Bearer realm="sallyport"`, reason.TokenMissing},
		{"slack, no token", "", "/slack/api/chat.postMessage", "", jsonType, "www-authenticate", "", reason.TokenMissing},
		{"anything else, no token", "", "/teams/api/chat", "", problemType, "www-authenticate", `Bearer realm="sallyport"`, reason.TokenMissing},
		{"a renamed stripe, no token", "", "/pay/v1/charges", "", problemType, "stripe-should-retry", "", reason.TokenMissing},
		{"stripe", "acme", "/stripe/v1/payouts", "invalid_request_error", jsonType, "stripe-should-retry", "false", reason.ActionUnlisted},
		{"a renamed stripe", "renamed", "/pay/v1/payouts", "invalid_request_error", jsonType, "stripe-should-retry", "false", reason.ActionUnlisted},
		{"zendesk", "acme", "/zendesk/api/v2/groups.json", "", jsonType, "stripe-should-retry", "", reason.ActionUnlisted},
		{"no such tool", "acme", "/teams/api/chat", "", problemType, "stripe-should-retry", "", reason.ToolUnknown},
		{"a limit", "busy", charges, "rate_limit_error", jsonType, "retry-after", "53", reason.LimitExceeded},
		{"no secret", "renamed", "/pay/v1/charges?customer=cus_ada", "api_error", jsonType, "stripe-should-retry", "true", reason.CredentialUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var headers []string
			if tt.tenant != "" {
				headers = r.bearer(tt.tenant)
			}
			got := read(t, ask(t, r.agent, r.request("GET", tt.target, "", headers...)))
			if got.code != string(tt.code) || got.kind != tt.kind || got.headers["content-type"] != tt.media || got.headers[tt.header] != tt.value {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// A limit counts for the one it is about: another agent goes on, and so does the
// same one in the next window.
func TestLimitsAreCountedOnce(t *testing.T) {
	r := newRig(t, nil)
	r.tenants.Update([]*tenant.Tenant{load(t, "acme", "acme", "limits.yaml", "max: 600", "max: 2")}, nil)
	supporter := identity("acme")
	supporter.Agent = "support-bot"
	bot, other := r.bearer("acme"), []string{"authorization", "Bearer " + r.token(supporter)}
	try := func(want reason.Code, headers []string, target string) {
		t.Helper()
		ask(t, r.agent, r.request("GET", target, "", headers...))
		if row := r.one(t); row.Reason != string(want) {
			t.Errorf("got %s, want %s", row.Reason, want)
		}
	}
	try(reason.ActionUnlisted, bot, "/stripe/v1/payouts") // a refusal costs nothing
	try(reason.Allowed, bot, charges)
	try(reason.Allowed, bot, ticket)
	try(reason.LimitExceeded, bot, charges)
	try(reason.Allowed, other, ticket)
	r.clock.Advance(time.Minute)
	try(reason.Allowed, bot, charges)
}

// What a client writes into a request stands in no record: no query, no token
// in a path, however it is spelt, and nothing long.
func TestRecordsKeepNoTokenAndNoQuery(t *testing.T) {
	r := newRig(t, nil)
	raw := r.token(identity("acme"))
	escaped := strings.Replace(raw, "_", "%5f", 1)
	packed := base64.RawURLEncoding.EncodeToString([]byte(raw))
	r.canaries = append(r.canaries, escaped, packed, "customer=secret")
	for _, tt := range []struct{ name, method, target, wantMethod, want string }{
		{"a query", "GET", charge + "?customer=secret", "GET", charge},
		{"a token", "GET", charge + "/" + raw, "GET", charge + "/*"},
		{"an escaped token", "GET", charge + "/" + escaped, "GET", charge + "/*"},
		{"a token in base64", "GET", charge + "/" + packed, "GET", charge + "/*"},
		{"an escape that is none", "GET", charge + "/%zz", "GET", charge + "/*"},
		{"a long path", "GET", strings.Repeat("/a", 5000), "GET", strings.Repeat("/a", 100)},
		{"a long method", strings.Repeat("M", 100), "/", strings.Repeat("M", 16), "/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ask(t, r.agent, r.request(tt.method, tt.target, "", "authorization", "Bearer "+raw))
			if row := r.one(t); row.Path != tt.want || row.Method != tt.wantMethod {
				t.Errorf("recorded %q %q", row.Method, row.Path)
			}
		})
	}
}

// Without a token nothing about a tenant is looked at or said.
func TestRefusedTokensNameNobody(t *testing.T) {
	r := newRig(t, nil)
	expired := identity("acme")
	expired.IssuedAt, expired.Expires = start.Add(-2*time.Hour), start.Add(-time.Hour)
	out := ask(t, r.agent, r.request("GET", charges, "", append([]string{"authorization", "Bearer " + r.token(expired)}, forgedHeaders...)...))
	row := r.one(t)
	want := audit.Decision{Time: start, ID: r.id(), Step: "agent", Effect: "deny", Reason: string(reason.TokenExpired), Method: "GET", Path: charge}
	if diff := cmp.Diff(want, row); diff != "" || meta(out, wire.MetaTenant) != "" {
		t.Errorf("tenant %q %s", meta(out, wire.MetaTenant), diff)
	}
}
