package extauthz_test

import (
	"encoding/base64"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	authv3 "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/extauthz/accesslog"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/secret"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

const stripeVersion = "2026-10-28.endive"

// parcel is one request of approvald and the order it travels with.
type parcel struct {
	order                     grant.Order
	method, target, key, body string
	keyHeader                 string
	headers                   []string
}

// effect is the refund that acme's policy lets an agent ask for.
func effect(nonce string) parcel {
	return parcel{
		order: orderOf(grant.PurposeEffect, nonce), method: "POST", target: refunds, key: "pk_1", keyHeader: "idempotency-key",
		body: refund, headers: []string{"content-type", form, "stripe-version", stripeVersion},
	}
}

func fact(nonce string) parcel {
	return parcel{order: orderOf(grant.PurposeFact, nonce), method: "GET", target: charge + "/ch_ada_1000"}
}

func readOf(nonce string) parcel {
	return parcel{order: orderOf(grant.PurposeRead, nonce), method: "GET", target: charges}
}

// marked is an effect with a mark at its end.
func marked(nonce, mark string) parcel {
	p := effect(nonce)
	p.body += "&metadata%5Bsallyport_effect%5D=" + mark
	return p
}

// looks is the read of a probe.
func looks(nonce string) parcel {
	return parcel{order: orderOf(grant.PurposeFact, nonce), method: "GET", target: refunds + "?charge=ch_ada_1000&limit=100"}
}

func orderOf(purpose grant.Purpose, nonce string) grant.Order {
	o := grant.Order{
		Admission: "dec-admitted", Nonce: nonce, Purpose: purpose, Tenant: "acme", Agent: "billing-bot", SessionID: "ses_1",
		Ticket: "1001", Customer: "cus_ada", TokenID: "tok_1", Tool: "stripe", Envoy: node, SendUntil: start.Add(5 * time.Second),
	}
	if purpose == grant.PurposeEffect {
		o.Intent, o.Attempt = "int_1", 1
	}
	return o
}

// seal makes the order's digest, as approvald does.
func (p parcel) seal(r *rig) string {
	o := p.order
	authority, _, _ := strings.Cut(strings.TrimPrefix(p.target, "/"), "/")
	o.Body = grant.BodyDigest(p.method, authority, p.target, p.key, []byte(p.body))
	return r.order(o)
}

// request carries an order, or none.
func (p parcel) request(r *rig, order string) *authv3.CheckRequest {
	headers := slices.Clone(p.headers)
	if p.keyHeader != "" {
		headers = append(headers, p.keyHeader, p.key)
	}
	if order != "" {
		headers = append(headers, wire.HeaderOrder, order)
	}
	return r.request(p.method, p.target, p.body, headers...)
}

// An order lets its own bytes pass, with the tool's credential and without the
// order, and is recorded under the decision it grew from.
func TestOrderOpensForItsPurpose(t *testing.T) {
	r := newRig(t, nil)
	for _, tt := range []struct {
		name   string
		parcel parcel
		row    audit.Decision // what differs
	}{
		{"an effect", effect("n1"), audit.Decision{Step: "execute:effect", Action: "stripe.refund.create", Effect: "allow", Lane: wire.LaneEffect, Reason: "allowed", Intent: "int_1", Amount: 4000}},
		{"a fact", fact("n2"), audit.Decision{Step: "execute:fact", Action: "stripe.charge.get", Effect: "allow", Lane: wire.LaneDirect, Reason: "allowed"}},
		{"an effect with its mark", marked("n4", "spe_0123456789abcdef0123456789abcdef"), audit.Decision{Step: "execute:effect", Action: "stripe.refund.create", Effect: "allow", Lane: wire.LaneEffect, Reason: "allowed", Intent: "int_1", Amount: 4000}},
		{"a look for a mark", looks("n5"), audit.Decision{Step: "execute:fact", Action: "stripe.refund.list", Effect: "allow", Lane: wire.LaneDirect, Reason: "allowed"}},
		{"a read", readOf("n3"), audit.Decision{Step: "execute:read", Action: "stripe.charge.list", Effect: "allow", Lane: wire.LaneDirect, Reason: "allowed", Rule: "policy.csv:2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			in := tt.parcel.request(r, tt.parcel.seal(r))
			out := ask(t, r.execute, in)
			headers := forwarded(t, in, out)
			got := [...]string{
				strings.Join(headers[wire.HeaderTenant], " "), strings.Join(headers[wire.HeaderTool], " "), strings.Join(headers[wire.HeaderLane], " "),
				strings.Join(headers["authorization"], " "), strings.Join(slots(headers), " "),
				meta(out, wire.MetaDecision), meta(out, wire.MetaTenant), meta(out, wire.MetaSlot),
			}
			want := [...]string{"acme", "stripe", wire.LaneDirect, "Bearer " + acmeStripe, "authorization", "dec-admitted", "acme", "authorization"}
			if got != want || headers[wire.HeaderOrder] != nil {
				t.Errorf("goes on as %v with %v", got, headers)
			}
			row, live := r.one(t), liveVersion(r, "acme")
			tt.row.Time, tt.row.Tenant, tt.row.ID, tt.row.Tool, tt.row.Bundle = start, "acme", "dec-admitted", "stripe", live
			tt.row.Agent, tt.row.Session, tt.row.Ticket, tt.row.TokenID = "billing-bot", "ses_1", "1001", "tok_1"
			tt.row.Method, tt.row.Digest = tt.parcel.method, row.Digest
			tt.row.Path = accesslog.Path(tt.parcel.target)
			if diff := cmp.Diff(tt.row, row); diff != "" || row.Digest == "" {
				t.Error(diff)
			}
		})
	}
}

func liveVersion(r *rig, name string) string {
	t, _ := r.tenants.Get(name)
	return t.Version
}

// Whatever is not the order's very request, now, here and for the first time,
// does not leave, and no credential comes near it.
func TestExecuteRefuses(t *testing.T) {
	r := newRig(t, nil)
	stranger, err := keyring.Open(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	foreign := &rig{TB: t, ring: stranger}
	r.tenants.Update([]*tenant.Tenant{
		load(t, "acme", "denying", "policy.csv", "stripe.refund.create, sums.charge_24h + args.amount > money('500 USD'), deny", "stripe.refund.create, true, deny"),
		load(t, "acme", "keyless"),
	}, nil)
	used := effect("used")
	if out := ask(t, r.execute, used.request(r, used.seal(r))); !allowed(out) {
		t.Fatalf("the first use: %v", out)
	}
	r.one(t)
	change := func(p parcel, apply func(*parcel)) parcel { apply(&p); return p }
	at := func(name string) func(*parcel) { return func(p *parcel) { p.order.Tenant = name } }
	for _, tt := range []struct {
		name   string
		order  string // "" is the parcel's own
		parcel parcel
		sent   func(*parcel) // what was altered after the order was made
		want   reason.Code
		joined bool // the order opened: the record joins the agent's decision
	}{
		{name: "no order", order: "-", parcel: effect("a1"), want: reason.OrderInvalid},
		{name: "an order that is none", order: "v1.x.y.z", parcel: effect("a2"), want: reason.OrderInvalid},
		{name: "another gateway's key", order: effect("a3").seal(foreign), parcel: effect("a3"), want: reason.OrderInvalid},
		{name: "an admission in its place", order: admission(t, r), parcel: effect("a4"), want: reason.OrderInvalid},
		{name: "another Envoy", parcel: change(effect("a5"), func(p *parcel) { p.order.Envoy = "envoy-2" }), want: reason.OrderInvalid},
		{name: "too late", parcel: change(effect("a6"), func(p *parcel) { p.order.SendUntil = start }), want: reason.OrderLate},
		{name: "a second time", parcel: used, want: reason.OrderSeen},
		{name: "another body", parcel: effect("b1"), sent: func(p *parcel) { p.body = strings.Replace(refund, "4000", "90000", 1) }, want: reason.OrderInvalid},
		{name: "another method", parcel: effect("b2"), sent: func(p *parcel) { p.method = "GET" }, want: reason.OrderInvalid},
		{name: "another path", parcel: fact("b3"), sent: func(p *parcel) { p.target = charge + "/ch_eve" }, want: reason.OrderInvalid},
		{name: "another query", parcel: readOf("b4"), sent: func(p *parcel) { p.target = charge + "?customer=cus_eve" }, want: reason.OrderInvalid},
		{name: "another provider key", parcel: effect("b5"), sent: func(p *parcel) { p.key = "pk_2" }, want: reason.OrderInvalid},
		{name: "no provider key", parcel: effect("b6"), sent: func(p *parcel) { p.keyHeader = "" }, want: reason.OrderInvalid},
		{name: "a provider key that nobody ordered", parcel: change(effect("b7"), func(p *parcel) { p.key = "" }), sent: func(p *parcel) { p.key = "pk_1" }, want: reason.OrderInvalid},
		{name: "the ordered key in another header", parcel: effect("b8"), sent: func(p *parcel) { p.keyHeader = "user-agent" }, want: reason.OrderInvalid, joined: true},
		{name: "an effect as a read", parcel: change(effect("c1"), func(p *parcel) { p.order.Purpose = grant.PurposeRead }), want: reason.OrderInvalid, joined: true},
		{name: "an effect as a fact", parcel: change(effect("c2"), func(p *parcel) { p.order.Purpose = grant.PurposeFact }), want: reason.OrderInvalid, joined: true},
		{name: "a read as an effect", parcel: change(readOf("c3"), func(p *parcel) { p.order = orderOf(grant.PurposeEffect, "c3") }), want: reason.OrderInvalid, joined: true},
		{name: "a read that is nobody's fact", parcel: change(readOf("c4"), func(p *parcel) { p.order.Purpose = grant.PurposeFact }), want: reason.OrderInvalid, joined: true},
		{name: "another tool", parcel: change(fact("c5"), func(p *parcel) { p.order.Tool = "zendesk" }), want: reason.OrderInvalid, joined: true},
		{name: "an unknown tool", parcel: change(fact("c6"), func(p *parcel) { p.target = "/teams/api" }), want: reason.ToolUnknown, joined: true},
		{name: "an unlisted field", parcel: change(effect("c7"), func(p *parcel) { p.body = refund + "&reverse_transfer=true" }), want: reason.InputUnlisted, joined: true},
		{name: "a mark that is none", parcel: marked("c8", "charge=ch_eve"), want: reason.InputUnlisted, joined: true},
		{name: "another mark than was ordered", parcel: marked("c9", "spe_0123456789abcdef0123456789abcdef"), sent: func(p *parcel) { p.body = strings.Replace(p.body, "spe_0", "spe_1", 1) }, want: reason.OrderInvalid},
		{name: "a tenant that is gone", parcel: change(effect("d1"), at("hooli")), want: reason.TenantAbsent, joined: true},
		{name: "a policy that changed", parcel: change(effect("d2"), at("denying")), want: reason.PolicyDenied, joined: true},
		{name: "an agent without a role", parcel: change(effect("d3"), func(p *parcel) { p.order.Agent = "stranger" }), want: reason.PolicyNoRule, joined: true},
		{name: "a ceiling of no roles", parcel: change(effect("d4"), func(p *parcel) { p.order.Roles = []string{} }), want: reason.PolicyNoRule, joined: true},
		{name: "a secret that is gone", parcel: change(effect("d5"), at("keyless")), want: reason.CredentialUnavailable, joined: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			order, sent := tt.order, tt.parcel
			if order == "" {
				order = tt.parcel.seal(r)
			}
			if tt.sent != nil {
				tt.sent(&sent)
			}
			out := ask(t, r.execute, sent.request(r, strings.TrimPrefix(order, "-")))
			got, row := read(t, out), r.one(t)
			if got.code != string(tt.want) || row.Reason != string(tt.want) || row.Effect != "deny" {
				t.Fatalf("got %s, recorded %s %s, want %s", got.code, row.Effect, row.Reason, tt.want)
			}
			if strings.Contains(out.String(), acmeStripe) || meta(out, wire.MetaSlot) != "" {
				t.Errorf("a credential in a refusal: %v", out)
			}
			id := r.id()
			if tt.joined {
				id = "dec-admitted"
			}
			if row.ID != id || meta(out, wire.MetaDecision) != id || (row.Tenant != "") != tt.joined {
				t.Errorf("recorded as %s of %q, want %s", row.ID, row.Tenant, id)
			}
			// The mark is a proof. Of a seen order there is none: it may have been sent.
			mark, marked := got.headers[wire.HeaderNotSent]
			if marked != (tt.want != reason.OrderSeen) || marked && mark != string(tt.want) {
				t.Errorf("marked %q", mark)
			}
		})
	}
}

// admission is a good statement of the other purpose.
func admission(t *testing.T, r *rig) string {
	t.Helper()
	raw, err := grant.NewSealer(r.ring).Admission(grant.Admission{
		Decision: "dec-1", Tenant: "acme", Agent: "billing-bot", SessionID: "ses_1", TokenID: "tok_1", Tool: "stripe",
		Action: "stripe.refund.create", Digest: "sha256:x", Bundle: "sha256:y", Effect: true, Expires: start.Add(time.Minute),
	})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// A refused order is used up too, when it had opened: what was refused once is
// never sent later.
func TestRefusedOrderIsUsedUp(t *testing.T) {
	r := newRig(t, nil)
	p := effect("once")
	order := p.seal(r)
	r.secrets.Swap(nil)
	if got := read(t, ask(t, r.execute, p.request(r, order))); got.code != string(reason.CredentialUnavailable) {
		t.Fatalf("got %+v", got)
	}
	r.secrets.Swap(exampleSecrets())
	if got := read(t, ask(t, r.execute, p.request(r, order))); got.code != string(reason.OrderSeen) {
		t.Errorf("got %+v", got)
	}
}

// The order says whose tool it is. What the request says of itself is replaced.
func TestOrderOfAnotherTenant(t *testing.T) {
	r := newRig(t, nil)
	p := fact("other")
	p.order.Tenant = "globex"
	p.headers = []string{wire.HeaderTenant, "acme", wire.HeaderLane, wire.LaneEffect, "authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("mine:")), "x-api-key", "mine"}
	in := p.request(r, p.seal(r))
	headers := forwarded(t, in, ask(t, r.execute, in))
	got := []string{headers[wire.HeaderTenant][0], headers[wire.HeaderLane][0], headers["authorization"][0], strings.Join(slots(headers), " ")}
	if diff := cmp.Diff([]string{"globex", wire.LaneDirect, "Bearer " + globexStripe, "authorization"}, got); diff != "" {
		t.Error(diff)
	}
	if row := r.one(t); row.Tenant != "globex" {
		t.Errorf("recorded for %q", row.Tenant)
	}
}

// A provider names the header of its idempotency key, and the catalog says which.
func TestProviderKeyInItsOwnHeader(t *testing.T) {
	r := newRig(t, nil)
	r.tenants.Update([]*tenant.Tenant{load(t, "acme", "payer",
		"tools.yaml", "catalog: stripe", "catalog: payer", "catalogs/payer.yaml", "", payerCatalog,
		"policy.csv", "", "p, billing, payer.order.*, true, allow, once\ng, billing-bot, billing\n",
		"limits.yaml", "", "", "tools.yaml", "name: stripe", "name: payer")}, nil)
	r.secrets.Swap(map[secret.Name]secret.Value{{Tenant: "payer", Name: "stripe_key"}: secret.NewValue(acmeStripe)})
	p := parcel{order: orderOf(grant.PurposeEffect, "k1"), method: "POST", target: "/payer/orders", key: "pk_1", keyHeader: "payer-request-id", body: "order=or_1", headers: []string{"content-type", form}}
	p.order.Tenant, p.order.Tool = "payer", "payer"
	if out := ask(t, r.execute, p.request(r, p.seal(r))); !allowed(out) {
		t.Errorf("the ordered key: %v", out)
	}
	p.order.Nonce = "k2"
	order := p.seal(r)
	p.key = "pk_2"
	if out := ask(t, r.execute, p.request(r, order)); allowed(out) {
		t.Error("another key passed")
	}
}

const payerCatalog = `name: payer
dialect: problem
max_body: 1KiB
outcomes:
  applied: {status: [2xx]}
  not_applied: {status: [4xx], has: error}
actions:
  - name: payer.order.cancel
    summary: Cancel {order}
    effect: true
    method: POST
    path: /orders
    body: form
    params:
      - {name: order, kind: id, prefixes: [or_], required: true, safe: true}
    business_key: [args.order]
    provider_key: payer-request-id
    dedupe_window: 1h
`
