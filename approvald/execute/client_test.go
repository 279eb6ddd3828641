package execute_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// parcel is an effect with any body.
func parcel(b *bench, body string) execute.Parcel {
	return execute.Parcel{
		Tool: &tenant.Tool{Name: "stripe", Timeout: 10 * time.Second}, KeyHeader: "idempotency-key", ProviderKey: "spk_1",
		Request: action.Request{Method: http.MethodPost, Path: "/v1/refunds", Body: []byte(body)},
		Order: grant.Order{
			Admission: "dec-1", Purpose: grant.PurposeEffect, Tenant: "acme", Agent: "billing-bot", SessionID: "s1", TokenID: "t1",
			Intent: "int_1", Attempt: 1, SendUntil: b.Clock.Now().Add(time.Second),
		},
	}
}

// net/http repeats requests by itself when a kept connection breaks, and takes
// an idempotency key for leave to repeat a POST. Whether to send again is the
// ledger's decision alone.
func TestClientNeverRepeats(t *testing.T) {
	for name, body := range map[string]string{"with a body": "charge=ch_1", "without a body": ""} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.Door.Next("POST", executetest.Answer(200, "{}"))
			if _, err := b.Client.Send(context.Background(), parcel(b, body)); err != nil {
				t.Fatal(err) // the connection is kept
			}
			var tries atomic.Int32
			drop := func(w http.ResponseWriter, r *http.Request, pass func()) {
				tries.Add(1)
				executetest.Drop(w, r, pass)
			}
			b.Door.Next("POST", drop, drop, drop)
			r, err := b.Client.Send(context.Background(), parcel(b, body))
			if err == nil || r.NotSent != "" || tries.Load() != 1 {
				t.Errorf("sent %d times; not sent %q, error %v", tries.Load(), r.NotSent, err)
			}
		})
	}
}

func TestClientFollowsNoRedirect(t *testing.T) {
	b := start(t)
	b.Door.Next("POST", func(w http.ResponseWriter, _ *http.Request, _ func()) {
		w.Header().Set("location", "/stripe/v1/other")
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
	if r, err := b.Client.Send(context.Background(), parcel(b, "a=b")); err != nil || r.Status != http.StatusTemporaryRedirect {
		t.Errorf("%d %v", r.Status, err)
	}
}

// An answer that was cut proves nothing; one that could not be asked for does.
func TestClientSaysWhatIsProved(t *testing.T) {
	for name, c := range map[string]struct {
		event   executetest.Event
		change  func(*execute.Parcel)
		notSent reason.Code
		fails   bool
	}{
		"an answer":             {executetest.Answer(200, "{}"), nil, "", false},
		"the largest answer":    {executetest.Answer(200, strings.Repeat("x", 1<<20)), nil, "", false},
		"an answer too large":   {executetest.Answer(200, strings.Repeat("x", 1<<20+1)), nil, "", true},
		"Envoy's mark":          {executetest.NotSent("1"), nil, reason.ToolUnreachable, false},
		"the check's reason":    {executetest.NotSent(reason.OrderLate), nil, reason.OrderLate, false},
		"no answer":             {executetest.Drop, nil, "", true},
		"an order without much": {nil, func(p *execute.Parcel) { p.Order.Tenant = "" }, reason.Internal, true},
		"a method that is none": {nil, func(p *execute.Parcel) { p.Request.Method = "NO METHOD" }, reason.Internal, true},
		"changed on the way":    {swapped, nil, reason.OrderInvalid, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			if c.event != nil {
				b.Door.Next("POST", c.event)
			}
			p := parcel(b, "a=b")
			if c.change != nil {
				c.change(&p)
			}
			r, err := b.Client.Send(context.Background(), p)
			if r.NotSent != c.notSent || (err != nil) != c.fails {
				t.Errorf("not sent %q, error %v", r.NotSent, err)
			}
		})
	}
}

// swapped changes the provider's key between approvald and the check.
func swapped(_ http.ResponseWriter, r *http.Request, pass func()) {
	r.Header.Set("idempotency-key", "spk_2")
	pass()
}

// Why a fact is missing is told apart, and no error quotes what the tool said.
func TestFacts(t *testing.T) {
	for name, c := range map[string]struct {
		event  executetest.Event
		reason reason.Code
	}{
		"not there":     {executetest.Answer(404, `{"error":{"message":"secret-7"}}`), reason.FactsUnavailable},
		"another shape": {executetest.Answer(200, `{"customer":"secret-7"}`), reason.FactsMismatch},
		"broken":        {executetest.Answer(500, `{"error":{"message":"secret-7"}}`), reason.ToolUnreachable},
		"not sent":      {executetest.NotSent("1"), reason.ToolUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			by, _ := b.Opened("one", executetest.Refund("ch_ada_1000", "100"), nil)
			act, _ := by.Tool.Catalog.Action("stripe.refund.create")
			b.Door.Next("GET", c.event)
			facts, err := b.Client.Facts(context.Background(), by, act, action.Args{"charge": {Kind: action.ID, Text: "ch_ada_1000"}})
			if err == nil || facts != nil || execute.FactsReason(err) != c.reason {
				t.Fatalf("%v %v", facts, err)
			}
			if strings.Contains(err.Error(), "secret-7") {
				t.Errorf("the error quotes the tool: %v", err)
			}
		})
	}
}
