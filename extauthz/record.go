package extauthz

import (
	"slices"
	"strings"

	"github.com/sallyport/sallyport/extauthz/accesslog"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/reason"
)

// The steps of the ladder as records name them.
const (
	stepAgent   = "agent"
	stepExecute = "execute"
)

func agentRecord(d decision.Decision, s step) audit.Record {
	row := audit.Decision{
		Time: s.now, Tenant: s.identity.Tenant, ID: d.ID, Step: stepAgent,
		Agent: s.identity.Agent, Session: s.identity.Session.ID, Ticket: s.identity.Session.Ticket, TokenID: s.identity.TokenID,
		Effect: d.Effect.String(), Lane: d.Lane, Reason: string(d.Reason), Rule: d.Rule, Bundle: d.Bundle,
		Method: recordedMethod(s.check.request.Method), Path: accesslog.Path(s.check.request.Path),
	}
	if s.tool != nil {
		row.Tool = s.tool.Name
	}
	row.Shadow, row.ShadowDiffers, row.ShadowReason, row.ShadowRule = d.Shadow.Version, d.Shadow.Differs, string(d.Shadow.Reason), d.Shadow.Rule
	describe(&row, d, s.digest)
	describeFrame(&row, s)
	return audit.Record{Table: audit.Decisions, Decision: &row}
}

// executeRecord stands under the decision the agent was given, so that all the
// steps of one call join. An order that did not open has its own id alone.
func (g *gateway) executeRecord(d decision.Decision, order grant.Order, s step) audit.Record {
	record := agentRecord(d, s)
	row := record.Decision
	if row.Digest != "" && holdsRestored(d) {
		row.Digest = g.guarded(order.Tenant, row.Digest)
	}
	row.Step, row.Intent = stepExecute+":"+string(order.Purpose), order.Intent
	if order.Admission == "" {
		row.Step = stepExecute
		return record
	}
	row.ID, row.Tenant = order.Admission, order.Tenant
	if d.Effect != decision.Deny { // what waits for facts here was decided with them before the order was made
		row.Effect, row.Reason = decision.Allow.String(), string(reason.Allowed)
	}
	return record
}

// holdsRestored says that a call that leaves may hold personal data in clear in
// place of surrogates.
func holdsRestored(d decision.Decision) bool {
	return slices.ContainsFunc(d.Action.Params, func(p action.Param) bool {
		return p.Restorable && d.Call.Args[p.Name].Text != ""
	})
}

// guarded is a digest under the gateway's key: whoever reads the record and guesses
// a telephone number cannot hold the guess against a plain one.
func (g *gateway) guarded(tenant, digest string) string {
	if g.Masks == nil {
		return ""
	}
	return g.Masks.Digest(tenant, digest)
}

// describe adds the named action. An amount whose currency is a fact is
// recorded by the steps that know it.
func describe(row *audit.Decision, d decision.Decision, digest string) {
	if d.Action == nil {
		return
	}
	row.Action, row.Digest = d.Action.Name, digest
	if d.Action.MoneyArg == "" {
		return
	}
	amount := d.Call.Args[d.Action.MoneyArg]
	row.Amount, row.Currency = amount.Int, amount.Text
}

// recordedMethod is bounded too: Envoy passes unknown methods through.
func recordedMethod(method string) string {
	if len(method) > 16 {
		method = method[:16]
	}
	return strings.ToValidUTF8(method, "?")
}
