package desk

import (
	"encoding/json"
	"net/http"

	"github.com/sallyport/sallyport/approvald/login"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
)

// InviteBody asks for an invitation to register a passkey.
type InviteBody struct {
	Tenant string `json:"tenant"`
	Person string `json:"person"`
	Again  bool   `json:"again"` // the person has a passkey, and gets another one
}

// ForgetAnswer is how many passkeys a person had.
type ForgetAnswer struct {
	Forgotten int `json:"forgotten"`
}

func (d *Desk) apiInvite(w http.ResponseWriter, r *http.Request) {
	body, t, person, refused := d.invitee(r)
	if refused != nil {
		refuse(w, refused)
		return
	}
	has, err := d.passkeys.Has(t.Name, person.ID)
	switch {
	case err != nil:
		refuse(w, d.broken(err))
		return
	case has && !body.Again:
		refuse(w, &Error{"Has a passkey", http.StatusConflict, "This person has a passkey. For one more, on another device, say --again; `sallyport person forget` takes the ones there are away."})
		return
	}
	now := d.Clock.Now()
	expires := now.Add(inviteFor)
	invitation := newPass(t.Name, person.ID, expires)
	invitation.Began = now
	link := d.home + "/invite/" + d.seal.seal(forInvite, invitation)
	d.Logger.Info("The command line invited a person", "tenant", t.Name, "person", person.ID, "again", has)
	reply(w, http.StatusOK, LinkAnswer{Link: link, Expires: expires.UTC()})
}

// apiForget takes a person's passkeys away, and ends what began with them: whoever has
// a lost device has its session too.
func (d *Desk) apiForget(w http.ResponseWriter, r *http.Request) {
	_, t, person, refused := d.invitee(r)
	if refused != nil {
		refuse(w, refused)
		return
	}
	n, err := d.keys.Forget(login.Owner{Tenant: t.Name, Person: person.ID})
	if err == nil {
		err = d.links.end(t.Name, person.ID, d.Clock.Now())
	}
	if err != nil {
		refuse(w, d.broken(err))
		return
	}
	d.Logger.Info("The command line forgot passkeys", "tenant", t.Name, "person", person.ID, "passkeys", n)
	reply(w, http.StatusOK, ForgetAnswer{Forgotten: n})
}

func (d *Desk) invitee(r *http.Request) (InviteBody, *tenant.Tenant, people.Person, *Error) {
	var body InviteBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return body, nil, people.Person{}, &Error{"Body not readable", http.StatusBadRequest, "The body must be JSON like {\"tenant\": …, \"person\": …}."}
	}
	t, ok := d.Tenants.Get(body.Tenant)
	if !ok {
		return body, nil, people.Person{}, errNoTenant
	}
	person, ok := t.People.Find(body.Person)
	if !ok {
		return body, nil, people.Person{}, errNoPerson
	}
	return body, t, person, nil
}

var errNoTenant = &Error{"No such tenant", http.StatusNotFound, "No tenant of this name is live: `sallyport tenants status` lists them."}
