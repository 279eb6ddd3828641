package execute_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/examples/provider"
)

// bench is a Bench in front of the example provider.
type bench struct {
	*executetest.Bench
	tool *provider.Provider
}

func start(t *testing.T) *bench {
	t.Helper()
	clock := clockwork.NewFakeClockAt(executetest.Start)
	var accounts []provider.Account
	for _, name := range []string{"acme", "globex"} {
		accounts = append(accounts, provider.Account{
			Name: name, StripeKey: executetest.Credential(name, "stripe"), ZendeskKey: "agent@" + name + ".example/token:" + executetest.Credential(name, "zendesk"),
		})
	}
	tool, err := provider.New(provider.Options{Clock: clock, Accounts: accounts})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{executetest.New(t, clock, tool.Handler()), tool}
}

// running is an engine that runs on a store of its own, as another process.
func (b *bench) running(owner string) *execute.Engine {
	b.TB.Helper()
	e := b.Engine(owner, b.Connect())
	b.Run(e)
	return e
}

// later moves the clock and lets an engine look.
func (b *bench) later(e *execute.Engine, d time.Duration) {
	b.Clock.Advance(d)
	e.Wake()
}

// refunded fails unless the provider made this many refunds of a charge.
func (b *bench) refunded(charge string, want int) {
	b.TB.Helper()
	if got := len(b.tool.Refunds(charge)); got != want {
		b.TB.Errorf("the provider made %d refunds of %s, want %d", got, charge, want)
	}
}

// sent fails unless exactly these attempts passed the door, and returns them.
func (b *bench) sent(attempts ...int) []executetest.Sent {
	b.TB.Helper()
	all := b.Door.Sent()
	if len(all) != len(attempts) {
		b.TB.Fatalf("%d effects passed, want %d", len(all), len(attempts))
	}
	for i, s := range all {
		if s.Order.Attempt != attempts[i] {
			b.TB.Errorf("effect %d is attempt %d, want %d", i, s.Order.Attempt, attempts[i])
		}
	}
	return all
}

// sameBytes fails unless two sendings cannot be told apart by the provider.
func sameBytes(t *testing.T, a, b executetest.Sent) {
	t.Helper()
	if a.Key == "" || a.Key != b.Key || a.Body != b.Body {
		t.Errorf("sent again with other bytes: %q %q, then %q %q", a.Key, a.Body, b.Key, b.Body)
	}
}

// claim is what the loop of an engine asks, for one that dies with what it got.
func claim(owner string) ledger.ClaimRequest {
	return ledger.ClaimRequest{Owner: owner, Limit: 16, Lease: 2 * time.Minute, SendWithin: execute.SendWithin, Settle: 2 * time.Minute}
}

// paused is a store of a process that sleeps right after it claimed something,
// and claims nothing more.
type paused struct {
	ledger.Store
	sleep func()
	slept bool
}

func (p *paused) Claim(ctx context.Context, q ledger.ClaimRequest) ([]ledger.Intent, error) {
	if p.slept {
		return nil, nil
	}
	claimed, err := p.Store.Claim(ctx, q)
	if len(claimed) > 0 {
		p.sleep()
		p.slept = true
	}
	return claimed, err
}

// overtaken is a ledger that a newer version has brought forward meanwhile: this one's
// outcomes are refused.
type overtaken struct{ ledger.Store }

func (s overtaken) Advance(ctx context.Context, step ledger.Step) (ledger.Intent, error) {
	if step.Outcome != nil {
		return ledger.Intent{}, errors.New("a newer version wrote it")
	}
	return s.Store.Advance(ctx, step)
}
