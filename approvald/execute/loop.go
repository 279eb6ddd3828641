package execute

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/reason"
)

// Run claims due intents and executes them until ctx ends, then waits for the
// attempts that are on their way. It erases what is kept no longer, too.
func (e *Engine) Run(ctx context.Context) error {
	ticker := e.clock.NewTicker(tick)
	defer ticker.Stop()
	var attempts sync.WaitGroup
	defer attempts.Wait()
	var erased time.Time
	for {
		e.claim(ctx, &attempts)
		if now := e.clock.Now(); now.Sub(erased) >= eraseEvery {
			erased = now
			e.erase(ctx)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.Chan():
		case <-e.wake:
		}
	}
}

// claim starts an attempt for everything that is due.
func (e *Engine) claim(ctx context.Context, attempts *sync.WaitGroup) {
	intents, err := e.store.Claim(ctx, ledger.ClaimRequest{
		Owner: e.owner, Limit: claimBatch, Lease: SendWithin + 2*maxToolTimeout + 2*skew, // facts, then the effect
		SendWithin: SendWithin, Settle: maxToolTimeout + skew,
	})
	if err != nil && ctx.Err() == nil {
		e.logger.Error("Due intents could not be claimed", "error", err)
	}
	for _, intent := range intents {
		attempts.Add(1)
		go func() {
			defer attempts.Done()
			defer e.survive(intent.ID)
			if err := e.attempt(context.WithoutCancel(ctx), intent); err != nil {
				e.logger.Error("An attempt could not be committed", "intent", intent.ID, "error", err)
			}
		}()
	}
	if len(intents) == claimBatch {
		e.Wake()
	}
}

// survive keeps an attempt that panics from ending the process. Its lease lapses,
// and what became of it is unknown.
func (e *Engine) survive(intent string) {
	if p := recover(); p != nil {
		e.logger.Error("An attempt panicked", "intent", intent, "panic", p, "stack", string(debug.Stack()))
	}
}

// attempt makes one attempt for a claimed intent.
func (e *Engine) attempt(ctx context.Context, intent ledger.Intent) error {
	t, ok := e.tenants.Get(intent.Tenant)
	if !ok {
		return e.rest(ctx, intent, reason.TenantAbsent, lastBackoff)
	}
	tool, ok := t.Tool(intent.Call.Tool)
	if !ok {
		return e.rest(ctx, intent, reason.ToolUnknown, lastBackoff)
	}
	by := Caller{Decision: intent.Decision, Identity: intent.Identity, Tenant: t, Tool: tool, Listener: e.waiters.Listener(intent.ID)}
	if intent.State == ledger.Unknown {
		return e.resend(ctx, by, intent)
	}
	intent, step, proceed := e.live(ctx, by, intent)
	if !proceed {
		_, err := e.advance(ctx, step)
		return err
	}
	_, err := e.effect(ctx, by, intent)
	return err
}

// resend repeats an Unknown attempt with the same bytes and the same provider
// key, inside the provider's dedupe window, before the end that its claim wrote
// down: whoever sleeps longer may find that another one has found out. It goes
// only where the first went, and only if today's policy allows it: perhaps the
// first had no effect. Else, and where the provider has no keys, a probe finds out,
// or a person.
func (e *Engine) resend(ctx context.Context, by Caller, intent ledger.Intent) error {
	act, ok := by.Tool.Catalog.Action(intent.Call.Action)
	if !ok {
		return e.rest(ctx, intent, reason.OutcomeUnknown, restUnknown)
	}
	if act.ProviderKey == "" || !e.clock.Now().Before(intent.SentAt.Add(act.DedupeWindow)) || intent.Target != e.Target(by.Tool, intent.Call) {
		return e.probe(ctx, by, act, intent)
	}
	// The facts are those of the first sending: it may have changed them itself.
	sums, err := e.sums(ctx, by, act, intent, intent.Facts)
	if err != nil {
		e.logger.Error("Sums could not be read", "intent", intent.ID, "error", err)
		return e.probe(ctx, by, act, intent)
	}
	if _, proceed := e.judge(by, act, intent, intent.Facts, sums); !proceed {
		return e.probe(ctx, by, act, intent)
	}
	_, err = e.effect(ctx, by, intent)
	return err
}

// rest puts a claimed intent back, to be looked at later. One that was never sent
// and whose tenant or tool does not come back is given up.
func (e *Engine) rest(ctx context.Context, intent ledger.Intent, code reason.Code, rest time.Duration) error {
	to := ledger.Approved
	switch {
	case intent.State == ledger.Unknown:
		to = ledger.Unknown
	case e.clock.Now().After(goodSince(intent).Add(goneFor)):
		to = ledger.Failed
	}
	_, err := e.advance(ctx, ledger.Step{
		Tenant: intent.Tenant, ID: intent.ID, Version: intent.Version, To: to,
		Actor: ActorGateway, Reason: code, NotBefore: rest,
	})
	return err
}
