package extauthz

import (
	"errors"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// Execute is the check of the execute listener, the last one before bytes leave
// for a tool.
type Execute struct{ g *gateway }

// check lets exactly the bytes of one order pass, once, with the tool's credential.
func (e *Execute) check(c check) (reply, error) {
	s := step{now: e.g.Clock.Now(), check: c}
	s.id = wire.DecisionID(s.check.requestID)
	order, d := e.decide(&s)
	s.named(d)
	p := pass{decision: joined(s.id, order), tenant: order.Tenant, remove: []string{wire.HeaderOrder}}
	if d.Effect != decision.Deny {
		header, ok := e.g.credential(order.Tenant, s.tool)
		if ok {
			p.slot = header[0]
			p.set = [][2]string{
				{wire.HeaderTenant, order.Tenant}, {wire.HeaderTool, s.tool.Name}, {wire.HeaderLane, wire.LaneDirect}, header,
			}
		} else {
			d = d.Refused(reason.CredentialUnavailable)
		}
	}
	if err := e.g.Recorder.Record(e.g.executeRecord(d, order, s)); err != nil {
		e.g.Logger.Error("An execution could not be recorded", "decision", order.Admission, "error", err)
		if d.Effect != decision.Deny { // a refusal keeps its reason: approvald acts on it
			d = d.Refused(reason.RecordUnavailable)
		}
	}
	if d.Effect == decision.Deny {
		return e.deny(d, order)
	}
	return allow(p)
}

// decide checks the order, names the call again, and asks the live policy.
func (e *Execute) decide(s *step) (grant.Order, decision.Decision) {
	if s.check.fault != "" {
		return grant.Order{}, decision.Refuse(s.id, s.check.fault)
	}
	if s.check.unread { // an order binds every byte
		return grant.Order{}, decision.Refuse(s.id, reason.OrderInvalid)
	}
	order, key, code := e.open(s)
	if code != "" {
		return grant.Order{}, decision.Refuse(s.id, code)
	}
	t, ok := e.g.Tenants.Get(order.Tenant)
	if !ok {
		return order, decision.Refuse(s.id, reason.TenantAbsent)
	}
	s.tenant, s.identity = t, identityOf(order)
	if isFrame(order) {
		return order, e.frame(s, order)
	}
	tool, call, act, refused := decision.NameSent(s.id, t, s.check.request)
	s.tool = tool
	switch {
	case tool != nil && e.g.Tokens.ToolOff(t.Name, tool.Name): // also for what people have approved
		return order, refuseNamed(s, reason.ToolRevoked, call, act)
	case refused != nil:
		return order, *refused
	case tool.Name != order.Tool || call.ClientKey != key || act.Effect != (order.Purpose == grant.PurposeEffect):
		return order, decision.Refuse(s.id, reason.OrderInvalid)
	case e.g.Servers.Changed(t.Name, tool, act):
		return order, refuseNamed(s, reason.ToolChanged, call, act)
	case order.Purpose == grant.PurposeFact:
		return order, fact(s, call, act)
	case order.Purpose == grant.PurposeTicket:
		return order, ticket(s, call, act)
	}
	d := decision.Decide(decision.Question{
		ID: s.id, Tenant: t, Tool: tool, Identity: s.identity, Call: call, Action: act, Now: s.now,
	})
	if d.Effect != decision.Deny && d.Obligations.Hold != nil && !order.Approved {
		return order, d.Refused(reason.Held) // the policy asks for people since the order was made
	}
	if d.Effect != decision.Deny {
		d = s.mayAnswer(client.Answered(s.check.request.Body), d)
	}
	return order, d
}

// fact is a read of the gateway's own. No rule of the agent speaks about it; it
// must be one that an action of the catalog names as its fact or its probe.
func fact(s *step, call action.Call, act *action.Action) decision.Decision {
	d := refuseNamed(s, reason.OrderInvalid, call, act)
	if s.tool.Catalog.IsFact(act.Name) {
		d.Effect, d.Lane, d.Reason = decision.Allow, wire.LaneDirect, reason.Allowed
	}
	return d
}

// open checks the order against the very bytes that would leave, and uses it up. The
// provider's idempotency key is among those bytes, in a header that only the catalog
// knows, and the catalog is asked after this. So open tries every header that it could
// be, and returns the key that the order was made for; decide compares it with the one
// that the catalog finds.
func (e *Execute) open(s *step) (order grant.Order, key string, code reason.Code) {
	raw, ok := s.check.header(wire.HeaderOrder)
	if !ok {
		return grant.Order{}, "", reason.OrderInvalid
	}
	err := grant.ErrDigest
	for _, key = range s.keys() {
		digest := grant.BodyDigest(s.check.request.Method, s.check.authority, s.check.target, key, s.check.request.Body)
		if order, err = e.g.Opener.OpenOrder(raw, s.now, digest, e.g.Node); !errors.Is(err, grant.ErrDigest) {
			break
		}
	}
	switch {
	case errors.Is(err, grant.ErrLate):
		return grant.Order{}, "", reason.OrderLate
	case err != nil:
		e.g.Logger.Warn("An order was refused", "decision", s.id, "error", err)
		return grant.Order{}, "", reason.OrderInvalid
	case !e.g.Nonces.Use(order.Nonce, order.SendUntil.Add(time.Second), s.now):
		return grant.Order{}, "", reason.OrderSeen
	}
	return order, key, ""
}

// keys are the values that may be the provider's idempotency key: the one in the
// usual header, or none; then, for tools with a header of their own, all others.
func (s *step) keys() []string {
	usual, _ := s.check.header("idempotency-key")
	keys := []string{usual}
	for _, h := range s.check.request.Header {
		if !strings.HasPrefix(h.Name, ":") && !strings.HasPrefix(h.Name, wire.Prefix) {
			keys = append(keys, h.Value)
		}
	}
	return keys
}

// deny answers approvald, not an agent: the code rides in the mark that also
// says that no byte reached the tool. Of an order that was seen before that is
// not known: its bytes may have left the first time.
func (e *Execute) deny(d decision.Decision, order grant.Order) (reply, error) {
	a := answer.Render(answer.Problem, refusal(d))
	if d.Reason != reason.OrderSeen {
		a.Headers = append(a.Headers, [2]string{wire.HeaderNotSent, string(d.Reason)})
	}
	return deny(joined(d.ID, order), order.Tenant, a)
}

// joined is the decision under which this request is logged: the agent's, once
// the order said which.
func joined(own string, order grant.Order) string {
	if order.Admission == "" {
		return own
	}
	return order.Admission
}

// identityOf is who the order speaks for: the agent that was admitted.
func identityOf(o grant.Order) token.Identity {
	return token.Identity{
		Tenant: o.Tenant, Agent: o.Agent, Roles: o.Roles, TokenID: o.TokenID,
		Session: token.Session{ID: o.SessionID, Ticket: o.Ticket, Customer: o.Customer},
	}
}
