package desk

import (
	"net/http"
	"slices"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/tenant"
)

// maxOpen is how many intents that are not over one list shows.
const maxOpen = 1000

// lists are what the first page reads, each by itself: what was done since must not
// push out what waits.
var lists = []ledger.Filter{
	{States: []ledger.State{ledger.Waiting}, Limit: maxOpen},
	{States: []ledger.State{ledger.Approved, ledger.Executing, ledger.Unknown}, Limit: maxOpen},
	{States: []ledger.State{ledger.Succeeded, ledger.Failed, ledger.Denied, ledger.Expired, ledger.Cancelled}},
}

func (d *Desk) list(w http.ResponseWriter, r *http.Request, v visitor) {
	data := map[string]any{
		"Tenant": v.tenant.Title, "Person": v.person.Name, "Form": v.form, "Here": "/", "Again": loginPath(v.tenant.Name, "/"),
		"PushKey": d.PushKey, "Silent": d.silent(r, v.tenant.Name),
	}
	var found [][]ledger.Intent
	for _, filter := range lists {
		filter.Tenant = v.tenant.Name
		intents, err := d.Store.List(r.Context(), filter)
		if err != nil {
			d.Logger.Error("Intents could not be listed", "error", err)
			d.page(w, http.StatusServiceUnavailable, "message.html", "The ledger does not answer. Try again in a moment.")
			return
		}
		found = append(found, intents)
	}
	yours, others := d.split(v, found[0])
	lost, open := d.split(v, found[1])
	for name, intents := range map[string][]ledger.Intent{"Yours": slices.Concat(lost, yours), "Others": others, "Open": open, "Done": found[2]} {
		data[name] = d.items(v.tenant, intents)
	}
	d.page(w, http.StatusOK, "list.html", data)
}

// split parts what waits for a person, the most urgent first, from the rest: votes
// that they can give, and what nobody but people can find out.
func (d *Desk) split(v visitor, intents []ledger.Intent) (yours, rest []ledger.Intent) {
	for _, i := range intents {
		switch {
		case i.State == ledger.Waiting && d.mayNot(v.tenant, v.person, i, false) == "", i.State == ledger.Unknown && maySettle(v.tenant, v.person) == "":
			yours = append(yours, i)
		default:
			rest = append(rest, i)
		}
	}
	slices.SortStableFunc(yours, func(a, b ledger.Intent) int { return a.DueAt.Compare(b.DueAt) })
	return yours, rest
}

func (d *Desk) items(t *tenant.Tenant, intents []ledger.Intent) []Item {
	out := make([]Item, len(intents))
	for n := range intents {
		out[n] = d.item(t, intents[n])
	}
	return out
}
