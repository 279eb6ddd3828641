package desk

import (
	"encoding/json"
	"mime"
	"net/http"

	"github.com/sallyport/sallyport/approvald/login"
)

// ceremonyBody is what a page's script sends and gets.
type ceremonyBody struct {
	Options    any             `json:"options,omitempty"`    // for the browser's credentials API
	Ceremony   string          `json:"ceremony,omitempty"`   // sealed; comes back with the answer
	Credential json.RawMessage `json:"credential,omitempty"` // what the device answered
	Location   string          `json:"location,omitempty"`   // where to go then
}

// ownJSON takes JSON from the Desk's own pages alone: no form of another site can
// be JSON, and none has our origin.
func (d *Desk) ownJSON(next func(*http.Request, ceremonyBody) (ceremonyBody, *pass, *Error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body ceremonyBody
		kind, _, _ := mime.ParseMediaType(r.Header.Get("content-type"))
		if !ownOrigin(r) || kind != "application/json" || json.NewDecoder(r.Body).Decode(&body) != nil {
			d.refuseHere(w, &Error{"Not from the Desk", http.StatusForbidden, "This did not come from the Desk. Go back and reload the page."})
			return
		}
		answer, session, refused := next(r, body)
		if refused != nil {
			d.refuseHere(w, refused)
			return
		}
		if session != nil {
			d.begin(w, *session, "passkey")
		}
		reply(w, http.StatusOK, answer)
	}
}

// sealed gives a ceremony to the browser, which brings it back once.
func (d *Desk) sealed(tenantName, person string, options any, c login.Ceremony) ceremonyBody {
	p := newPass(tenantName, person, d.Clock.Now().Add(attemptFor))
	p.Ceremony = &c
	return ceremonyBody{Options: options, Ceremony: d.seal.seal(forPasskey, p)}
}

// ceremony is what came back, for the tenant and the person it was begun for.
func (d *Desk) ceremony(text, tenantName, person string) (login.Ceremony, bool) {
	p, err := d.seal.open(forPasskey, text, d.Clock.Now())
	if err != nil || p.Ceremony == nil || p.Tenant != tenantName || p.Person != person {
		return login.Ceremony{}, false
	}
	fresh, err := d.links.put(p, used)
	if err != nil {
		d.Logger.Error("A ceremony could not be used", "error", err)
	}
	return *p.Ceremony, fresh
}

// refuseHere refuses what a page's script asked: the page shows the detail to its reader.
func (d *Desk) refuseHere(w http.ResponseWriter, e *Error) {
	refuse(w, &Error{e.Title, e.Status, d.tell(w, e.Detail)})
}

var errPasskeyRefused = &Error{"Passkey refused", http.StatusForbidden, "This passkey opens nothing here. Was it made for this Desk and this tenant? `sallyport person invite` makes a link for a new one."}

func (d *Desk) askPasskey(r *http.Request, _ ceremonyBody) (ceremonyBody, *pass, *Error) {
	options, c, err := d.passkeys.Ask()
	if err != nil {
		return ceremonyBody{}, nil, d.broken(err)
	}
	return d.sealed(r.PathValue("tenant"), "", options, c), nil, nil
}

// takePasskey logs in whoever's passkey answered.
func (d *Desk) takePasskey(r *http.Request, body ceremonyBody) (ceremonyBody, *pass, *Error) {
	name := r.PathValue("tenant")
	c, ok := d.ceremony(body.Ceremony, name, "")
	if !ok {
		return ceremonyBody{}, nil, errPasskeyRefused
	}
	owner, err := d.passkeys.Check(name, c, body.Credential)
	if err != nil {
		d.Logger.Warn("A passkey was refused", "tenant", name, "error", err)
		return ceremonyBody{}, nil, errPasskeyRefused
	}
	t, _, ok := d.find(owner.Tenant, owner.Person)
	if !ok {
		return ceremonyBody{}, nil, errPasskeyRefused
	}
	now := d.Clock.Now()
	s := newPass(owner.Tenant, owner.Person, now.Add(t.People.Login().Session))
	s.Login = now
	return ceremonyBody{Location: next(r)}, &s, nil
}

// invited shows an invitation. Opening it is not enough to use it.
func (d *Desk) invited(w http.ResponseWriter, r *http.Request) {
	p, name, ok := d.invitation(r)
	if !ok {
		d.shut(w)
		return
	}
	t, _ := d.Tenants.Get(p.Tenant)
	d.page(w, http.StatusOK, "invite.html", map[string]any{"Person": name, "Tenant": t.Title})
}

// invitation is whose an unused invitation is.
func (d *Desk) invitation(r *http.Request) (pass, string, bool) {
	p, err := d.seal.open(forInvite, r.PathValue("link"), d.Clock.Now())
	if err != nil || d.links.has(p, used) || d.links.ended(p) {
		return pass{}, "", false
	}
	_, person, ok := d.find(p.Tenant, p.Person)
	return p, person.Name, ok
}

var errInvitation = &Error{"Invitation refused", http.StatusForbidden, "This invitation was used, or has expired. Ask for another one."}

func (d *Desk) askNewPasskey(r *http.Request, _ ceremonyBody) (ceremonyBody, *pass, *Error) {
	p, name, ok := d.invitation(r)
	if !ok {
		return ceremonyBody{}, nil, errInvitation
	}
	options, c, err := d.passkeys.Invite(login.Owner{Tenant: p.Tenant, Person: p.Person}, name)
	if err != nil {
		return ceremonyBody{}, nil, d.broken(err)
	}
	return d.sealed(p.Tenant, p.Person, options, c), nil, nil
}

// takeNewPasskey keeps a passkey and uses its invitation up. Whoever registered
// has just been here, but proves it when they log in.
func (d *Desk) takeNewPasskey(r *http.Request, body ceremonyBody) (ceremonyBody, *pass, *Error) {
	p, name, ok := d.invitation(r)
	if !ok {
		return ceremonyBody{}, nil, errInvitation
	}
	c, ok := d.ceremony(body.Ceremony, p.Tenant, p.Person)
	if !ok {
		return ceremonyBody{}, nil, errInvitation
	}
	if fresh, err := d.links.put(p, used); err != nil || !fresh {
		d.Logger.Warn("An invitation was used twice", "tenant", p.Tenant, "person", p.Person, "error", err)
		return ceremonyBody{}, nil, errInvitation
	}
	if err := d.passkeys.Register(login.Owner{Tenant: p.Tenant, Person: p.Person}, name, c, body.Credential); err != nil {
		d.Logger.Warn("A passkey was not registered", "tenant", p.Tenant, "person", p.Person, "error", err)
		return ceremonyBody{}, nil, errPasskeyRefused
	}
	d.Logger.Info("A person registered a passkey", "tenant", p.Tenant, "person", p.Person)
	return ceremonyBody{Location: loginPath(p.Tenant, "/")}, nil, nil
}

func (d *Desk) broken(err error) *Error {
	d.Logger.Error("Passkeys do not work", "error", err)
	return &Error{"Passkeys not available", http.StatusServiceUnavailable, "The passkeys cannot be read. Tell whoever runs the gateway."}
}
