package desk

import (
	"sort"
	"strings"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/tenant"
)

// item is an intent as people see it.
func (d *Desk) item(t *tenant.Tenant, i ledger.Intent) Item {
	customer, _ := d.hide(t, i.Call.Tool, fieldCustomer, i.Identity.Session.Customer)
	out := Item{
		ID: i.ID, Version: i.Version, Tenant: i.Tenant, State: string(i.State), Summary: i.Call.Action, Action: i.Call.Action,
		Agent: visible(i.Identity.Agent), Ticket: visible(i.Identity.Session.Ticket), Customer: visible(customer),
		Args: named("", i.Call.Args), Digest: i.Digest, Rule: i.Rule, Votes: []Vote{}, Facts: d.hideFacts(t, i), Earlier: i.Earlier, Undoes: i.Undoes(), Follows: i.Follows(), Undoable: d.undoable(t, i),
		Reason: string(i.Reason), Say: visible(i.Say), Said: visible(i.Said), Decision: i.Decision, Created: i.CreatedAt, Bodies: string(i.Bodies),
		DecidedBy: decidedBy(i),
	}
	if i.Amount.Currency != "" {
		out.Amount = i.Amount.String()
	}
	if i.Hold != nil {
		out.Group, out.Needed = authority.Words(authority.Join(Deciding(i))), i.Hold.Votes
	}
	switch {
	case i.State == ledger.Waiting:
		out.DueAt = i.DueAt
	case i.State.Final():
		out.Ended = i.UpdatedAt
	}
	for _, v := range i.Votes {
		out.Votes = append(out.Votes, Vote{Person: v.Person, Approve: v.Approve, Reason: visible(v.Reason), At: v.At})
	}
	for _, e := range i.Edits {
		out.Edits = append(out.Edits, Edit{Person: e.Person, At: e.At})
	}
	if i.Outcome != nil {
		out.Outcome = &Outcome{Status: i.Outcome.Status, MediaType: mediaType(i.Outcome), At: i.Outcome.At}
	}
	if act, ok := actionOf(t, i); ok && i.Bodies == ledger.Whole {
		out.Summary = act.Describe(i.Call.Args, i.Facts)
	}
	return out
}

// Deciding are the groups who may decide about an intent by now, nil without a hold.
func Deciding(i ledger.Intent) []string {
	if i.Hold == nil {
		return nil
	}
	out := authority.Split(i.Hold.Group)
	if i.EscalateAt.IsZero() {
		out = append(out, authority.Split(i.EscalateTo)...)
	}
	return out
}

// decidedBy is who let an intent pass or ended it; "" while it waits.
func decidedBy(i ledger.Intent) string {
	var yes, no []string
	for _, v := range i.Votes {
		if v.Approve {
			yes = append(yes, v.Person)
		} else {
			no = append(no, v.Person)
		}
	}
	switch {
	case i.State == ledger.Waiting:
		return ""
	case i.State == ledger.Expired:
		return "nobody"
	case len(no) > 0:
		return strings.Join(no, ", ")
	case i.State == ledger.Denied, i.State == ledger.Cancelled: // after people approved, perhaps
		return "the gateway"
	case len(yes) == 0:
		return "the policy"
	default:
		return strings.Join(yes, ", ")
	}
}

func actionOf(t *tenant.Tenant, i ledger.Intent) (*action.Action, bool) {
	tool, ok := t.Tool(i.Call.Tool)
	if !ok {
		return nil, false
	}
	return tool.Catalog.Action(i.Call.Action)
}

// named lists values by name. A resolved call names the currency of its money.
func named(prefix string, values action.Args) []Named {
	out := make([]Named, 0, len(values))
	for _, name := range sortedKeys(values) {
		out = appendNamed(out, prefix+name, values[name])
	}
	return out
}

// appendNamed lists one value; each item of a list and each field of an object
// by itself.
func appendNamed(out []Named, name string, v action.Value) []Named {
	switch v.Kind {
	case action.List:
		for _, item := range v.List {
			out = appendNamed(out, name, item)
		}
		return out
	case action.Object:
		for _, field := range sortedKeys(v.Fields) {
			out = appendNamed(out, name+"."+field, v.Fields[field])
		}
		return out
	default:
		text, _ := v.Spell()
		if v.Kind == action.Money && v.Text != "" {
			text = money.Amount{Minor: v.Int, Currency: v.Text}.String()
		}
		return append(out, Named{Name: name, Value: visible(text)})
	}
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
