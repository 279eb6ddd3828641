package desk_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/approvald/desk"
)

// The owner, or a person who is logged in, tries a channel of a tenant; what went wrong is spelled out.
func TestTryAChannel(t *testing.T) {
	b := start(t)
	b.Load("acme", func(files map[string]string) {
		files["channels.yaml"] = "channels:\n  - {name: crm, kind: webhook, url: 'https://crm.acme.example/in', secret: channel_crm}\n"
	})
	for name, c := range map[string]struct {
		token, channel, body string
		status               int
	}{
		"no token":         {"", "crm", `{"tenant":"acme"}`, http.StatusUnauthorized},
		"a browser":        {"Bearer " + b.enters("acme", "ann").cookie, "crm", `{"tenant":"acme"}`, http.StatusUnauthorized},
		"another channel":  {"Bearer " + deskToken, "mail", `{"tenant":"acme"}`, http.StatusNotFound},
		"another tenant":   {"Bearer " + deskToken, "crm", `{"tenant":"globex"}`, http.StatusNotFound},
		"no such tenant":   {"Bearer " + deskToken, "crm", `{"tenant":"nobody"}`, http.StatusNotFound},
		"no readable body": {"Bearer " + deskToken, "crm", `x`, http.StatusBadRequest},
	} {
		if p := b.api(c.token, "POST", "/api/v1/channels/"+c.channel+"/test", c.body); p.status != c.status || b.tried.Load() != nil {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
	test := func() page {
		return b.api("Bearer "+deskToken, "POST", "/api/v1/channels/crm/test", `{"tenant":"acme"}`)
	}
	if p := test(); p.status != http.StatusOK || *b.tried.Load() != [3]string{"acme", "crm", "ann"} {
		t.Errorf("%d %s %v", p.status, p.body, b.tried.Load())
	}
	secret, ole := strings.Repeat("s", 52), b.enters("acme", "ole")
	ole.do("POST", "/cli/"+desk.TerminalCode(secret), url.Values{"form": {ole.form()}})
	hers := read[desk.SessionAnswer](t, b.api("", "POST", "/api/v1/session", `{"secret":"`+secret+`"}`)).Token
	for tenant, status := range map[string]int{"acme": http.StatusOK, "globex": http.StatusNotFound} {
		if p := b.api("Bearer "+hers, "POST", "/api/v1/channels/crm/test", `{"tenant":"`+tenant+`"}`); p.status != status || *b.tried.Load() != [3]string{"acme", "crm", "ole"} && status == http.StatusOK {
			t.Errorf("a person of acme at %s: %d %s %v", tenant, p.status, p.body, b.tried.Load())
		}
	}
	b.deaf = errors.New("it answered 500 \u202e")
	if p := test(); p.status != http.StatusBadGateway || !strings.Contains(p.body, `The channel crm was not reached: it answered 500 \\u202e`) {
		t.Errorf("%d %s", p.status, p.body)
	}
}
