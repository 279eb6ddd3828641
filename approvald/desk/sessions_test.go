package desk_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
)

// Another listener knows who logged in at the Desk, until they leave.
func TestSessionsElsewhere(t *testing.T) {
	b := start(t)
	options := desk.Options{Tenants: b.Tenants, SessionKey: b.key(), CommandLineToken: deskToken, Links: b.links, Clock: b.Clock}
	sessions, err := desk.NewSessions(options)
	if err != nil {
		t.Fatal(err)
	}
	says := func(authorization string) string {
		r := httptest.NewRequest(http.MethodGet, "/tenants", nil)
		r.Header.Set("authorization", authorization)
		switch who, ok := sessions.Speaker(r); {
		case !ok:
			return "nobody"
		case who.Owner:
			return "the owner"
		default:
			return who.Person.ID + " of " + who.Tenant.Name
		}
	}
	secret := strings.Repeat("s", 40)
	ole := b.enters("acme", "ole")
	ole.do("POST", "/cli/"+desk.TerminalCode(secret), url.Values{"form": {ole.form()}})
	held := read[desk.SessionAnswer](t, ole.send("/api/v1/session", `{"secret":"`+secret+`"}`))
	for authorization, want := range map[string]string{
		"Bearer " + deskToken: "the owner", "Bearer " + held.Token: "ole of acme", held.Token: "nobody", "": "nobody", "Bearer ": "nobody",
		"Bearer " + ole.cookie: "nobody", "Bearer x" + held.Token: "nobody",
	} {
		if got := says(authorization); got != want {
			t.Errorf("%q is %s, want %s", authorization, got, want)
		}
	}
	ole.do("POST", "/leave", url.Values{"form": {ole.form()}})
	if got := says("Bearer " + held.Token); got != "nobody" {
		t.Errorf("after leaving: %s", got)
	}
	options.CommandLineToken = "short"
	if _, err := desk.NewSessions(options); err == nil {
		t.Error("a short token is taken")
	}
}
