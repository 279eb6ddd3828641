package desk

import (
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
)

// nextPattern are the pages that a login may lead to: those of the Desk alone.
var nextPattern = regexp.MustCompile(`^/((intents/int_[A-Za-z0-9_-]{1,64})|(cli/[0-9a-f]{64}))?$`)

// tenantPattern is what a tenant may be called.
var tenantPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

// next is the page that a login leads to; "/" for anything that is none.
func next(r *http.Request) string {
	if asked := r.FormValue("next"); nextPattern.MatchString(asked) {
		return asked
	}
	return "/"
}

func loginPath(tenantName, next string) string {
	return "/login/" + url.PathEscape(tenantName) + "?next=" + url.QueryEscape(next)
}

// closed asks who has no session for the tenant to log in at; a link may have
// named it.
func (d *Desk) closed(w http.ResponseWriter, r *http.Request) {
	to := "/"
	if id := r.PathValue("id"); id != "" { // of a card, or of what a person did on it
		to = "/intents/" + id
	}
	if r.Method == http.MethodGet {
		to = r.URL.Path
	}
	if !nextPattern.MatchString(to) {
		to = "/"
	}
	name := r.URL.Query().Get("tenant")
	if !tenantPattern.MatchString(name) {
		name = ""
	}
	d.page(w, http.StatusUnauthorized, "closed.html", map[string]any{"Next": to, "Tenant": name})
}

// shut refuses a link.
func (d *Desk) shut(w http.ResponseWriter) {
	d.page(w, http.StatusForbidden, "closed.html", map[string]any{"Next": "/", "Tenant": ""})
}

func (d *Desk) chooseTenant(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("tenant")
	if !tenantPattern.MatchString(name) {
		d.page(w, http.StatusBadRequest, "closed.html", map[string]any{"Next": next(r), "Tenant": ""})
		return
	}
	http.Redirect(w, r, loginPath(name, next(r)), http.StatusSeeOther)
}

// loginPage looks the same for a tenant that is not there as for one without a
// provider.
func (d *Desk) loginPage(w http.ResponseWriter, r *http.Request) {
	name, provider := r.PathValue("tenant"), ""
	if t, ok := d.Tenants.Get(name); ok && t.People.Login().OIDC != nil {
		at, _ := url.Parse(t.People.Login().OIDC.Issuer)
		provider = at.Host
	}
	d.page(w, http.StatusOK, "login.html", map[string]any{
		"Tenant": visible(name), "Provider": provider, "Next": next(r), "Again": r.FormValue("again") != "",
		"Path": template.URL("/login/" + url.PathEscape(name)), //nolint:gosec // escaped here
	})
}

// toProvider sends a browser to the tenant's provider.
func (d *Desk) toProvider(w http.ResponseWriter, r *http.Request) {
	t, o, ok := d.provider(r.PathValue("tenant"))
	if !ok {
		d.page(w, http.StatusNotFound, "message.html", "This tenant has no identity provider.")
		return
	}
	to, attempt, err := d.providers.Begin(r.Context(), o, d.home+"/callback", r.FormValue("again") != "")
	if err != nil {
		d.Logger.Error("A login could not begin", "tenant", t.Name, "error", err)
		d.page(w, http.StatusBadGateway, "message.html", "The identity provider does not answer. Try again in a moment.")
		return
	}
	p := newPass(t.Name, "", d.Clock.Now().Add(attemptFor))
	p.Attempt, p.Next = &attempt, next(r)
	http.SetCookie(w, d.cookie(attemptName, d.seal.seal(forAttempt, p), attemptFor, http.SameSiteLaxMode))
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (d *Desk) provider(name string) (*tenant.Tenant, people.OIDC, bool) {
	t, ok := d.Tenants.Get(name)
	if !ok || t.People.Login().OIDC == nil {
		return nil, people.OIDC{}, false
	}
	return t, *t.People.Login().OIDC, true
}

// fromProvider takes a browser back. Only the one that began the attempt has its
// cookie, and it is good for one return.
func (d *Desk) fromProvider(w http.ResponseWriter, r *http.Request) {
	value, _ := d.shown(r, attemptName)
	p, err := d.seal.open(forAttempt, value, d.Clock.Now())
	if err != nil || p.Attempt == nil {
		d.page(w, http.StatusForbidden, "message.html", "This login did not begin in this browser, or took too long. Begin again.")
		return
	}
	http.SetCookie(w, d.cookie(attemptName, "", -time.Second, http.SameSiteLaxMode))
	t, o, ok := d.provider(p.Tenant)
	fresh, marked := d.links.put(p, used)
	if !ok || !fresh {
		d.Logger.Warn("A login came back a second time", "tenant", p.Tenant, "error", marked)
		d.page(w, http.StatusForbidden, "message.html", "This login was used already. Begin again.")
		return
	}
	claims, err := d.providers.Finish(r.Context(), o, d.clientSecret(t.Name, o), d.home+"/callback", *p.Attempt, r.URL.Query())
	if err != nil {
		d.Logger.Warn("A login was refused", "tenant", t.Name, "error", err)
		d.page(w, http.StatusForbidden, "message.html", "The identity provider's answer was not accepted. Begin again; if that does not help, tell whoever runs the gateway.")
		return
	}
	person, ok := t.People.Named(claims.Subject, claims.Email)
	if !ok {
		d.Logger.Warn("Somebody unknown logged in", "tenant", t.Name)
		d.page(w, http.StatusForbidden, "message.html", "The provider knows you, but the tenant's people.yaml does not: it needs your subject, or the address that the provider has verified.")
		return
	}
	s := newPass(t.Name, person.ID, d.Clock.Now().Add(t.People.Login().Session))
	s.Login, s.Groups = claims.Login, known(o, claims.Groups)
	d.begin(w, s, "provider")
	d.page(w, http.StatusOK, "in.html", map[string]any{"Person": person.Name, "Next": p.Next})
}

// known are the claimed groups that people.yaml translates: a cookie has no room
// for the rest.
func known(o people.OIDC, claimed []string) []string {
	var out []string
	for _, name := range claimed {
		if _, ok := o.Groups.Names[name]; ok {
			out = append(out, name)
		}
	}
	return out
}

func (d *Desk) clientSecret(tenantName string, o people.OIDC) string {
	if o.Secret == "" || d.Secret == nil {
		return ""
	}
	secret, ok := d.Secret(tenantName, o.Secret)
	if !ok {
		d.Logger.Error("The login's client secret is not stored", "tenant", tenantName, "secret", o.Secret)
	}
	return secret
}
