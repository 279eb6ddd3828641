package extauthz_test

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"

	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// elsewhere are the reasons that the agent check never gives: Envoy, approvald
// or the execute check do.
var elsewhere = []reason.Code{
	reason.RequestRejected, reason.FactsUnavailable, reason.FactsMismatch, reason.Held, reason.BudgetExceeded, reason.PersonDenied, reason.HoldExpired,
	reason.Cancelled, reason.Replayed, reason.OutcomeUnknown, reason.Settled, reason.Edited, reason.Escalated, reason.ToolFailed, reason.InProgress, reason.AdmissionInvalid,
	reason.ToolChanged, reason.OrderInvalid, reason.OrderLate, reason.OrderSeen, reason.StoreUnavailable, reason.ToolUnreachable, reason.GatewayUnavailable,
	reason.OutcomeLost, reason.OutcomeErased, reason.AnswerLost, reason.AnswerWithheld,
	reason.MediationAbsent, reason.BudgetExceeded, reason.SurrogateUnknown, reason.SurrogateSubject,
	// Given as well, and shown by tests of their own.
	reason.TokenRevoked, reason.RecordUnavailable,
	reason.FrameInvalid, reason.FrameUnlisted, reason.SessionUnknown, reason.ApprovalAbsent, reason.QuestionAbsent, reason.QuestionUnheard,
}

const (
	charge   = "/stripe/v1/charges"
	charges  = charge + "?customer=cus_ada"
	refunds  = "/stripe/v1/refunds"
	ticket   = "/zendesk/api/v2/tickets/1001.json"
	refund   = "charge=ch_ada_1000&amount=4000"
	comment  = `{"ticket":{"comment":{"body":"hello"}}}`
	typeJSON = "application/json"
	// It need not open: extauthz does not try.
	placeholder = "[email:baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]"
)

// agentCase is one request of an agent, and its end.
type agentCase struct {
	name, method, target, body string
	media                      string
	host                       string   // "" for one outside the domain
	headers                    []string // beside the token
	who                        func(*token.Identity)
	token                      *string // in place of a signed one
	want                       reason.Code
	status                     int // 0 when the call may go on
}

func agentCases() []agentCase {
	none, forged := "", wire.TokenPrefix+"e30.e30.e30"
	at := func(name string) func(*token.Identity) { return func(id *token.Identity) { id.Tenant = name } }
	return []agentCase{
		{name: "a read", want: reason.Allowed},
		{name: "an effect", method: "POST", target: refunds, media: form, body: refund, want: reason.FactsNeeded},
		{name: "no token", token: &none, want: reason.TokenMissing, status: 401},
		{name: "a forged token", token: &forged, want: reason.TokenInvalid, status: 401},
		{name: "a token from the future", who: func(id *token.Identity) { id.IssuedAt = start.Add(time.Minute) }, want: reason.TokenInvalid, status: 401},
		{name: "an old token", who: func(id *token.Identity) { id.IssuedAt, id.Expires = start.Add(-2*time.Hour), start.Add(-time.Hour) }, want: reason.TokenExpired, status: 401},
		{name: "a token for another network", who: func(id *token.Identity) { id.Confirm.Sources = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} }, want: reason.TokenBound, status: 401},
		{name: "a tool that is switched off", who: at("off"), want: reason.ToolRevoked, status: 403},
		{name: "a tenant that is gone", who: at("hooli"), want: reason.TenantAbsent, status: 401},
		{name: "an unknown tool", target: "/teams/api/chat", want: reason.ToolUnknown, status: 403},
		{name: "no tool", target: "/", want: reason.ToolUnknown, status: 403},
		{name: "a host that is no tool", host: "teams.sallyport.localhost", want: reason.ToolUnknown, status: 403},
		{name: "a host and a path that name two tools", host: "zendesk.sallyport.localhost", want: reason.ToolAmbiguous, status: 400},
		{name: "a placeholder in a search", target: "/zendesk/api/v2/users/search.json?query=email:" + url.QueryEscape(placeholder), want: reason.SurrogatePlace, status: 403},
		{name: "a placeholder in a read's text", target: ticket[:len(ticket)-len(".json")] + "/comments.json?page%5Bafter%5D=" + url.QueryEscape(placeholder), want: reason.SurrogatePlace, status: 403},
		{name: "a placeholder for an id", method: "POST", target: refunds, media: form, body: "charge=" + url.QueryEscape(placeholder), want: reason.SurrogatePlace, status: 403},
		{name: "a placeholder in a comment", method: "PUT", target: ticket, media: typeJSON, body: `{"ticket":{"comment":{"body":"Dear ` + placeholder + `"}}}`, want: reason.Allowed},
		{name: "a card in a comment", method: "PUT", target: ticket, media: typeJSON, body: `{"ticket":{"comment":{"body":"4242 4242 4242 4242"}}}`, want: reason.PersonalData, status: 403},
		{name: "a recipient in clear", method: "POST", target: "/stripe/v1/customers/cus_ada", media: form, body: "email=eve%40evil.example", want: reason.RecipientUnknown, status: 403},
		{name: "brackets in a search", target: "/zendesk/api/v2/users/search.json?query=email:" + url.QueryEscape("[email:ann]"), want: reason.InputInvalid, status: 400},
		{name: "an unknown path", target: "/stripe/v1/payouts", want: reason.ActionUnlisted, status: 403},
		{name: "an unknown method", method: "DELETE", want: reason.ActionUnlisted, status: 403},
		{name: "an unknown query", target: charge + "?expand[]=customer", want: reason.InputUnlisted, status: 400},
		{name: "an unknown header", headers: []string{"stripe-account", "acct_1"}, want: reason.InputUnlisted, status: 400},
		{name: "an unknown field", method: "POST", target: refunds, media: form, body: refund + "&reverse_transfer=true", want: reason.InputUnlisted, status: 400},
		{name: "an unknown JSON field", method: "PUT", target: ticket, media: typeJSON, body: `{"ticket":{"priority":"low","comment":{"body":"a"}}}`, want: reason.InputUnlisted, status: 400},
		{name: "a body where there is none", body: "a=b", media: form, want: reason.InputUnlisted, status: 400},
		{name: "a field that is no number", method: "POST", target: refunds, media: form, body: "charge=ch_1&amount=ten", want: reason.InputInvalid, status: 400},
		{name: "a missing field", method: "POST", target: refunds, media: form, body: "amount=1", want: reason.InputMissing, status: 400},
		{name: "a field twice", method: "POST", target: refunds, media: form, body: refund + "&amount=1", want: reason.InputDuplicate, status: 400},
		{name: "a JSON key twice", method: "PUT", target: ticket, media: typeJSON, body: `{"ticket":{"comment":{"body":"a","body":"b"}}}`, want: reason.InputDuplicate, status: 400},
		{name: "a body that is no form", method: "POST", target: refunds, media: form, body: "charge=%zz", want: reason.BodyMalformed, status: 400},
		{name: "a body that is no UTF-8", method: "PUT", target: ticket, media: typeJSON, body: "{\"ticket\":{\"comment\":{\"body\":\"\xff\"}}}", want: reason.BodyMalformed, status: 400},
		{name: "a compressed body", method: "POST", target: refunds, media: form, body: refund, headers: []string{"content-encoding", "gzip"}, want: reason.BodyEncoded, status: 415},
		{name: "another media type", method: "POST", target: refunds, media: typeJSON, body: `{}`, want: reason.BodyMediaType, status: 415},
		{name: "a body without a type", method: "POST", target: refunds, body: refund, want: reason.BodyMediaType, status: 415},
		{name: "an oversized body", method: "POST", target: refunds, media: form, body: refund + strings.Repeat("&", 16<<10), want: reason.BodyTooLarge, status: 413},
		{name: "a cut body", method: "POST", target: refunds, media: form, body: refund, headers: []string{"x-envoy-auth-partial-body", "true"}, want: reason.BodyTooLarge, status: 413},
		{name: "a rule that denies", target: charge + "/ch_closed", who: at("strict"), want: reason.PolicyDenied, status: 403},
		{name: "no rule", who: func(id *token.Identity) { id.Agent = "support-bot" }, want: reason.PolicyNoRule, status: 403},
		{name: "a token that narrows to no role", who: func(id *token.Identity) { id.Roles = []string{} }, want: reason.PolicyNoRule, status: 403},
		{name: "another ticket than the session's", method: "PUT", target: strings.Replace(ticket, "1001", "1002", 1), media: typeJSON, body: comment, want: reason.PolicyNoRule, status: 403},
		{name: "a rule that cannot be evaluated", method: "PUT", target: ticket, media: typeJSON, body: comment, who: func(id *token.Identity) { id.Session.Ticket = "" }, want: reason.PolicyUnevaluable, status: 403},
		{name: "a limit that is used up", who: at("busy"), want: reason.LimitExceeded, status: 429},
		{name: "a secret that is not there", who: at("keyless"), want: reason.CredentialUnavailable, status: 503},
		{name: "an admission that cannot be sealed", method: "POST", target: refunds, media: form, body: refund, who: at("unversioned"), want: reason.Internal, status: 500},
	}
}

// tenantsForCases are the examples' with one thing changed each.
func tenantsForCases(t *testing.T, r *rig) {
	unversioned := bundle(t, "acme", "unversioned")
	r.tenants.Update([]*tenant.Tenant{
		load(t, "acme", "strict", "policy.csv", "p, billing, stripe.charge.get, facts.charge.customer == session.customer, allow, -",
			"p, billing, stripe.charge.get, args.charge == 'ch_closed', deny, say:'That charge is closed.'"),
		load(t, "acme", "busy", "limits.yaml", "max: 600", "max: 1"),
		load(t, "acme", "keyless"),
		load(t, "acme", "off"),
		compile(t, unversioned),
	}, nil)
	if out := ask(t, r.agent, r.request("GET", charges, "", r.bearer("busy")...)); read(t, out).code != string(reason.CredentialUnavailable) {
		t.Fatalf("the first call of busy: %v", out)
	}
	r.one(t)
}

// Every end of a call has its own reason, is answered in whole and recorded
// once, under the id that the client reads.
func TestAgentGivesEveryReason(t *testing.T) {
	r := newRig(t, nil)
	tenantsForCases(t, r)
	given := slices.Clone(elsewhere)
	for _, tt := range agentCases() {
		given = append(given, tt.want)
		t.Run(tt.name, func(t *testing.T) {
			in := tt.request(r)
			out := ask(t, r.agent, in)
			if allowed(out) != (tt.status == 0) || meta(out, wire.MetaDecision) != r.id() {
				t.Fatalf("got %v", out)
			}
			row := r.one(t)
			if row.Reason != string(tt.want) || row.ID != r.id() || row.Step != "agent" || (row.Effect == "deny") != (tt.status != 0) {
				t.Errorf("recorded %+v, want %s", row, tt.want)
			}
			if tt.status == 0 {
				return
			}
			got := read(t, out)
			if got.status != tt.status || got.code != string(tt.want) || got.headers[wire.HeaderDecision] != r.id() || len(got.text) < 20 {
				t.Errorf("got %+v, want %d %s", got, tt.status, tt.want)
			}
			if row.Lane != "" || meta(out, wire.MetaSlot) != "" {
				t.Errorf("a refusal has a lane %q or a slot %q", row.Lane, meta(out, wire.MetaSlot))
			}
		})
	}
	for _, code := range reason.All() {
		if !slices.Contains(given, code) {
			t.Errorf("no case gives %s", code)
		}
	}
}

func (c agentCase) request(r *rig) *authv3.CheckRequest {
	method, target := c.method, c.target
	if method == "" {
		method = http.MethodGet
	}
	if target == "" {
		target = charges
	}
	headers := slices.Clone(c.headers)
	if c.media != "" {
		headers = append(headers, "content-type", c.media)
	}
	switch {
	case c.token == nil:
		id := identity("acme")
		if c.who != nil {
			c.who(&id)
		}
		headers = append(headers, "authorization", "Bearer "+r.token(id))
	case *c.token != "":
		headers = append(headers, "authorization", "Bearer "+*c.token)
	}
	in := r.request(method, target, c.body, headers...)
	if c.host != "" {
		in.Attributes.Request.Http.Host = c.host
	}
	return in
}
