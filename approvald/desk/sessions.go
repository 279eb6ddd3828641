package desk

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"

	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Sessions tell a listener beside the Desk's who speaks to it: a login at the Desk
// counts there too.
type Sessions struct{ desk *Desk }

// Speaker is who speaks: the owner of the machine, or a person.
type Speaker struct {
	Owner  bool           // who holds the data folder; the rest is empty then
	Tenant *tenant.Tenant // of the person
	Person people.Person
}

// NewSessions returns the Sessions of a Desk with these tenants, key, token, folder
// of links and clock; the other options are not looked at.
func NewSessions(o Options) (*Sessions, error) {
	if o.Tenants == nil || len(o.SessionKey) < 32 || len(o.CommandLineToken) < 32 || o.Clock == nil {
		return nil, errors.New("desk: an option of its sessions is missing")
	}
	links, err := newLinks(o.Links, o.Clock.Now())
	if err != nil {
		return nil, err
	}
	return &Sessions{&Desk{Options: o, seal: sealer{key: o.SessionKey}, links: links}}, nil
}

// Speaker is who a request of a command line speaks for.
func (s *Sessions) Speaker(r *http.Request) (Speaker, bool) {
	v, owner, ok := s.desk.speaker(r)
	return Speaker{Owner: owner, Tenant: v.tenant, Person: v.person}, ok
}

// speaker reads the bearer token of a command line: that of the data folder, or a
// person's session that began in a browser.
func (d *Desk) speaker(r *http.Request) (v visitor, owner, ok bool) {
	key, ok := strings.CutPrefix(r.Header.Get("authorization"), "Bearer ")
	if ok && subtle.ConstantTimeCompare([]byte(key), []byte(d.CommandLineToken)) == 1 {
		return visitor{}, true, true
	}
	v, entered := d.session(key)
	return v, false, ok && entered && v.pass.Terminal
}
