package desk

import (
	"fmt"
	"sort"
	"strings"
	"unicode"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/tenant"
)

// item is an intent as people see it.
func (d *Desk) item(t *tenant.Tenant, i ledger.Intent) Item {
	out := Item{
		ID: i.ID, Version: i.Version, Tenant: i.Tenant, State: string(i.State), Summary: i.Call.Action, Action: i.Call.Action,
		Agent: visible(i.Identity.Agent), Ticket: visible(i.Identity.Session.Ticket), Customer: visible(i.Identity.Session.Customer),
		Args: named("", i.Call.Args), Digest: i.Digest, Rule: i.Rule, Votes: []Vote{}, Facts: []Named{}, Earlier: i.Earlier,
		Reason: string(i.Reason), Say: visible(i.Say), Decision: i.Decision, Created: i.CreatedAt, DueAt: i.DueAt,
	}
	for _, fact := range sortedKeys(i.Facts) {
		out.Facts = append(out.Facts, named(fact+".", action.Args(i.Facts[fact]))...)
	}
	if i.Amount.Currency != "" {
		out.Amount = i.Amount.String()
	}
	if i.Hold != nil {
		out.Group, out.Needed = i.Hold.Group, i.Hold.Votes
	}
	for _, v := range i.Votes {
		out.Votes = append(out.Votes, Vote{Person: v.Person, Approve: v.Approve, Reason: visible(v.Reason), At: v.At})
	}
	if tool, ok := t.Tool(i.Call.Tool); ok {
		if act, ok := tool.Catalog.Action(i.Call.Action); ok {
			out.Summary = act.Describe(i.Call.Args, i.Facts)
		}
	}
	return out
}

// named lists values by name.
func named(prefix string, values action.Args) []Named {
	out := make([]Named, 0, len(values))
	for _, name := range sortedKeys(values) {
		text, ok := values[name].Spell()
		if !ok {
			for _, element := range values[name].List {
				out = append(out, Named{Name: prefix + name, Value: visible(element)})
			}
			continue
		}
		out = append(out, Named{Name: prefix + name, Value: visible(text)})
	}
	return out
}

// visible spells out what a page or a terminal would act on instead of showing
// it: controls, marks of direction, characters without a shape. Somebody's words
// must not read as others to the person who decides.
func visible(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.IsPrint(r), r == '\n', unicode.Is(unicode.Zs, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "\\u%04x", r)
		}
	}
	return b.String()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
