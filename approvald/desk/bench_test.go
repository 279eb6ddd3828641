package desk_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// deskToken is the command line's.
const deskToken = "desk-token-0123456789-0123456789-0123456789"

// leads is who must approve what the tests open.
var leads = &policy.Hold{Group: "billing_leads", Votes: 1}

// others are people in the groups that acme's rules name besides.
const others = `  - {id: hal, name: Hal Holder, groups: [data_leads, privacy, support_leads]}
  - {id: hob, name: Hob Holder, groups: [data_leads, privacy, support_leads]}
`

// bench is a Desk that listens.
type bench struct {
	*executetest.Bench
	url         string
	links       string
	keys        string // folder of passkeys
	revocations string // file
	pages       string // where the last Desk is reached

	undone atomic.Pointer[[2]string] // intent and person
	tried  atomic.Pointer[[3]string] // tenant, channel and person
	deaf   error                     // of a channel that is tried
	told   ledger.Deliveries
	here   ledger.Subscriptions
	secret atomic.Pointer[string] // that the provider knows the Desk by
	woken  atomic.Int32
}

// start starts a Desk at acme with people besides the example's: Mia may decide
// too, and billing-bot is a person's id that is an agent's as well.
func start(t *testing.T) *bench {
	t.Helper()
	clock := clockwork.NewFakeClockAt(executetest.Start)
	tool, err := provider.New(provider.Options{Clock: clock, Accounts: []provider.Account{{
		Name: "acme", StripeKey: executetest.Credential("acme", "stripe"), ZendeskKey: "agent@acme.example/token:" + executetest.Credential("acme", "zendesk"),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Bench: executetest.New(t, clock, tool.Handler()), links: t.TempDir(), keys: t.TempDir(), revocations: filepath.Join(t.TempDir(), "revocations")}
	b.told, _ = b.Store.(ledger.Deliveries)
	b.here, _ = b.Store.(ledger.Subscriptions)
	b.people(`  - {id: mia, name: Mia Roth, groups: [billing_leads]}
  - {id: billing-bot, name: Bill Bot, groups: [billing_leads]}
`)
	b.url = b.open()
	return b
}

// people adds people to acme's.
func (b *bench) people(more string) {
	b.Load("acme", func(files map[string]string) {
		files["people.yaml"] = strings.TrimRight(files["people.yaml"], "\n") + "\n" + more
	})
}

// open starts one more Desk on the same data, as after a restart.
func (b *bench) open() string {
	b.TB.Helper()
	server := httptest.NewUnstartedServer(nil)
	b.pages = "http://" + server.Listener.Addr().String()
	server.Config.Handler = b.desk()
	server.Start()
	b.TB.Cleanup(server.Close)
	return server.URL
}

// serve puts a Desk in the place of the one that listens.
func (b *bench) serve(d *desk.Desk) {
	server := httptest.NewServer(d)
	b.TB.Cleanup(server.Close)
	b.url = server.URL
}

// desk is one more Desk that does not listen.
func (b *bench) desk() *desk.Desk {
	b.TB.Helper()
	d, err := desk.New(desk.Options{
		Undo: func(_ context.Context, _ *tenant.Tenant, i ledger.Intent, person string) (ledger.Intent, error) {
			b.undone.Store(&[2]string{i.ID, person})
			return i, nil
		},
		Edit: func(ctx context.Context, _ *tenant.Tenant, i ledger.Intent, c desk.Change) (ledger.Intent, error) {
			return b.edits(ctx, i, c)
		},
		TestChannel: func(_ context.Context, t *tenant.Tenant, channel string, person people.Person) error {
			b.tried.Store(&[3]string{t.Name, channel, person.ID})
			return b.deaf
		},
		Store: b.Store, Deliveries: b.told, Subscriptions: b.here, PushKey: pushKey, Tenants: b.Tenants, Wake: func() { b.woken.Add(1) }, SessionKey: b.key(), CommandLineToken: deskToken,
		Links: b.links, Passkeys: b.keys, Pages: b.pages,
		Revocations: b.revocations,
		Secret: func(tenant, name string) (string, bool) {
			return *b.secret.Load(), tenant == "acme" && name == "login_client"
		},
		Surrogates: sessionkey.New(b.Ring), Recorder: b.Records, Clock: b.Clock, Logger: b.Log.Logger(),
	})
	if err != nil {
		b.TB.Fatal(err)
	}
	return d
}

func (b *bench) key() []byte { return b.Ring.Secret(keyring.DeskSession) }

// link is a fresh one-time link.
func (b *bench) link(tenant, person string) string {
	return desk.Link(b.key(), tenant, person, b.Clock.Now())
}

// waiting opens an intent that waits.
func (b *bench) waiting(request action.Request) ledger.Intent {
	b.TB.Helper()
	_, i := b.Opened("one", request, leads)
	return i
}

// revoked is what was revoked.
func (b *bench) revoked() []token.Revocation {
	b.TB.Helper()
	out, err := token.NewRevocationFile(b.revocations).List()
	if err != nil {
		b.TB.Fatal(err)
	}
	return out
}

// page is one answer of the Desk.
type page struct {
	status int
	header http.Header
	body   string
}

// browser is one person's browser: a jar with one cookie, at most.
type browser struct {
	b      *bench
	cookie string
}

// do sends one request and follows nothing.
func (w *browser) do(method, path string, form url.Values, headers ...string) page {
	w.b.TB.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	request, err := http.NewRequestWithContext(context.Background(), method, w.b.url+path, body)
	if err != nil {
		w.b.TB.Fatal(err)
	}
	if form != nil {
		request.Header.Set("content-type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	if w.cookie != "" {
		request.AddCookie(&http.Cookie{Name: "sallyport_desk", Value: w.cookie})
	}
	return w.b.send(request)
}

// send posts JSON, as a page's script does.
func (w *browser) send(path, body string, headers ...string) page {
	w.b.TB.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.b.url+path, strings.NewReader(body))
	if err != nil {
		w.b.TB.Fatal(err)
	}
	request.Header.Set("content-type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return w.b.send(request)
}

func (b *bench) send(request *http.Request) page {
	b.TB.Helper()
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		b.TB.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		b.TB.Fatal(err)
	}
	return page{response.StatusCode, response.Header, string(data)}
}

// enters is a browser of a person who entered.
func (b *bench) enters(tenant, person string) *browser {
	b.TB.Helper()
	w := &browser{b: b}
	p := w.do("POST", b.link(tenant, person), nil)
	cookies := (&http.Response{Header: p.header}).Cookies()
	if p.status != http.StatusSeeOther || len(cookies) != 1 {
		b.TB.Fatalf("%s of %s could not enter: %d", person, tenant, p.status)
	}
	w.cookie = cookies[0].Value
	return w
}

var formWord = regexp.MustCompile(`name="form" value="([^"]+)"`)

// form is what every form of this session carries.
func (w *browser) form() string {
	w.b.TB.Helper()
	found := formWord.FindStringSubmatch(w.do("GET", "/", nil).body)
	if found == nil {
		w.b.TB.Fatal("the page has no form")
	}
	return found[1]
}

// vote presses a button on the page of an intent.
func (w *browser) vote(i ledger.Intent, word, why string, headers ...string) page {
	w.b.TB.Helper()
	return w.do("POST", "/intents/"+i.ID+"/"+word, url.Values{"form": {w.form()}, "digest": {i.Digest}, "reason": {why}}, headers...)
}

// api calls the JSON API with a token.
func (b *bench) api(token, method, path, body string) page {
	b.TB.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.TB.Fatal(err)
	}
	if token != "" {
		request.Header.Set("authorization", token)
	}
	return b.send(request)
}

// read decodes a JSON answer.
func read[T any](t *testing.T, p page) T {
	t.Helper()
	var out T
	if err := json.Unmarshal([]byte(p.body), &out); err != nil {
		t.Fatalf("%d %s: %v", p.status, p.body, err)
	}
	return out
}

// stands fails unless an intent is in a state with that many votes.
func (b *bench) stands(i ledger.Intent, state ledger.State, votes int) {
	b.TB.Helper()
	if now := b.Get(i); now.State != state || len(now.Votes) != votes {
		b.TB.Errorf("the intent is %s with %d votes, want %s with %d", now.State, len(now.Votes), state, votes)
	}
}
