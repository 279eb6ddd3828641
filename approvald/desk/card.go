package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/tenant"
)

// deniedShown is how many denials a card lists.
const deniedShown = 5

// Denial is an earlier intent that people or the policy denied.
type Denial struct {
	ID      string    `json:"id"`
	Summary string    `json:"summary"`
	Say     string    `json:"say,omitempty"`
	At      time.Time `json:"at"`
}

// denials are earlier ones about the same customer, or of the same effect.
func (d *Desk) denials(ctx context.Context, t *tenant.Tenant, i ledger.Intent) []Denial {
	found, err := d.Store.List(ctx, ledger.Filter{Tenant: t.Name, Denied: &i, Limit: deniedShown})
	if err != nil {
		d.Logger.Error("Earlier denials could not be read", "intent", i.ID, "error", err)
		return nil
	}
	var out []Denial
	for _, other := range found {
		item := d.item(t, other)
		out = append(out, Denial{ID: item.ID, Summary: item.Summary, Say: item.Say, At: item.Ended})
	}
	return out
}

// nextSteps say what becomes of an intent that waits.
func (d *Desk) nextSteps(t *tenant.Tenant, i ledger.Intent) []string {
	if i.State != ledger.Waiting || i.Hold == nil {
		return nil
	}
	left := i.Hold.Votes - len(i.Votes)
	out := []string{fmt.Sprintf(
		"Once %d more of %s approve, the gateway looks at the facts and the policy again and sends exactly this to %s, once.",
		left, authority.Words(authority.Join(Deciding(i))), i.Call.Tool,
	)}
	if act, ok := actionOf(t, i); ok {
		if row, found := t.Row(i.Identity, act, i.Amount); found && row.Escalation.After > 0 {
			from := i.CreatedAt.Add(row.Escalation.After)
			out = append(out, fmt.Sprintf("From %s on, %s may vote too.", clock(from), authority.Words(authority.Join(row.Escalation.Groups))))
		}
	}
	return append(out,
		"One denial ends it: nothing is sent, and the agent reads the words.",
		"If nobody decides until "+clock(i.DueAt)+", it is over and nothing is sent.",
	)
}
