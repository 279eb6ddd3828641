package people

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLogin(t *testing.T) {
	p, problems := Parse("people.yaml", []byte(`
people:
  - {id: ann, name: Ann, email: ann@a.example}
  - {id: sue, name: Sue, email: sue@a.example, subject: s-1}
login:
  oidc: {issuer: "https://id.example", client_id: desk, groups: {claim: groups, names: {Leads: leads, "Night shift": leads}}}
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if p.Login().Session != time.Hour {
		t.Errorf("a session is %s", p.Login().Session)
	}
	if diff := cmp.Diff([]string{"leads"}, p.Login().OIDC.Known([]string{"Night shift", "leads", "Leads"})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"leads"}, p.Groups()); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string]struct{ subject, email, want string }{
		"by the address":              {"x", "ANN@a.example", "ann"},
		"by the subject":              {"s-1", "", "sue"},
		"the subject counts first":    {"s-1", "ann@a.example", "sue"},
		"a subject is not an address": {"x", "sue@a.example", ""},
		"nothing":                     {"", "", ""},
	} {
		if got, ok := p.Named(c.subject, c.email); got.ID != c.want || ok != (c.want != "") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLoginMistakes(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a long session":       {"{session: 24h}", "people.yaml: login.session: must be from 5m0s to 12h0m0s (got 24h0m0s)"},
		"no issuer":            {"{oidc: {client_id: a}}", "people.yaml: login.oidc.issuer: must be like https://login.example.com"},
		"in clear":             {"{oidc: {issuer: 'http://id.example', client_id: a}}", "people.yaml: login.oidc.issuer: must be https: people's logins would cross the network in clear (got http://id.example)"},
		"no client":            {"{oidc: {issuer: 'https://id.example'}}", "people.yaml: login.oidc.client_id: must be the id under which the provider knows the Desk"},
		"a tool's secret":      {"{oidc: {issuer: 'https://id.example', client_id: a, client_secret: stripe_key}}", "people.yaml: login.oidc.client_secret: must name a secret of the tenant that begins with login: others are tools' credentials"},
		"a claim of nothing":   {"{oidc: {issuer: 'https://id.example', client_id: a, groups: {claim: groups}}}", "people.yaml: login.oidc.groups: needs both: the claim, and the names of which group is which"},
		"a group that is none": {"{oidc: {issuer: 'https://id.example', client_id: a, groups: {claim: groups, names: {A: Leads}}}}", "people.yaml: login.oidc.groups.names: must give a-z, 0-9, '_' and '-', beginning with a letter (got Leads)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := Parse("people.yaml", []byte("people: []\nlogin: "+c.text))
			var got []string
			for _, p := range problems {
				got = append(got, p.String())
			}
			if diff := cmp.Diff([]string{c.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
