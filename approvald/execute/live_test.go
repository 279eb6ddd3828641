package execute_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
)

// Between an approval and its execution the world goes on: the policy that is
// live then has the last word.
func TestLivePolicyDecidesAgain(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		state    ledger.State
		hold     policy.Hold
	}{
		"the same":        {"hold:billing_leads", "hold:billing_leads", ledger.Succeeded, policy.Hold{Group: "billing_leads", Votes: 1}},
		"weaker":          {"once; hold:billing_leads", "once", ledger.Succeeded, policy.Hold{Group: "billing_leads", Votes: 1}},
		"other people":    {"hold:billing_leads", "hold:auditors", ledger.Waiting, policy.Hold{Group: "auditors", Votes: 1}},
		"more people":     {"hold:billing_leads", "hold:billing_leads:2", ledger.Waiting, policy.Hold{Group: "billing_leads", Votes: 2}},
		"a deny":          {"> money('500 USD')", "> money('50 USD')", ledger.Denied, policy.Hold{Group: "billing_leads", Votes: 1}},
		"no rule at all":  {"g, billing-bot, billing", "g, other-bot, billing", ledger.Denied, policy.Hold{Group: "billing_leads", Votes: 1}},
		"another session": {"!= session.customer", "== session.customer", ledger.Denied, policy.Hold{Group: "billing_leads", Votes: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			_, i := b.Approved(executetest.Refund("ch_ada_1000", "10000"))
			b.Load("acme", executetest.Replace(t, "policy.csv", c.from, c.to))
			e := b.running("one")
			e.Wake()
			got := b.Until(i, c.state)
			if *got.Hold != c.hold {
				t.Errorf("held by %+v", *got.Hold)
			}
			want := 0
			if c.state == ledger.Succeeded {
				want = 1
			}
			b.refunded("ch_ada_1000", want)
			if c.state == ledger.Waiting && len(got.Votes) != 0 {
				t.Errorf("votes on another question still count: %+v", got.Votes)
			}
		})
	}
}

// A person's yes to 40 USD is no yes to 80: what happened to the charge since
// counts, the intent's own reservation does not.
func TestLiveSums(t *testing.T) {
	b := start(t)
	b.Door.Next("POST", executetest.NotSent("1"))
	e := b.Engine("one", b.Store)
	by, first := b.Opened("one", executetest.Refund("ch_ada_1000", "4000"), nil)
	if first, err := e.Now(context.Background(), by, first); err != nil || first.State != ledger.Approved {
		t.Fatalf("%s: %v", first.State, err)
	}
	by, second := b.Opened("one", executetest.Refund("ch_ada_1000", "4001"), nil)
	if second, err := e.Now(context.Background(), by, second); err != nil || second.State != ledger.Succeeded {
		t.Fatalf("%s: %v", second.State, err)
	}
	b.Run(e)
	b.later(e, time.Second)
	if got := b.Until(first, ledger.Waiting); got.Hold.Group != "billing_leads" {
		t.Errorf("held by %+v", got.Hold)
	}
	b.refunded("ch_ada_1000", 1)
}

// What cannot be asked again, or not be recorded, is not sent; it waits.
func TestNothingIsSentUnasked(t *testing.T) {
	for name, c := range map[string]struct {
		breaks func(*bench)
		mends  func(*bench)
		reason reason.Code
	}{
		"facts": {
			func(b *bench) { b.Door.Next("GET", executetest.Answer(500, "{}")) },
			func(*bench) {}, reason.ToolUnreachable,
		},
		"record": {
			func(b *bench) { b.Records.Fail(errors.New("the disk is full")) },
			func(b *bench) { b.Records.Fail(nil) }, reason.RecordUnavailable,
		},
		"tool": {
			func(b *bench) {
				b.Load("acme", func(f map[string]string) {
					executetest.Replace(t, "tools.yaml", "name: stripe", "name: other")(f)
				})
			},
			func(b *bench) { b.Load("acme", nil) }, reason.ToolUnknown,
		},
		"tenant": {
			func(b *bench) { b.Tenants.Update(nil, []string{"acme"}) },
			func(b *bench) { b.Load("acme", nil) }, reason.TenantAbsent,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			_, i := b.Approved(executetest.Refund("ch_ada_1000", "10000"))
			c.breaks(b)
			e := b.running("one")
			e.Wake()
			back := b.When(i, "put back", func(n ledger.Intent) bool { return n.State == ledger.Approved && n.Attempt == 1 })
			if back.Reason != c.reason {
				t.Errorf("reason %s", back.Reason)
			}
			b.sent()
			c.mends(b)
			b.later(e, time.Minute)
			b.Until(i, ledger.Succeeded)
			b.refunded("ch_ada_1000", 1)
		})
	}
}

// An outcome counts as delivered only when an agent is there to get it.
func TestDeliveredToWhoWaits(t *testing.T) {
	b := start(t)
	e := b.Engine("one", b.Store)
	for name, c := range map[string]struct {
		amount string
		join   func(id string)
		want   bool
	}{
		"nobody":      {"101", func(string) {}, false},
		"one":         {"102", func(id string) { e.Waiters().Join(id, nil) }, true},
		"one left":    {"103", func(id string) { e.Waiters().Join(id, nil)() }, false},
		"one of two":  {"104", func(id string) { e.Waiters().Join(id, nil); e.Waiters().Join(id, nil)() }, true},
		"left twice":  {"105", func(id string) { e.Waiters().Join(id, nil); leave := e.Waiters().Join(id, nil); leave(); leave() }, true},
		"another one": {"106", func(string) { e.Waiters().Join("int_other", nil) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			by, i := b.Opened("one", executetest.Refund("ch_ada_1000", c.amount), nil)
			c.join(i.ID)
			if got, err := e.Now(context.Background(), by, i); err != nil || got.Delivered != c.want {
				t.Errorf("delivered %v: %v", got.Delivered, err)
			}
		})
	}
}

// Stopping waits for what is on its way, and the loop starts nothing more.
func TestStopWaitsForAttempts(t *testing.T) {
	b := start(t)
	_, i := b.Approved(executetest.Refund("ch_ada_1000", "10000"))
	event, reached, resume := executetest.Pause()
	defer resume()
	b.Door.Next("POST", event)
	stop := b.Run(b.Engine("one", b.Store))
	<-reached
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	select {
	case <-stopped:
		t.Fatal("stopped in the middle of an effect")
	default:
	}
	resume()
	<-stopped
	if got := b.Get(i); got.State != ledger.Succeeded {
		t.Errorf("state %s after the stop", got.State)
	}
}

func TestOptionsAreNeeded(t *testing.T) {
	if _, err := execute.NewEngine(execute.Options{}); err == nil {
		t.Error("an engine without anything")
	}
}
