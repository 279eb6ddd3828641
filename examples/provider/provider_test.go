package provider_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/examples/provider"
)

const (
	acmeStripe    = "sk_test_acme"
	acmeZendesk   = "agent@acme.example/token:zd_acme"
	globexStripe  = "sk_test_globex"
	globexZendesk = "agent@globex.example/token:zd_globex"
)

// bench is a provider that listens, and its clock.
type bench struct {
	*provider.Provider
	t     *testing.T
	url   string
	clock *clockwork.FakeClock
}

func start(t *testing.T) *bench {
	t.Helper()
	clock := clockwork.NewFakeClockAt(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	p, err := provider.New(provider.Options{Clock: clock, Accounts: []provider.Account{
		{Name: "acme", StripeKey: acmeStripe, ZendeskKey: acmeZendesk},
		{Name: "globex", StripeKey: globexStripe, ZendeskKey: globexZendesk},
	}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.Handler())
	t.Cleanup(server.Close)
	return &bench{Provider: p, t: t, url: server.URL, clock: clock}
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   map[string]any
}

// send sends a request; headers are "name: value".
func (b *bench) send(method, path, body string, headers ...string) (reply, error) {
	req, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	out := reply{status: res.StatusCode, header: res.Header}
	return out, json.Unmarshal(data, &out.body)
}

func (b *bench) must(method, path, body string, headers ...string) reply {
	b.t.Helper()
	r, err := b.send(method, path, body, headers...)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// stripe sends as acme.
func (b *bench) stripe(method, path, body string, headers ...string) reply {
	b.t.Helper()
	return b.must(method, path, body, append([]string{"Authorization: Bearer " + acmeStripe}, headers...)...)
}

func equal(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func stripeError(kind, code, param, message string) map[string]any {
	problem := map[string]any{"type": kind, "message": message}
	if code != "" {
		problem["code"] = code
	}
	if param != "" {
		problem["param"] = param
	}
	return map[string]any{"error": problem}
}

func TestNewRefuses(t *testing.T) {
	clock := clockwork.NewFakeClock()
	good := provider.Account{Name: "acme", StripeKey: "a", ZendeskKey: "b"}
	for name, o := range map[string]provider.Options{
		"no clock":      {Accounts: []provider.Account{good}},
		"no account":    {Clock: clock},
		"no data set":   {Clock: clock, Accounts: []provider.Account{{Name: "initech", StripeKey: "a", ZendeskKey: "b"}}},
		"no key":        {Clock: clock, Accounts: []provider.Account{{Name: "acme", StripeKey: "a"}}},
		"a shared key":  {Clock: clock, Accounts: []provider.Account{good, {Name: "globex", StripeKey: "a", ZendeskKey: "c"}}},
		"account twice": {Clock: clock, Accounts: []provider.Account{good, {Name: "acme", StripeKey: "c", ZendeskKey: "d"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := provider.New(o); err == nil {
				t.Error("was accepted")
			}
		})
	}
}

func TestKeyChoosesTheAccount(t *testing.T) {
	b := start(t)
	for name, c := range map[string]struct {
		authorization string
		path          string
		want          int
	}{
		"bearer":                  {"Bearer " + acmeStripe, "/v1/charges/ch_ada_small", 200},
		"basic user":              {basic(acmeStripe, ""), "/v1/charges/ch_ada_small", 200},
		"another account":         {"Bearer " + globexStripe, "/v1/charges/ch_ada_small", 404},
		"its own":                 {"Bearer " + globexStripe, "/v1/charges/ch_grace_small", 200},
		"a longer key":            {"Bearer " + acmeStripe + "x", "/v1/charges/ch_ada_small", 401},
		"no key":                  {"", "/v1/charges/ch_ada_small", 401},
		"empty bearer":            {"Bearer ", "/v1/charges/ch_ada_small", 401},
		"zendesk's key":           {"Bearer zd_acme", "/v1/charges/ch_ada_small", 401},
		"zendesk basic":           {basic("agent@acme.example/token", "zd_acme"), "/api/v2/tickets/1001.json", 200},
		"zendesk bearer":          {"Bearer zd_acme", "/api/v2/tickets/1001", 200},
		"zendesk another account": {"Bearer zd_globex", "/api/v2/tickets/1001", 404},
		"zendesk wrong user":      {basic("eve@acme.example/token", "zd_acme"), "/api/v2/tickets/1001", 401},
		"zendesk stripe's key":    {"Bearer " + acmeStripe, "/api/v2/tickets/1001", 401},
	} {
		t.Run(name, func(t *testing.T) {
			equal(t, c.want, b.must("GET", c.path, "", "Authorization: "+c.authorization).status)
		})
	}
}

func basic(user, password string) string {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	return r.Header.Get("Authorization")
}
