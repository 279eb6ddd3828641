package desk

import (
	"bytes"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/people"
)

// readPages reads the pages in each language.
func readPages(c catalogue, now func() time.Time) (map[people.Language]*template.Template, error) {
	out := map[people.Language]*template.Template{}
	for _, language := range []people.Language{people.English, people.Chinese} {
		var err error
		out[language], err = template.New("").Funcs(template.FuncMap{
			"clock": clock, "stamp": stamp, "t": func(text string) string { return c.say(language, text) },
			"left": func(at time.Time) string { return remaining(at.Sub(now())) }, "language": func() string { return string(language) },
			"groups": func(groups string) string { return groupsIn(language, groups) },
		}).ParseFS(assets, "assets/*.html")
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// page renders a whole page before its first byte leaves.
func (d *Desk) page(w http.ResponseWriter, status int, name string, data any) {
	var buffer bytes.Buffer
	if err := d.pages[languageOf(w)].ExecuteTemplate(&buffer, name, data); err != nil {
		d.Logger.Error("A page of the Desk could not be rendered", "page", name, "error", err)
		http.Error(w, "The Desk cannot show this page.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("content-type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = buffer.WriteTo(w)
}

func (d *Desk) show(w http.ResponseWriter, r *http.Request, v visitor) {
	if name := r.URL.Query().Get("tenant"); tenantPattern.MatchString(name) && name != v.tenant.Name {
		d.closed(w, r) // a link of another tenant's, of whom this session says nothing
		return
	}
	intent, err := d.Store.Get(r.Context(), v.tenant.Name, r.PathValue("id"))
	if err != nil {
		d.missing(w, err)
		return
	}
	d.showIntent(w, r, v, intent, &Error{Status: http.StatusOK})
}

// showIntent is one intent with the buttons this person may press. What was
// written with a vote that did not count is not lost.
func (d *Desk) showIntent(w http.ResponseWriter, r *http.Request, v visitor, intent ledger.Intent, note *Error) {
	d.page(w, note.Status, "intent.html", d.card(r, v, intent, d.detail(r.Context(), v.tenant, intent), note))
}

// card is what the page of an intent shows.
func (d *Desk) card(r *http.Request, v visitor, intent ledger.Intent, item Item, note *Error) map[string]any {
	refused, unfit := "", ""
	if d.mayNotEdit(v.tenant, v.person, intent) != "" {
		item.Editable = nil
	}
	item.Editable = typed(item.Editable, intent, r.PostForm)
	switch intent.State {
	case ledger.Waiting:
		refused = d.mayNot(v.tenant, v.person, intent, false)
		unfit = d.mayNot(v.tenant, v.person, intent, true)
	case ledger.Unknown:
		refused = maySettle(v.tenant, v.person)
	default: // nothing to decide
	}
	return map[string]any{
		"Tenant": v.tenant.Title, "Person": v.person.Name, "Form": v.form, "Item": item, "Here": "/intents/" + intent.ID, "Again": loginPath(v.tenant.Name, "/intents/"+intent.ID),
		"Live": !intent.State.Final(), "May": intent.State == ledger.Waiting && refused == "", "Refused": refused, "Unfit": unfit, "Stale": again(v, intent, note), "MayPause": mayPause(v, intent),
		"Settle": intent.State == ledger.Unknown && refused == "",
		"Undo":   item.Undoable && maySettle(v.tenant, v.person) == "",
		"Unmask": unmaskable(v, intent, item),
		"Note":   note.Detail, "Words": r.PostFormValue("reason"),
	}
}

// again is where to log in anew, when that is what a vote lacked.
func again(v visitor, intent ledger.Intent, note *Error) string {
	if note.Title != staleTitle {
		return ""
	}
	return loginPath(v.tenant.Name, "/intents/"+intent.ID) + "&again=1"
}

func (d *Desk) vote(w http.ResponseWriter, r *http.Request, v visitor) {
	intent, refused := d.cast(r.Context(), ballot{
		tenant: v.tenant, person: v.person, id: r.PathValue("id"), word: r.PathValue("word"),
		digest: r.PostFormValue("digest"), reason: r.PostFormValue("reason"), login: v.pass.Login,
	})
	d.after(w, r, v, intent, refused)
}

// after answers what a person did to an intent: with its card, which says why when it
// did not count.
func (d *Desk) after(w http.ResponseWriter, r *http.Request, v visitor, intent ledger.Intent, refused *Error) {
	if refused != nil {
		if intent.ID == "" {
			d.page(w, refused.Status, "message.html", refused.Detail)
			return
		}
		d.showIntent(w, r, v, intent, refused)
		return
	}
	http.Redirect(w, r, "/intents/"+intent.ID, http.StatusSeeOther)
}

// missing reads the same for what is absent and what is another tenant's.
func (d *Desk) missing(w http.ResponseWriter, err error) {
	if errors.Is(err, ledger.ErrNotFound) {
		d.page(w, http.StatusNotFound, "message.html", "There is no such approval.")
		return
	}
	if errors.Is(err, ledger.ErrUnreadable) {
		refused := d.refusal(err)
		d.page(w, refused.Status, "message.html", refused.Detail)
		return
	}
	d.Logger.Error("An intent could not be read", "error", err)
	d.page(w, http.StatusServiceUnavailable, "message.html", "The ledger does not answer. Try again in a moment.")
}
