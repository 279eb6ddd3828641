package notify_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/approvald/notify"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/tenant"
)

const (
	hookSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	signingSecret = "8f742231b10e8888abcd99yyyzzz85a5"
)

var leads = &policy.Hold{Group: "billing_leads", Votes: 1}

// bench is a ledger with a Notifier at acme.
type bench struct {
	*executetest.Bench
	store    *ledger.SQL
	notifier *notify.Notifier
	desk     *desk.Desk
	url      string // where Slack sends clicks
	secrets  map[string]string
	after    func(first ledger.Intent, ended ledger.State) error // what follows on an effect
}

// start gives acme these channels; with run the Notifier works by itself.
func start(t *testing.T, channels string, run bool) *bench {
	t.Helper()
	clock := clockwork.NewFakeClockAt(executetest.Start)
	tool, err := provider.New(provider.Options{Clock: clock, Accounts: []provider.Account{{
		Name: "acme", StripeKey: executetest.Credential("acme", "stripe"), ZendeskKey: "agent@acme.example/token:" + executetest.Credential("acme", "zendesk"),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Bench: executetest.New(t, clock, tool.Handler()), secrets: map[string]string{
		"channel_hook": hookSecret, "channel_bot": "xoxb-1", "channel_signing": signingSecret, "channel_mail": "mail password",
	}}
	b.channels(channels)
	b.Channels, b.People = notify.Channels(b.Tenants), notify.People(b.Tenants)
	var ok bool
	if b.store, ok = b.Connect().(*ledger.SQL); !ok {
		t.Fatal("another store")
	}
	b.Store = b.store
	pages, err := desk.New(desk.Options{
		Subscriptions: b.store, PushKey: "key",
		Store: b.store, Deliveries: b.store, Tenants: b.Tenants, TestChannel: func(context.Context, *tenant.Tenant, string, people.Person) error { return nil }, Wake: func() {}, Revocations: filepath.Join(t.TempDir(), "revocations"), SessionKey: b.Ring.Secret(keyring.DeskSession),
		Edit: func(_ context.Context, _ *tenant.Tenant, i ledger.Intent, _ desk.Change) (ledger.Intent, error) {
			return i, nil
		},
		CommandLineToken: strings.Repeat("t", 40), Links: t.TempDir(), Passkeys: t.TempDir(), Pages: "http://desk.example", Surrogates: sessionkey.New(b.Ring), Recorder: b.Records, Clock: clock, Logger: b.Log.Logger(),
	})
	if err != nil {
		t.Fatal(err)
	}
	b.desk = pages
	vapid, err := notify.NewVAPID(b.Ring.Secret(keyring.WebPush))
	if err != nil {
		t.Fatal(err)
	}
	b.notifier, err = notify.New(notify.Options{
		VAPID: vapid, PushLoopback: true,
		Store: b.store, Tenants: b.Tenants, Desk: pages, Owner: "one", Clock: clock, Logger: b.Log.Logger(),
		After: func(_ context.Context, _ *tenant.Tenant, first ledger.Intent, ended ledger.State) error {
			return b.after(first, ended)
		},
		Secrets: func(tenant, name string) (string, bool) {
			text, ok := b.secrets[name]
			return text, ok && tenant == "acme"
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b.notifier.Handler())
	t.Cleanup(server.Close)
	b.url = server.URL
	if run {
		b.run(t)
	}
	return b
}

func (b *bench) channels(text string) {
	b.Load("acme", func(files map[string]string) {
		files["channels.yaml"] = text
		files["people.yaml"] = strings.TrimRight(files["people.yaml"], "\n") + "\n  - {id: mia, name: Mia Roth, groups: [billing_leads]}\n"
	})
}

func (b *bench) run(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.notifier.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// ship lets the outbox announce.
func (b *bench) ship() {
	b.TB.Helper()
	if _, err := b.store.Outbox(context.Background(), 100, func([]audit.Approval) error { return nil }); err != nil {
		b.TB.Fatal(err)
	}
}

// until lets time pass until a condition holds.
func (b *bench) until(what string, condition func() bool) {
	b.TB.Helper()
	polls := 0
	b.Eventually(what, func() bool {
		if polls++; polls%20 == 1 { // slower than the machine, or a wait ends before it is seen
			b.Clock.Advance(500 * time.Millisecond)
		}
		return condition()
	})
}

func (b *bench) unheard() []ledger.Delivery {
	b.TB.Helper()
	out, err := b.store.Unheard(context.Background(), "acme", 100)
	if err != nil {
		b.TB.Fatal(err)
	}
	return out
}

// call is one request that a server got.
type call struct {
	path   string
	header http.Header
	body   string
}

// server answers with one status after the other, the last one for ever, and
// keeps what it was sent.
type server struct {
	mu     sync.Mutex
	calls  []call
	answer []func(http.ResponseWriter)
	url    string
}

func listen(t *testing.T, answer ...func(http.ResponseWriter)) *server {
	t.Helper()
	s := &server{answer: answer}
	http := httptest.NewServer(s)
	t.Cleanup(http.Close)
	s.url = http.URL
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call{r.URL.Path, r.Header.Clone(), string(body)})
	answer := s.answer[0]
	if len(s.answer) > 1 {
		s.answer = s.answer[1:]
	}
	answer(w)
}

func (s *server) seen() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]call(nil), s.calls...)
}

func answers(status int) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { w.WriteHeader(status) }
}
