package desk

import (
	"encoding/json"
	"net/http"
	"sort"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
)

// caller is who speaks to the API: the owner of the machine, or a person.
type caller struct {
	seats []seat    // the tenants, each with the person whose votes count
	login time.Time // of a person
	owner bool      // of the machine
}

type apiHandler func(http.ResponseWriter, *http.Request, caller)

// local lets in a command line: a person's, whose session began in a browser, or
// one with the token that whoever can read the data folder has. Votes of that
// one, the owner of the machine, count as those of the person each tenant marks
// as local.
func (d *Desk) local(next apiHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch v, owner, ok := d.speaker(r); {
		case owner:
			next(w, r, caller{seats: d.seats(), owner: true})
			return
		case ok:
			next(w, r, caller{seats: []seat{{v.tenant, v.person}}, login: v.pass.Login})
			return
		}
		reply(w, http.StatusUnauthorized, Error{"Token refused", http.StatusUnauthorized, "The command line's token is missing or wrong, or your login is over: `sallyport login`, or name the gateway's data folder with --data."})
	}
}

// owner is for the owner of the machine alone.
func (d *Desk) owner(next http.HandlerFunc) apiHandler {
	return func(w http.ResponseWriter, r *http.Request, c caller) {
		if !c.owner {
			refuse(w, &Error{"Not yours", http.StatusForbidden, "Only who holds the gateway's data folder does this: `sallyport logout` first, and name it with --data."})
			return
		}
		next(w, r)
	}
}

// seat is a tenant with its local person.
type seat struct {
	tenant *tenant.Tenant
	person people.Person
}

// seats are the tenants whose people.yaml has a local person, by name.
func (d *Desk) seats() []seat {
	var out []seat
	for _, t := range d.Tenants.All() {
		if person, ok := t.People.Local(); ok {
			out = append(out, seat{t, person})
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].tenant.Name < out[j].tenant.Name })
	return out
}

func (d *Desk) apiList(w http.ResponseWriter, r *http.Request, c caller) {
	query := r.URL.Query()
	limit, states := maxOpen, []ledger.State{ledger.Waiting, ledger.Approved, ledger.Executing, ledger.Unknown}
	if query.Get("all") == "true" {
		limit, states = 0, nil
	}
	items := []Item{}
	for _, s := range c.seats {
		if only := query.Get("tenant"); only != "" && only != s.tenant.Name {
			continue
		}
		intents, err := d.Store.List(r.Context(), ledger.Filter{Tenant: s.tenant.Name, States: states, Limit: limit})
		if err != nil {
			refuse(w, d.refusal(err))
			return
		}
		for _, i := range intents {
			items = append(items, d.item(s.tenant, i))
		}
	}
	reply(w, http.StatusOK, items)
}

func (d *Desk) apiShow(w http.ResponseWriter, r *http.Request, c caller) {
	s, intent, refused := d.lookup(r, c)
	if refused != nil {
		refuse(w, refused)
		return
	}
	reply(w, http.StatusOK, d.detail(r.Context(), s.tenant, intent))
}

func (d *Desk) apiVote(w http.ResponseWriter, r *http.Request, c caller) {
	s, intent, refused := d.lookup(r, c)
	if refused != nil {
		refuse(w, refused)
		return
	}
	var body VoteBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		refuse(w, &Error{"Body not readable", http.StatusBadRequest, "The body must be JSON like {\"digest\": …, \"reason\": …}."})
		return
	}
	after, refused := d.cast(r.Context(), ballot{
		tenant: s.tenant, person: s.person, id: intent.ID, word: r.PathValue("word"), digest: body.Digest, reason: body.Reason, login: c.login, owner: c.owner,
	})
	if refused != nil {
		refuse(w, refused)
		return
	}
	reply(w, http.StatusOK, d.detail(r.Context(), s.tenant, after))
}

func (d *Desk) apiLink(w http.ResponseWriter, r *http.Request) {
	var body LinkBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		refuse(w, &Error{"Body not readable", http.StatusBadRequest, "The body must be JSON like {\"tenant\": …, \"person\": …}."})
		return
	}
	t, ok := d.Tenants.Get(body.Tenant)
	if !ok {
		refuse(w, errNoTenant)
		return
	}
	person, ok := t.People.Find(body.Person)
	if !ok {
		refuse(w, errNoPerson)
		return
	}
	if refused := d.mayLink(t, person); refused != nil {
		refuse(w, refused)
		return
	}
	now := d.Clock.Now()
	d.Logger.Info("The command line made a link", "tenant", t.Name, "person", body.Person)
	reply(w, http.StatusOK, LinkAnswer{Link: d.Pages + Link(d.SessionKey, t.Name, body.Person, now), Expires: now.Add(linkFor).UTC()})
}

var errNoPerson = &Error{"No such person", http.StatusNotFound, "The tenant's people.yaml has nobody with this id."}

// mayLink: once people have logins, nobody else's word lets them in. The local
// person, for whom the machine's owner speaks anyway, stays the exception.
func (d *Desk) mayLink(t *tenant.Tenant, person people.Person) *Error {
	has, err := d.passkeys.Has(t.Name, "")
	switch {
	case err != nil:
		return d.broken(err)
	case (has || t.People.Login().OIDC != nil) && !person.Local:
		return &Error{"Has a login", http.StatusForbidden, "The people of this tenant log in themselves: open " + d.home + "/login/" + t.Name + ", or make an invitation with `sallyport person invite`."}
	}
	return nil
}

// lookup finds an intent among the caller's tenants: ids are unique.
func (d *Desk) lookup(r *http.Request, c caller) (seat, ledger.Intent, *Error) {
	err := ledger.ErrNotFound
	for _, s := range c.seats {
		intent, found := d.Store.Get(r.Context(), s.tenant.Name, r.PathValue("id"))
		if found == nil {
			return s, intent, nil
		}
		err = found
	}
	return seat{}, ledger.Intent{}, d.refusal(err)
}

func refuse(w http.ResponseWriter, e *Error) { reply(w, e.Status, e) }

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("content-type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
