package execute

import (
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/money"
)

// Steps of the ladder that approvald takes, as records name them.
const (
	StepFacts = "facts"
	StepLive  = "live"
)

// Recorder takes a record before anything follows from it.
type Recorder interface {
	Record(audit.Record) error
}

// Row is the record of one decision of approvald.
func Row(step string, by Caller, d decision.Decision, amount money.Amount, intent string, now time.Time) audit.Record {
	id := by.Identity
	return audit.Record{Table: audit.Decisions, Decision: &audit.Decision{
		Time: now, Tenant: by.Tenant.Name, ID: by.Decision, Step: step,
		Agent: id.Agent, Session: id.Session.ID, Ticket: id.Session.Ticket, TokenID: id.TokenID,
		Tool: by.Tool.Name, Action: d.Call.Action, Digest: action.Digest(d.Call),
		Effect: d.Effect.String(), Lane: d.Lane, Reason: string(d.Reason), Rule: d.Rule, Bundle: d.Bundle,
		Intent: intent, Amount: amount.Minor, Currency: amount.Currency,
		Shadow: d.Shadow.Version, ShadowDiffers: d.Shadow.Differs, ShadowReason: string(d.Shadow.Reason), ShadowRule: d.Shadow.Rule,
	}}
}
