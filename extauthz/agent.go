package extauthz

import (
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// Agent is the check of the agent listener.
type Agent struct{ g *gateway }

// step is what is known about one request. Members are filled in one after the
// other, by identify, by stopped or decideMCP, and by named.
type step struct {
	now       time.Time
	id        string // of the decision, dec-…
	check     check
	identity  token.Identity // the zero identity until the token is verified
	signature string         // how the signature of the token that came begins, to find it in arguments
	tenant    *tenant.Tenant
	tool      *tenant.Tool // nil until the request names one
	moved     bool         // the host named the tool, and check.request.Path has it in front now
	frame     *frame       // the message, of a request over MCP; else nil
	digest    string       // of the call's arguments, once it was named
}

// check decides one call of an agent, takes its limits, records it, and encodes the
// answer. The record comes last: it holds what the agent will read.
func (a *Agent) check(c check) (reply, error) {
	s := step{now: a.g.Clock.Now(), check: c}
	s.id = wire.DecisionID(s.check.requestID)
	a.g.noteBody(&s.check)
	d, said := a.decide(&s)
	s.named(d)
	if said != nil {
		return a.protocol(d, s, *said)
	}
	d = a.g.unmediated(d, s)
	p, thing := pass{}, refusal(d)
	if d.Effect != decision.Deny {
		thing = a.charge(d, s.now)
	}
	if d.Effect != decision.Deny && thing.Code == "" {
		p, thing = a.pass(d, s)
	}
	if thing.Code != "" {
		d.Effect, d.Lane, d.Reason = decision.Deny, "", thing.Code
	}
	if err := a.g.Recorder.Record(agentRecord(d, s)); err != nil {
		a.g.Logger.Error("A decision could not be recorded", "decision", s.id, "error", err)
		if thing.Code == "" {
			thing = answer.Thing{Code: reason.RecordUnavailable, Decision: s.id}
		}
	}
	if thing.Code != "" {
		thing.Metadata = a.g.metadataURL(&s.check)
		return deny(s.id, s.identity.Tenant, a.render(s, thing))
	}
	return allow(p)
}

// decide finds out who asks, names the call and asks the policy. A message of MCP
// that is no call is answered at once, in said; for all else said is nil.
func (a *Agent) decide(s *step) (d decision.Decision, said *answer.Answer) {
	refused, ok := a.identify(s)
	switch {
	case !ok:
		return refused, nil
	case s.isMCP():
		return a.decideMCP(s)
	default:
		return a.decideRequest(s), nil
	}
}

// named keeps the digest of a call that could be named, for the admission and the
// record.
func (s *step) named(d decision.Decision) {
	if d.Action != nil {
		s.digest = action.Digest(d.Call)
	}
}

// identify finds out who asks and where from, and whether the whole request is
// here. With ok, identity and tenant are known; else refused says why not.
func (a *Agent) identify(s *step) (refused decision.Decision, ok bool) {
	raw, code := gatewayToken(s.check)
	if code == "" {
		s.identity, code = a.g.Tokens.Verify(raw, s.now)
	}
	if code == "" {
		code = s.check.confirms(s.identity.Confirm)
	}
	if code != "" {
		s.identity = token.Identity{}
		return decision.Refuse(s.id, code), false
	}
	t, ok := a.g.Tenants.Get(s.identity.Tenant)
	if !ok {
		return decision.Refuse(s.id, reason.TenantAbsent), false
	}
	s.tenant, s.signature = t, signatureOf(raw)
	if code := s.check.from(t.Access.Sources); code != "" {
		return decision.Refuse(s.id, code), false
	}
	if s.check.fault != "" {
		d := decision.Refuse(s.id, s.check.fault)
		if s.check.bodiless() {
			d.Hint = "this Envoy gives the check no bodies: its operator must set with_request_body in ext_authz"
		}
		return d, false
	}
	if a.g.blind(&s.check) {
		d := decision.Refuse(s.id, reason.Internal)
		d.Hint = "this Envoy has given the check no body yet: its operator must set with_request_body in ext_authz, and send one request with a body through it, whatever is answered"
		return d, false
	}
	if refused := a.locate(s); refused != nil {
		return *refused, false
	}
	return decision.Decision{}, true
}

// decideRequest names a request to a tool's own API and decides it.
func (a *Agent) decideRequest(s *step) decision.Decision {
	tool, call, act, refused := decision.Name(s.id, s.tenant, s.check.request)
	if d := a.stopped(s, tool, call, act, refused); d != nil {
		return *d
	}
	q := s.question(call, act)
	if tool == decision.Gateway() {
		return decision.Status(q)
	}
	d := decision.Decide(q)
	if d.Effect != decision.Mediate { // else approvald compares, with facts
		d.Shadow = decision.Beside(q, d)
	}
	return d
}

// stopped is why a call is refused before any policy is asked: its tool is switched
// off, it could not be named (refused), or its arguments hold what must not leave.
// nil when the policy is to be asked. It notes the tool.
func (a *Agent) stopped(s *step, tool *tenant.Tool, call action.Call, act *action.Action, refused *decision.Decision) *decision.Decision {
	s.tool = tool
	switch {
	case tool != nil && a.g.Tokens.ToolOff(s.tenant.Name, tool.Name):
		d := refuseNamed(s, reason.ToolRevoked, call, act)
		return &d
	case refused != nil:
		return s.explained(refused)
	}
	if field := act.Misplaced(call.Args); field != "" {
		d := refuseNamed(s, reason.SurrogatePlace, call, act)
		d.Field = field
		return &d
	}
	if leak := a.outgoing(act, call); leak.Reason != "" {
		d := refuseNamed(s, leak.Reason, call, act)
		d.Field, d.Hint = leak.Field, leak.Hint
		return &d
	}
	if field := s.leaks(call.Args); field != "" {
		d := refuseNamed(s, reason.InputInvalid, call, act)
		d.Field, d.Hint = field, "leave the gateway's token out: it is for the gateway alone"
		return &d
	}
	if s.check.unread && !act.Upload { // the route is of a catalog in which this is an upload: nobody read the body
		d := decision.Refuse(s.id, reason.Internal)
		return &d
	}
	return nil
}

func (s *step) question(call action.Call, act *action.Action) decision.Question {
	return decision.Question{
		ID: s.id, Tenant: s.tenant, Tool: s.tool, Identity: s.identity, Call: call, Action: act, Now: s.now,
	}
}
