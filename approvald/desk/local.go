package desk

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"sort"
	"strings"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
)

// local lets in who holds the command line's token: whoever can read the data
// folder. Votes count as those of the person each tenant marks as local.
func (d *Desk) local(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, ok := strings.CutPrefix(r.Header.Get("authorization"), "Bearer ")
		if !ok || subtle.ConstantTimeCompare([]byte(key), []byte(d.CommandLineToken)) != 1 {
			reply(w, http.StatusUnauthorized, Error{"Token refused", http.StatusUnauthorized, "The command line's token is missing or wrong: name the gateway's data folder with --data."})
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

func (d *Desk) apiList(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	limit, states := maxOpen, []ledger.State{ledger.Waiting, ledger.Approved, ledger.Executing, ledger.Unknown}
	if query.Get("all") == "true" {
		limit, states = 0, nil
	}
	items := []Item{}
	for _, s := range d.seats() {
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

func (d *Desk) apiShow(w http.ResponseWriter, r *http.Request) {
	s, intent, refused := d.lookup(r)
	if refused != nil {
		refuse(w, refused)
		return
	}
	reply(w, http.StatusOK, d.detail(r.Context(), s.tenant, intent))
}

func (d *Desk) apiVote(w http.ResponseWriter, r *http.Request) {
	s, intent, refused := d.lookup(r)
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
		tenant: s.tenant, person: s.person, id: intent.ID, word: r.PathValue("word"), digest: body.Digest, reason: body.Reason, owner: true,
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
		refuse(w, &Error{"No such tenant", http.StatusNotFound, "No tenant of this name is live: `sallyport tenants status` lists them."})
		return
	}
	if _, ok := t.People.Find(body.Person); !ok {
		refuse(w, &Error{"No such person", http.StatusNotFound, "The tenant's people.yaml has nobody with this id."})
		return
	}
	now := d.Clock.Now()
	d.Logger.Info("The command line made a link", "tenant", t.Name, "person", body.Person)
	reply(w, http.StatusOK, LinkAnswer{Link: d.Pages + Link(d.SessionKey, t.Name, body.Person, now), Expires: now.Add(linkFor).UTC()})
}

// lookup finds an intent among all tenants with a local person: ids are unique.
func (d *Desk) lookup(r *http.Request) (seat, ledger.Intent, *Error) {
	err := ledger.ErrNotFound
	for _, s := range d.seats() {
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
