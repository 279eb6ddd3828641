package desk

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Change is what a person writes in the place of arguments of a waiting intent.
type Change struct {
	Person string
	Digest string            // of what the person was shown
	Set    map[string]string // texts by name of the argument
}

// Refusal is why something is not done, a sentence for the person.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// EditBody changes arguments, in the JSON API.
type EditBody struct {
	Digest string            `json:"digest"`
	Set    map[string]string `json:"set"`
}

// change changes what a waiting intent asks, for whoever may decide about it. The
// intent is judged as it was read, once; the ledger takes the change only while it
// is still that. With a refusal it is returned as it was.
func (d *Desk) change(ctx context.Context, t *tenant.Tenant, person people.Person, intent ledger.Intent, c Change) (ledger.Intent, *Error) {
	switch why := d.mayNotEdit(t, person, intent); {
	case intent.State != ledger.Waiting:
		return intent, d.refusal(ledger.ErrTransition)
	case why != "":
		return intent, &Error{"Not yours to decide", http.StatusForbidden, why}
	case c.Digest != intent.Digest:
		return intent, d.refusal(ledger.ErrDigest)
	case !d.othersLeft(t, person, intent):
		return intent, &Error{"Nobody left", http.StatusConflict, "Nobody else could approve it then. Deny it and say what to write instead, or have more people put into its group."}
	}
	c.Person = person.ID
	after, err := d.Edit(ctx, t, intent, c)
	var refused Refusal
	switch {
	case errors.As(err, &refused):
		return intent, &Error{"Not changed", http.StatusConflict, string(refused)}
	case err != nil:
		return intent, d.refusal(err)
	}
	d.Logger.Info("A person changed what is asked", "tenant", t.Name, "intent", intent.ID, "person", person.ID, "digest", after.Digest)
	return after, nil
}

// mayNotEdit is why a person may not change an intent, or "": whoever may vote
// may, also who has voted.
func (d *Desk) mayNotEdit(t *tenant.Tenant, p people.Person, intent ledger.Intent) string {
	intent.Votes = nil
	return d.mayNot(t, p, intent, false)
}

// othersLeft says whether enough people could approve what a person changed. Where
// more may come, by escalation or by the groups of an identity provider, they may.
func (d *Desk) othersLeft(t *tenant.Tenant, editor people.Person, intent ledger.Intent) bool {
	if oidc := t.People.Login().OIDC; oidc != nil && len(oidc.Groups.Names) > 0 || intent.Hold == nil {
		return true
	}
	if act, ok := actionOf(t, intent); ok {
		if row, found := t.Row(intent.Identity, act, intent.Amount); found && len(row.Escalation.Groups) > 0 {
			return true
		}
	}
	intent.Votes, intent.Edits = nil, append(intent.Edits, ledger.Edit{Person: editor.ID})
	able := 0
	for _, p := range t.People.All() {
		if d.mayNot(t, p, intent, true) == "" {
			able++
		}
	}
	return able >= intent.Hold.Votes
}

// Fields of the form of a change are named so, before the argument's name.
const fieldPrefix = "set."

func (d *Desk) edit(w http.ResponseWriter, r *http.Request, v visitor) {
	intent, err := d.Store.Get(r.Context(), v.tenant.Name, r.PathValue("id"))
	if err != nil {
		d.missing(w, err)
		return
	}
	c := Change{Digest: r.PostFormValue("digest"), Set: written(intent, r.PostForm)}
	after, refused := d.change(r.Context(), v.tenant, v.person, intent, c)
	d.after(w, r, v, after, refused)
}

// written are the texts of a form that differ from what its person was shown: an
// argument that they left alone does not undo what somebody else made of it.
func written(intent ledger.Intent, form url.Values) map[string]string {
	shown := intent.Call.Args
	for _, e := range intent.Edits {
		if e.Digest == form.Get("digest") {
			shown = e.Args
		}
	}
	out := map[string]string{}
	for field, values := range form {
		name, ok := strings.CutPrefix(field, fieldPrefix)
		// A form writes ends of lines its own way, which is no change.
		if before, _ := shown.Text(name); ok && lines(before) != lines(values[0]) {
			out[name] = lines(values[0])
		}
	}
	return out
}

// lines has one kind of end of a line.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

func (d *Desk) apiEdit(w http.ResponseWriter, r *http.Request, c caller) {
	s, intent, refused := d.lookup(r, c)
	if refused != nil {
		refuse(w, refused)
		return
	}
	var body EditBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		refuse(w, &Error{"Body not readable", http.StatusBadRequest, "The body must be JSON like {\"digest\": …, \"set\": {\"body\": …}}."})
		return
	}
	after, refused := d.change(r.Context(), s.tenant, s.person, intent, Change{Digest: body.Digest, Set: body.Set})
	if refused != nil {
		refuse(w, refused)
		return
	}
	reply(w, http.StatusOK, d.detail(r.Context(), s.tenant, after))
}

// drafts are the arguments of an intent that people may change, as they are.
func drafts(t *tenant.Tenant, i ledger.Intent) []Draft {
	act, ok := actionOf(t, i)
	if !ok || i.State != ledger.Waiting {
		return nil
	}
	var out []Draft
	for _, p := range act.Params {
		if !p.Editable {
			continue
		}
		text, _ := i.Call.Args.Text(p.Name)
		out = append(out, Draft{Name: p.Name, Value: text, Values: p.Choices()})
	}
	return out
}

// typed are the drafts of an intent as somebody has just written them, when that did
// not count.
func typed(drafts []Draft, intent ledger.Intent, form url.Values) []Draft {
	texts := written(intent, form)
	for n := range drafts {
		if text, ok := texts[drafts[n].Name]; ok {
			drafts[n].Value, drafts[n].Typed = text, true
		}
	}
	return drafts
}
