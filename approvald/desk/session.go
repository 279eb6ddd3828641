package desk

import (
	"crypto/hmac"
	"net/http"
	"slices"
	"time"

	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
)

// The cookies. A browser takes a __Host- cookie only over TLS, from exactly this
// host; plain HTTP is for loopback alone.
const (
	cookieName  = "sallyport_desk"
	attemptName = "sallyport_login"
	hostPrefix  = "__Host-"
)

// cookie is a cookie as it is named here.
func (d *Desk) cookie(name, value string, lasts time.Duration, site http.SameSite) *http.Cookie {
	if d.secure {
		name = hostPrefix + name
	}
	return &http.Cookie{ //nolint:gosec // plain HTTP is for loopback; TLS makes it Secure
		Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: site, Secure: d.secure, MaxAge: int(lasts / time.Second),
	}
}

// shown is the value of a cookie that a browser sent.
func (d *Desk) shown(r *http.Request, name string) (string, bool) {
	c, err := r.Cookie(d.cookie(name, "", 0, 0).Name)
	if err != nil {
		return "", false
	}
	return c.Value, true
}

// visitor is a person who entered, of a tenant that is live.
type visitor struct {
	tenant *tenant.Tenant
	person people.Person
	form   string // what every form of this session must carry
	pass   pass
}

// person lets in who has a session. Whether the person still belongs to the
// tenant is asked at every request.
func (d *Desk) person(next func(http.ResponseWriter, *http.Request, visitor)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, ok := d.visitor(r)
		if !ok {
			d.closed(w, r)
			return
		}
		knows(w, v)
		if r.Method != http.MethodGet && !d.sameSite(r, v) {
			d.page(w, http.StatusForbidden, "message.html", "This form did not come from the Desk. Go back and reload the page.")
			return
		}
		next(w, r, v)
	}
}

func (d *Desk) visitor(r *http.Request) (visitor, bool) {
	value, ok := d.shown(r, cookieName)
	if !ok {
		return visitor{}, false
	}
	v, ok := d.session(value)
	return v, ok && !v.pass.Terminal
}

// session is whose a session is. What the provider called the person's groups
// counts as people.yaml translates it now.
func (d *Desk) session(value string) (visitor, bool) {
	p, err := d.seal.open(forSession, value, d.Clock.Now())
	if err != nil || d.links.has(p, left) || d.links.ended(p) {
		return visitor{}, false
	}
	t, person, ok := d.find(p.Tenant, p.Person)
	if !ok {
		return visitor{}, false
	}
	person.Groups = slices.Concat(person.Groups, t.People.Login().OIDC.Known(p.Groups))
	return visitor{tenant: t, person: person, form: d.seal.mac(forForm, value), pass: p}, true
}

func (d *Desk) find(tenantName, id string) (*tenant.Tenant, people.Person, bool) {
	t, ok := d.Tenants.Get(tenantName)
	if !ok {
		return nil, people.Person{}, false
	}
	person, ok := t.People.Find(id)
	return t, person, ok
}

// sameSite holds besides the cookie's own SameSite: a form of another site has
// neither the form's word nor our origin.
func (d *Desk) sameSite(r *http.Request, v visitor) bool {
	return ownOrigin(r) && hmac.Equal([]byte(r.PostFormValue("form")), []byte(v.form))
}

func ownOrigin(r *http.Request) bool {
	if site := r.Header.Get("sec-fetch-site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("origin")
	return origin == "" || origin == "http://"+r.Host || origin == "https://"+r.Host
}

// door shows a button. Opening a link is not enough: mail scanners and previews
// open links too, and it is good for one use.
func (d *Desk) door(w http.ResponseWriter, r *http.Request) {
	p, err := d.seal.open(forLink, r.PathValue("link"), d.Clock.Now())
	if err != nil {
		d.shut(w)
		return
	}
	t, person, ok := d.find(p.Tenant, p.Person)
	if !ok || d.links.has(p, used) {
		d.shut(w)
		return
	}
	d.page(w, http.StatusOK, "door.html", map[string]string{"Person": person.Name, "Tenant": t.Title})
}

// enter uses the link up and starts a session. Another site cannot make a
// browser enter as somebody else, whose votes its person would then give.
func (d *Desk) enter(w http.ResponseWriter, r *http.Request) {
	now := d.Clock.Now()
	p, err := d.seal.open(forLink, r.PathValue("link"), now)
	if err != nil || !ownOrigin(r) {
		d.shut(w)
		return
	}
	fresh, err := d.links.put(p, used)
	if err != nil {
		d.Logger.Error("A Desk link could not be used", "error", err)
	}
	if _, _, ok := d.find(p.Tenant, p.Person); !ok || !fresh {
		d.shut(w)
		return
	}
	p.Expires, p.Login = now.Add(sessionFor), now
	d.begin(w, p, "link")
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// begin starts a session.
func (d *Desk) begin(w http.ResponseWriter, p pass, how string) {
	p.Began = d.Clock.Now()
	http.SetCookie(w, d.cookie(cookieName, d.seal.seal(forSession, p), p.Expires.Sub(p.Began), http.SameSiteStrictMode))
	d.Logger.Info("A person entered the Desk", "tenant", p.Tenant, "person", p.Person, "how", how)
}

// leave ends the session, for a copy of its cookie too.
func (d *Desk) leave(w http.ResponseWriter, _ *http.Request, v visitor) {
	if _, err := d.links.put(v.pass, left); err != nil {
		d.Logger.Error("A session could not be ended", "error", err)
		d.page(w, http.StatusInternalServerError, "message.html", "Your session could not be ended on this side: close the browser, and tell whoever runs the gateway.")
		return
	}
	http.SetCookie(w, d.cookie(cookieName, "", -time.Second, http.SameSiteStrictMode))
	d.page(w, http.StatusOK, "message.html", "You have left the Desk.")
}
