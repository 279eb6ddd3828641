package desk

import (
	"cmp"
	"net/http"

	"github.com/sallyport/sallyport/approvald/ledger"
)

// unmask shows the card of an intent with one field in clear. It stays so until
// the page is loaded again: what turns by itself would hide it.
func (d *Desk) unmask(w http.ResponseWriter, r *http.Request, v visitor) {
	intent, err := d.Store.Get(r.Context(), v.tenant.Name, r.PathValue("id"))
	if err != nil {
		d.missing(w, err)
		return
	}
	item := d.detail(r.Context(), v.tenant, intent)
	by := viewer{tenant: v.tenant, person: v.person, login: v.pass.Login}.at(intent)
	note := cmp.Or(d.unhide(by, intent, &item, r.PostFormValue("field")), &Error{Status: http.StatusOK, Detail: "Shown until you load this page again. That you saw it is recorded."})
	card := d.card(r, v, intent, item, note)
	card["Live"] = false
	d.page(w, note.Status, "intent.html", card)
}

// unmaskable are the fields that a person can ask to see.
func unmaskable(v visitor, i ledger.Intent, item Item) map[string]string {
	if !v.tenant.Approvals.Reveal.Any(v.person.Groups) {
		return nil
	}
	return hiddenFields(i, item)
}
