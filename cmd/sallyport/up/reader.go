package up

import (
	"net/http"
	"slices"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/controlplane/admin"
	"github.com/sallyport/sallyport/internal/keyring"
)

// reader tells admin who asks about tenants: the owner of the machine, or a person
// of a tenant's operators who logged in at the Desk.
func (b *base) reader() (func(*http.Request) admin.Reader, error) {
	owner, err := keep(b.paths.deskToken())
	if err != nil {
		return nil, err
	}
	sessions, err := desk.NewSessions(desk.Options{
		Tenants: b.tenants, SessionKey: b.ring.Secret(keyring.DeskSession), CommandLineToken: owner, Links: b.paths.deskLinks(), Clock: b.config.Clock,
	})
	if err != nil {
		return nil, err
	}
	return func(r *http.Request) admin.Reader { return readerOf(sessions.Speaker(r)) }, nil
}

// readerOf is what somebody may read about, once it is known who speaks.
func readerOf(who desk.Speaker, known bool) admin.Reader {
	switch {
	case !known:
		return admin.Reader{}
	case who.Owner:
		return admin.Reader{All: true}
	case slices.ContainsFunc(who.Tenant.Approvals.Operators, who.Person.In):
		return admin.Reader{Tenant: who.Tenant.Name}
	}
	return admin.Reader{}
}
