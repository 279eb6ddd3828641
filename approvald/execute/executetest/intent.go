package executetest

import (
	"context"
	"sync"
	"time"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// patience ends a wait that would never end; it is no measurement.
const patience = 2 * time.Minute

// Billing is the agent of the examples, in a conversation with Ada.
func Billing() token.Identity {
	return token.Identity{
		Tenant: "acme", Agent: "billing-bot", TokenID: "tok_1",
		Session: token.Session{ID: "s1", Ticket: "1001", Customer: "cus_ada"},
	}
}

// Refund is a call of an agent; amount is in cents.
func Refund(charge, amount string) action.Request {
	return action.Request{
		Method: "POST", Path: "/stripe/v1/refunds", Body: []byte("charge=" + charge + "&amount=" + amount),
		Header: []action.Header{{Name: "content-type", Value: "application/x-www-form-urlencoded"}},
	}
}

// Comment is a call whose tool has no idempotency keys.
func Comment(text string) action.Request {
	return action.Request{
		Method: "PUT", Path: "/zendesk/api/v2/tickets/1001.json", Body: []byte(`{"ticket":{"comment":{"body":"` + text + `"}}}`),
		Header: []action.Header{{Name: "content-type", Value: "application/json"}},
	}
}

// Opened opens an intent for an owner without asking a policy: with a hold it
// waits, else it is Executing. It returns the caller too.
func (b *Bench) Opened(owner string, request action.Request, hold *policy.Hold) (execute.Caller, ledger.Intent) {
	b.TB.Helper()
	who := Billing()
	t, _ := b.Tenants.Get(who.Tenant)
	tool, call, _, refused := decision.Name("dec-1", t, request)
	if refused != nil {
		b.TB.Fatalf("%+v", refused)
	}
	by := execute.Caller{Decision: "dec-1", Identity: who, Tenant: t, Tool: tool}
	return by, b.OpenedCall(owner, by, call, hold)
}

// OpenedCall is Opened for a call that is named already.
func (b *Bench) OpenedCall(owner string, by execute.Caller, call action.Call, hold *policy.Hold) ledger.Intent {
	b.TB.Helper()
	t, tool, who := by.Tenant, by.Tool, by.Identity
	act, _ := tool.Catalog.Action(call.Action)
	facts, err := b.Client.Facts(context.Background(), by, act, call.Args)
	b.must(err)
	call.Args, err = act.Resolve(call.Args, facts)
	b.must(err)
	amount, _, err := act.Amount(call.Args, facts)
	b.must(err)
	key, err := act.BusinessKey(call.Args, facts)
	b.must(err)
	sums, reserve, err := execute.Sums(execute.Effect{Tenant: t, Tool: tool, Action: act, Identity: who, Call: call, Facts: facts, Amount: amount})
	b.must(err)
	opened, err := b.Store.Open(context.Background(), ledger.OpenRequest{
		Tenant: t.Name, Identity: who, Decision: by.Decision, Call: call, Facts: facts, BusinessKey: key, Amount: amount,
		Said: "Asked by <i>mail</i>.", Bundle: t.Version, Owner: owner, Lease: execute.LeaseFor(tool), SendWithin: execute.SendWithin,
		SameFor: t.Approvals.SameFor, DenyFor: t.Approvals.DenyCooldown, ExpireAfter: t.Approvals.ExpireAfter,
		Sums: sums, Reserve: reserve,
		Rule: func(ledger.Situation) ledger.Ruling { return ledger.Ruling{Reason: reason.Allowed, Hold: hold} },
	})
	b.must(err)
	return opened.Intent
}

// Approved opens an intent and approves it.
func (b *Bench) Approved(request action.Request) (execute.Caller, ledger.Intent) {
	b.TB.Helper()
	by, i := b.Opened("nobody", request, &policy.Hold{Group: "billing_leads", Votes: 1})
	i, err := b.Store.Vote(context.Background(), ledger.VoteRequest{Tenant: i.Tenant, Intent: i.ID, Person: "ann", Approve: true, Digest: i.Digest})
	b.must(err)
	return by, i
}

// Get reads an intent.
func (b *Bench) Get(i ledger.Intent) ledger.Intent {
	b.TB.Helper()
	got, err := b.Store.Get(context.Background(), i.Tenant, i.ID)
	b.must(err)
	return got
}

// Until waits for an intent to be in a state.
func (b *Bench) Until(i ledger.Intent, state ledger.State) ledger.Intent {
	b.TB.Helper()
	return b.When(i, string(state), func(i ledger.Intent) bool { return i.State == state })
}

// When waits for an intent to meet a condition.
func (b *Bench) When(i ledger.Intent, what string, meets func(ledger.Intent) bool) ledger.Intent {
	b.TB.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for now := b.Get(i); ; {
		if meets(now) {
			return now
		}
		next, err := b.Store.Watch(ctx, now.Tenant, now.ID, now.Version)
		if err != nil {
			b.TB.Fatalf("the intent never was %s, it is %s %s: %v", what, now.State, now.Reason, err)
		}
		now = next
	}
}

func (b *Bench) must(err error) {
	b.TB.Helper()
	if err != nil {
		b.TB.Fatal(err)
	}
}

// Records keeps records, and fails when it is told to.
type Records struct {
	mu   sync.Mutex
	all  []audit.Decision
	fail error
}

// Record implements execute.Recorder.
func (r *Records) Record(row audit.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return r.fail
	}
	r.all = append(r.all, *row.Decision)
	return nil
}

// Fail makes every record fail from now on; nil makes them succeed.
func (r *Records) Fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = err
}

// All is what was recorded.
func (r *Records) All() []audit.Decision {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]audit.Decision(nil), r.all...)
}
