package notify

import (
	"fmt"
	"strings"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/authority"
)

// line is one named value of a message.
type line struct{ name, value string }

// headline says who wants what, or what came of it.
func (m notice) headline() string {
	what := m.item.Summary
	switch m.intent.State {
	case ledger.Waiting, ledger.Escalated:
		return m.item.Agent + " asks: " + what
	case ledger.Approved, ledger.Executing:
		return "Approved, on its way: " + what
	case ledger.Succeeded:
		return "Done: " + what
	case ledger.Failed:
		return "Failed, nothing was done: " + what
	case ledger.Denied:
		return "Denied: " + what
	case ledger.Expired:
		return "Expired, nobody decided: " + what
	case ledger.Cancelled:
		return "Cancelled: " + what
	case ledger.Unknown:
		return "Not known whether it happened, please find out: " + what
	}
	return what
}

// lines are what a person should read besides, what is absent left out.
func (m notice) lines() []line {
	var out []line
	add := func(name, value string) {
		if value != "" {
			out = append(out, line{name, value})
		}
	}
	add("Amount", m.item.Amount)
	add("Customer", m.item.Customer)
	add("Ticket", m.item.Ticket)
	add("Agent", m.item.Agent)
	add("Said by the agent, not checked", m.item.Said)
	if m.delivery.Event == ledger.Escalated {
		add("Escalated", "nobody decided since "+m.item.Created.UTC().Format("2006-01-02 15:04 MST")+", so "+authority.Words(m.intent.EscalateTo)+" may decide too")
	}
	if n := len(m.item.Edits); n > 0 {
		add("Changed by", m.item.Edits[n-1].Person+": what was asked before does not count any more")
	}
	if m.intent.State == ledger.Waiting {
		yes := len(m.item.Votes)
		add("Needs", fmt.Sprintf("%d of %d from %s", m.item.Needed-yes, m.item.Needed, m.item.Group))
		add("Until", m.item.DueAt.UTC().Format("2006-01-02 15:04 MST"))
	} else {
		add("Decided by", m.item.DecidedBy)
	}
	if m.item.Earlier != "" {
		add("Earlier", "this was asked before: "+m.item.Earlier)
	}
	add("Because", strings.TrimSpace(m.item.Say))
	return out
}
