package up

import (
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/controlplane/admin"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Who logged in reads about their own tenant, if they are among its operators.
func TestReaderOf(t *testing.T) {
	acme := &tenant.Tenant{Name: "acme", Approvals: tenant.Approvals{Operators: []string{"it"}}}
	for name, c := range map[string]struct {
		who   desk.Speaker
		known bool
		want  admin.Reader
	}{
		"nobody":               {desk.Speaker{}, false, admin.Reader{}},
		"not known":            {desk.Speaker{Owner: true}, false, admin.Reader{}},
		"the owner":            {desk.Speaker{Owner: true}, true, admin.Reader{All: true}},
		"an operator":          {desk.Speaker{Tenant: acme, Person: people.Person{Groups: []string{"x", "it"}}}, true, admin.Reader{Tenant: "acme"}},
		"another person":       {desk.Speaker{Tenant: acme, Person: people.Person{Groups: []string{"x"}}}, true, admin.Reader{}},
		"where there are none": {desk.Speaker{Tenant: &tenant.Tenant{Name: "globex"}, Person: people.Person{Groups: []string{"it"}}}, true, admin.Reader{}},
	} {
		if got := readerOf(c.who, c.known); got != c.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
