package approvald_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald"
	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/examples/provider"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// bench is the mediated lane, in front of the example provider.
type bench struct {
	*executetest.Bench
	tool   *provider.Provider
	engine *execute.Engine
	serves *approvald.Handler
	url    string
	asked  int
}

// change edits what a Handler is made of.
type change func(*approvald.HandlerOptions)

func start(t *testing.T, changes ...change) *bench {
	t.Helper()
	clock := clockwork.NewFakeClockAt(executetest.Start)
	tool, err := provider.New(provider.Options{Clock: clock, Accounts: []provider.Account{{
		Name: "acme", StripeKey: executetest.Credential("acme", "stripe"), ZendeskKey: "agent@acme.example/token:" + executetest.Credential("acme", "zendesk"),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Bench: executetest.New(t, clock, tool.Handler()), tool: tool}
	b.engine = b.Engine("one", b.Store)
	o := approvald.HandlerOptions{
		Tenants: b.Tenants, Opener: grant.NewOpener(b.Ring), Store: b.Store, Engine: b.engine, Client: b.Client,
		Recorder: b.Records, Owner: "one", Revoked: &token.Revoked{}, Clock: b.Clock, Logger: b.Log.Logger(),
	}
	for _, c := range changes {
		c(&o)
	}
	handler, err := approvald.NewHandler(o)
	if err != nil {
		t.Fatal(err)
	}
	b.serves = handler
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

// ask is a call on its way from the agent listener.
type ask struct {
	request   action.Request
	admission grant.Admission
	header    http.Header
}

// admitted seals what the agent check would say about a request.
func (b *bench) admitted(request action.Request, clientKey string) ask {
	b.TB.Helper()
	b.asked++
	if clientKey != "" {
		request.Header = append(request.Header, action.Header{Name: "idempotency-key", Value: clientKey})
	}
	t, _ := b.Tenants.Get("acme")
	id := wire.DecisionID(fmt.Sprintf("r%d", b.asked))
	tool, call, act, refused := decision.Name(id, t, request)
	if refused != nil {
		b.TB.Fatalf("%+v", refused)
	}
	who := executetest.Billing()
	a := ask{request: request, header: http.Header{}, admission: grant.Admission{
		Decision: id, Tenant: t.Name, Agent: who.Agent, SessionID: who.Session.ID, Ticket: who.Session.Ticket, Customer: who.Session.Customer,
		TokenID: who.TokenID, Tool: tool.Name, Action: act.Name, Digest: action.Digest(call), ClientKey: call.ClientKey,
		Bundle: t.Version, Effect: act.Effect, Expires: b.Clock.Now().Add(30 * time.Second),
	}}
	a.header.Set(wire.RequestID, strings.TrimPrefix(id, wire.DecisionPrefix))
	a.header.Set(wire.HeaderTenant, t.Name)
	for _, h := range request.Header {
		a.header.Add(h.Name, h.Value)
	}
	return a
}

// got is an answer to an agent.
type got struct {
	status int
	header http.Header
	body   string
}

// code is the reason code in a Stripe-shaped answer.
func (g got) code() string {
	var body struct {
		Error struct{ Code string }
	}
	_ = json.Unmarshal([]byte(g.body), &body)
	return body.Error.Code
}

// send brings a call to approvald. It fails when the agent leaves.
func (b *bench) send(ctx context.Context, a ask) (got, error) {
	b.TB.Helper()
	if a.header.Get(wire.HeaderAdmission) == "" {
		sealed, err := grant.NewSealer(b.Ring).Admission(a.admission)
		if err != nil {
			return got{}, err
		}
		a.header.Set(wire.HeaderAdmission, sealed)
	}
	request, err := http.NewRequestWithContext(ctx, a.request.Method, b.url+a.request.Path, strings.NewReader(string(a.request.Body)))
	if err != nil {
		return got{}, err
	}
	request.Header = a.header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return got{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return got{response.StatusCode, response.Header, string(body)}, err
}

// refund asks for a refund of one of Ada's charges, and waits for the answer.
func (b *bench) refund(charge, amount, clientKey string) got {
	b.TB.Helper()
	g, err := b.send(context.Background(), b.admitted(executetest.Refund(charge, amount), clientKey))
	if err != nil {
		b.TB.Fatal(err)
	}
	return g
}

// held asks for a refund and returns once approvald holds the call: its timer
// runs beside the engine's ticker.
func (b *bench) held(charge, amount, clientKey string) (answer <-chan got, leave func()) {
	b.TB.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // the end of a hang
	b.TB.Cleanup(cancel)
	a := b.admitted(executetest.Refund(charge, amount), clientKey)
	out := make(chan got, 1)
	go func() {
		defer close(out)
		if g, err := b.send(ctx, a); err == nil {
			out <- g
		}
	}()
	b.timers(2)
	return out, cancel
}

// timers waits until this many timers run on the clock.
func (b *bench) timers(n int) {
	b.TB.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := b.Clock.BlockUntilContext(ctx, n); err != nil {
		b.TB.Fatal(err)
	}
}

// running runs the engine.
func (b *bench) running() {
	b.TB.Helper()
	b.Run(b.engine)
	b.timers(1)
}

// intents are acme's, newest first.
func (b *bench) intents() []ledger.Intent {
	b.TB.Helper()
	all, err := b.Store.List(context.Background(), ledger.Filter{Tenant: "acme"})
	if err != nil {
		b.TB.Fatal(err)
	}
	return all
}

// newest is the newest intent.
func (b *bench) newest() ledger.Intent {
	b.TB.Helper()
	all := b.intents()
	if len(all) == 0 {
		b.TB.Fatal("there is no intent")
	}
	return all[0]
}

// votes lets Ann vote, as the Desk would.
func (b *bench) votes(i ledger.Intent, approve bool, why string) {
	b.TB.Helper()
	if _, err := b.Store.Vote(context.Background(), ledger.VoteRequest{
		Tenant: i.Tenant, Intent: i.ID, Person: "ann", Approve: approve, Digest: i.Digest, Reason: why,
	}); err != nil {
		b.TB.Fatal(err)
	}
	b.engine.Wake()
}

// refunded fails unless the provider made this many refunds of a charge.
func (b *bench) refunded(charge string, want int) {
	b.TB.Helper()
	if n := len(b.tool.Refunds(charge)); n != want {
		b.TB.Errorf("the provider made %d refunds of %s, want %d", n, charge, want)
	}
}

// expect fails unless an answer has a status and, when it refuses, a code.
func expect(t *testing.T, g got, status int, code string) {
	t.Helper()
	if g.status != status || g.code() != code {
		t.Errorf("got %d %s, want %d %q", g.status, g.body, status, code)
	}
}
