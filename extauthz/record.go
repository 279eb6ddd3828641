package extauthz

import (
	"strings"

	"github.com/sallyport/sallyport/extauthz/accesslog"
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
func executeRecord(d decision.Decision, order grant.Order, s step) audit.Record {
	record := agentRecord(d, s)
	row := record.Decision
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
