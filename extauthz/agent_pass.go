package extauthz

import (
	"time"

	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// admissionFor is how long approvald has to open an admission: Envoy hands it
// over at once.
const admissionFor = 30 * time.Second

// charge takes the limits of a call that may go on. A limit that is used up is the
// refusal; its Code is "" when all were taken.
func (a *Agent) charge(d decision.Decision, now time.Time) answer.Thing {
	exceeded, ok := a.g.Meter.Take(d.Charges, now)
	if ok {
		return answer.Thing{}
	}
	return answer.Thing{
		Code: reason.LimitExceeded, Decision: d.ID,
		Limit: exceeded.Charge.Limit, RetryAt: exceeded.RetryAt, Now: now,
	}
}

// pass is how an allowed request goes on: to the tool with its credential (direct
// lane), or to approvald with an admission (mediated lane). The second result is the
// refusal when it cannot; its Code is "" when it can.
func (a *Agent) pass(d decision.Decision, s step) (pass, answer.Thing) {
	p := pass{decision: d.ID, tenant: s.tenant.Name, role: s.tenant.MaskRole(s.identity), set: [][2]string{
		{wire.HeaderTenant, s.tenant.Name}, {wire.HeaderTool, s.tool.Name}, {wire.HeaderLane, d.Lane},
	}}
	if s.moved {
		p.set = append(p.set, s.path())
	}
	if s.frame == nil && s.tool.Catalog.Dialect() != string(answer.Problem) {
		p.dialect = s.tool.Catalog.Dialect()
	}
	credential, given := a.g.credential(s.tenant.Name, s.tool)
	p.mask = a.g.masked(d, s, credential[1])
	if d.Effect == decision.Allow {
		if _, says := s.check.header(wire.HeaderReason); says { // for people, whatever Envoy this is
			p.remove = []string{wire.HeaderReason}
		}
		if !given {
			return pass{}, answer.Thing{Code: reason.CredentialUnavailable, Decision: d.ID}
		}
		p.slot, p.set = credential[0], append(p.set, credential)
		return p, answer.Thing{}
	}
	admission, err := a.g.Sealer.Admission(admit(d, s))
	if err != nil {
		a.g.Logger.Error("An admission could not be sealed", "decision", d.ID, "error", err)
		return pass{}, answer.Thing{Code: reason.Internal, Decision: d.ID}
	}
	p.set = append(p.set, [2]string{wire.HeaderAdmission, admission})
	if s.frame != nil && s.frame.Kind != mcpserver.Reply { // whose id is the question's
		p.mcp, p.dialect = string(s.frame.ID), s.frame.dialect()
	}
	return p, answer.Thing{}
}

// admit is what approvald is told about the call.
func admit(d decision.Decision, s step) grant.Admission {
	a := grant.Admission{
		Decision: d.ID, Tenant: s.tenant.Name,
		Agent: s.identity.Agent, Roles: s.identity.Roles, TokenID: s.identity.TokenID,
		SessionID: s.identity.Session.ID, Ticket: s.identity.Session.Ticket, Customer: s.identity.Session.Customer,
		Tool: s.tool.Name, Action: d.Action.Name, Digest: s.digest, ClientKey: d.Call.ClientKey,
		Bundle: d.Bundle, Effect: d.Action.Effect, Expires: s.now.Add(admissionFor),
	}
	if !s.identity.Expires.IsZero() {
		a.TokenEnds = s.identity.Expires.Unix()
	}
	return a
}
