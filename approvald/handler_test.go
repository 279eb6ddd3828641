package approvald_test

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/wire"
)

// An admission is good for exactly the call it was sealed for. Whatever else
// arrives opens nothing and reaches no tool.
func TestAdmissionIsForOneCall(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*bench, *ask)
		status int
		code   string
	}{
		"as it was sealed":        {func(*bench, *ask) {}, 200, ""},
		"none":                    {func(_ *bench, a *ask) { a.header.Set(wire.HeaderAdmission, "none") }, 500, "admission_invalid"},
		"an order in its place":   {func(b *bench, a *ask) { a.header.Set(wire.HeaderAdmission, b.order(*a)) }, 500, "admission_invalid"},
		"of other keys":           {func(b *bench, a *ask) { a.header.Set(wire.HeaderAdmission, b.foreign(*a)) }, 500, "admission_invalid"},
		"expired":                 {func(b *bench, a *ask) { b.Clock.Advance(30 * time.Second) }, 500, "admission_invalid"},
		"a larger amount":         {func(_ *bench, a *ask) { a.request = executetest.Refund("ch_ada_1000", "4001") }, 500, "admission_invalid"},
		"another charge":          {func(_ *bench, a *ask) { a.request = executetest.Refund("ch_ada_450", "4000") }, 500, "admission_invalid"},
		"another idempotency key": {func(_ *bench, a *ask) { a.header.Set("idempotency-key", "k-2") }, 500, "admission_invalid"},
		"no idempotency key":      {func(_ *bench, a *ask) { a.header.Del("idempotency-key") }, 500, "admission_invalid"},
		"another request":         {func(_ *bench, a *ask) { a.header.Set(wire.RequestID, "other") }, 500, "admission_invalid"},
		"another tool":            {func(_ *bench, a *ask) { a.admission.Tool = "zendesk" }, 500, "admission_invalid"},
		"another action":          {func(_ *bench, a *ask) { a.admission.Action = "stripe.charge.get" }, 500, "admission_invalid"},
		"sealed as a read":        {func(_ *bench, a *ask) { a.admission.Effect = false }, 500, "admission_invalid"},
		"at another tenant":       {func(_ *bench, a *ask) { a.header.Set(wire.HeaderTenant, "globex") }, 500, "admission_invalid"},
		"at no tenant":            {func(_ *bench, a *ask) { a.header.Set(wire.HeaderTenant, "absent") }, 401, ""},
		"with an input too many":  {func(_ *bench, a *ask) { a.request.Body = append(a.request.Body, "&extra=1"...) }, 400, "input_unlisted"},
		"with the gateway's mark": {func(_ *bench, a *ask) {
			a.request.Body = append(a.request.Body, "&metadata%5Bsallyport_effect%5D=spe_0123456789abcdef0123456789abcdef"...)
		}, 400, "input_unlisted"},
		"with a header too many": {func(_ *bench, a *ask) { a.header.Set("stripe-account", "acct_1") }, 400, "input_unlisted"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			a := b.admitted(executetest.Refund("ch_ada_1000", "4000"), "k-1")
			c.change(b, &a)
			g, err := b.send(context.Background(), a)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, g, c.status, c.code)
			want := 0
			if c.status == http.StatusOK {
				want = 1
			}
			if n := len(b.intents()); n != want || len(b.tool.Requests()) != 2*want {
				t.Errorf("%d intents, %d requests at the tool", n, len(b.tool.Requests()))
			}
		})
	}
}

// order seals the same words for another purpose.
func (b *bench) order(a ask) string {
	b.TB.Helper()
	sealed, err := grant.NewSealer(b.Ring).Order(grant.Order{
		Admission: a.admission.Decision, Nonce: "n", Purpose: grant.PurposeRead, Tenant: "acme", Agent: "billing-bot", SessionID: "s1",
		TokenID: "t", Tool: "stripe", Envoy: "e", Body: a.admission.Digest, SendUntil: b.Clock.Now().Add(time.Minute),
	})
	if err != nil {
		b.TB.Fatal(err)
	}
	return sealed
}

// foreign seals an admission as another gateway would.
func (b *bench) foreign(a ask) string {
	b.TB.Helper()
	ring, err := keyring.Open(filepath.Join(b.TB.TempDir(), "other"))
	if err != nil {
		b.TB.Fatal(err)
	}
	sealed, err := grant.NewSealer(ring).Admission(a.admission)
	if err != nil {
		b.TB.Fatal(err)
	}
	return sealed
}

// A mediated read needs no ledger, and its answer is the tool's own.
func TestRead(t *testing.T) {
	read := action.Request{Method: "GET", Path: "/stripe/v1/charges/ch_ada_80"}
	for name, c := range map[string]struct {
		event  executetest.Event
		status int
		code   string
	}{
		"answered":           {nil, 200, ""},
		"absent":             {executetest.Answer(404, `{"error":{"code":"resource_missing"}}`), 403, "facts_unavailable"},
		"not sent":           {executetest.NotSent("1"), 503, "tool_unreachable"},
		"refused by a check": {executetest.NotSent("policy_denied"), 403, "policy_denied"},
		"without any answer": {executetest.Drop, 503, "tool_unreachable"},
		"the check is closed": {func(w http.ResponseWriter, _ *http.Request, _ func()) {
			executetest.NotSent("gateway_unavailable")(w, nil, nil)
		}, 503, "gateway_unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			if c.event != nil {
				b.Door.Next("GET", c.event, c.event)
			}
			g, err := b.send(context.Background(), b.admitted(read, ""))
			if err != nil {
				t.Fatal(err)
			}
			expect(t, g, c.status, c.code)
			if len(b.intents()) != 0 {
				t.Error("a read opened an intent")
			}
		})
	}
}

// A read whose rule waits for no facts is one request to the tool; one whose rule
// does is decided by them.
func TestReadFetchesOnlyWhatItWaitsFor(t *testing.T) {
	for path, want := range map[string]int{"/stripe/v1/customers/cus_ada": 1, "/stripe/v1/charges/ch_ada_80": 2, "/zendesk/api/v2/tickets/1001.json": 1} {
		b := start(t)
		g, err := b.send(context.Background(), b.admitted(action.Request{Method: "GET", Path: path}, ""))
		if err != nil {
			t.Fatal(err)
		}
		expect(t, g, 200, "")
		if sent := b.tool.Requests(); len(sent) != want {
			t.Errorf("%s: %d requests to the tool, want %d", path, len(sent), want)
		}
	}
}

func TestOptionsAreNeeded(t *testing.T) {
	if _, err := approvald.NewHandler(approvald.HandlerOptions{}); err == nil {
		t.Error("a handler without anything")
	}
}
