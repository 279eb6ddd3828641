package ledgertest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// The times of the fixture's calls.
const (
	lease       = 30 * time.Second
	sendWithin  = 5 * time.Second
	settle      = 20 * time.Second
	sameFor     = 15 * time.Minute
	denyFor     = time.Hour
	expireAfter = 4 * time.Hour
	tick        = time.Microsecond // the finest time a store keeps
)

// fixture is one database with a store, and a second process beside it.
type fixture struct {
	*testing.T
	clock *clockwork.FakeClock
	store ledger.Store
	other ledger.Store
	third func() ledger.Store // connects as one more process
}

func newFixture(t *testing.T, connect Connect) *fixture {
	clock := clockwork.NewFakeClockAt(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	f := &fixture{T: t, clock: clock, store: connect(t, clock), other: connect(t, clock)}
	f.third = func() ledger.Store { return connect(t, clock) }
	t.Cleanup(f.close)
	return f
}

// close may be called again.
func (f *fixture) close() {
	for _, store := range []ledger.Store{f.store, f.other} {
		if err := store.Close(); err != nil {
			f.Error(err)
		}
	}
}

// edit changes the fixture's call.
type edit func(*ledger.OpenRequest)

func key(name string) edit  { return func(q *ledger.OpenRequest) { q.BusinessKey = name } }
func once(name string) edit { return func(q *ledger.OpenRequest) { q.Call.ClientKey = name } }
func rule(r func(ledger.Situation) ledger.Ruling) edit {
	return func(q *ledger.OpenRequest) { q.Rule = r }
}

// amount makes the call one of that many minor units, counted in a sum.
func amount(minor int64, currency string) edit {
	return func(q *ledger.OpenRequest) {
		q.Amount = money.Amount{Minor: minor, Currency: currency}
		q.Call.Args["amount"] = action.Value{Kind: action.Money, Int: minor, Text: currency}
		q.Sums = []ledger.SumQuery{{Name: "day", Key: q.Tenant + "/day/ch_1", Currency: currency}}
		q.Reserve = []ledger.Reservation{{Sum: "day", Key: q.Tenant + "/day/ch_1", Amount: q.Amount}}
	}
}

func held(votes int) edit {
	return rule(func(ledger.Situation) ledger.Ruling {
		return ledger.Ruling{Reason: reason.Held, Rule: "policy.csv:2", Hold: &policy.Hold{Group: "leads", Votes: votes}}
	})
}

// call is a refund that goes through, as edited.
func (f *fixture) call(edits ...edit) ledger.OpenRequest {
	now := f.clock.Now()
	q := ledger.OpenRequest{
		Tenant: "acme",
		Identity: token.Identity{
			Tenant: "acme", Agent: "refunds", Roles: []string{"billing"}, TokenID: "tok_1", IssuedAt: now, Expires: now.Add(time.Hour),
			Session: token.Session{ID: "s1", Ticket: "T-1", Customer: "cus_1"},
		},
		Decision: "dec-1",
		Call: action.Call{Tool: "stripe", Action: "stripe.refund.create", Args: action.Args{
			"charge": {Kind: action.ID, Text: "ch_1"},
		}},
		Facts:       action.Facts{"charge": {"customer": {Kind: action.ID, Text: "cus_1"}}},
		BusinessKey: "refund ch_1", Said: "the customer asked", Bundle: "b1", Target: "target", Owner: "one",
		Lease: lease, SendWithin: sendWithin, SameFor: sameFor, DenyFor: denyFor, ExpireAfter: expireAfter,
		Rule: func(ledger.Situation) ledger.Ruling {
			return ledger.Ruling{Reason: reason.Allowed, Rule: "policy.csv:1"}
		},
	}
	amount(4000, "USD")(&q)
	for _, e := range edits {
		e(&q)
	}
	return q
}

func (f *fixture) open(edits ...edit) ledger.Opened {
	f.Helper()
	opened, err := f.store.Open(context.Background(), f.call(edits...))
	f.must(err)
	return opened
}

// made opens an intent that must be new.
func (f *fixture) made(edits ...edit) ledger.Intent {
	f.Helper()
	opened := f.open(edits...)
	if opened.Relation != ledger.New {
		f.Fatalf("relation is %d, want a new intent", opened.Relation)
	}
	return opened.Intent
}

// advance moves an intent to a state, with what that state needs.
func (f *fixture) advance(i ledger.Intent, to ledger.State, edits ...func(*ledger.Step)) ledger.Intent {
	f.Helper()
	after, err := f.store.Advance(context.Background(), f.step(i, to, edits...))
	f.must(err)
	return after
}

func (f *fixture) step(i ledger.Intent, to ledger.State, edits ...func(*ledger.Step)) ledger.Step {
	s := ledger.Step{Tenant: i.Tenant, ID: i.ID, Version: i.Version, To: to, Actor: "gateway"}
	switch to {
	case ledger.Waiting:
		s.Hold, s.DueAfter = &policy.Hold{Group: "leads", Votes: 1}, expireAfter
	case ledger.Succeeded, ledger.Failed:
		s.Outcome = &ledger.Outcome{Status: 200, MediaType: "application/json", Body: []byte(`{"id":"re_1"}`), At: f.clock.Now(), RetryAt: f.clock.Now().Add(time.Minute)}
	case ledger.Executing:
		s.Target, s.SendWithin = "target", sendWithin
	default: // needs nothing
	}
	for _, e := range edits {
		e(&s)
	}
	return s
}

func delivered(s *ledger.Step) { s.Delivered = true }

func (f *fixture) vote(i ledger.Intent, person string, approve bool) ledger.Intent {
	f.Helper()
	after, err := f.store.Vote(context.Background(), ballot(i, person, approve))
	f.must(err)
	return after
}

func ballot(i ledger.Intent, person string, approve bool) ledger.VoteRequest {
	return ledger.VoteRequest{Tenant: i.Tenant, Intent: i.ID, Person: person, Approve: approve, Digest: i.Digest, Reason: "because"}
}

func (f *fixture) claim(owner string) []ledger.Intent {
	f.Helper()
	claimed, err := f.store.Claim(context.Background(), claimBy(owner, 10))
	f.must(err)
	return claimed
}

func claimBy(owner string, limit int) ledger.ClaimRequest {
	return ledger.ClaimRequest{Owner: owner, Limit: limit, Lease: lease, SendWithin: sendWithin, Settle: settle}
}

func (f *fixture) get(i ledger.Intent) ledger.Intent {
	f.Helper()
	got, err := f.other.Get(context.Background(), i.Tenant, i.ID)
	f.must(err)
	return got
}

// stored checks that another process reads exactly this intent.
func (f *fixture) stored(want ledger.Intent) {
	f.Helper()
	same(f, f.get(want), want)
}

// sum is what another process counts in the fixture's sum.
func (f *fixture) sum() int64 {
	f.Helper()
	sums, err := f.other.Sums(context.Background(), "acme", "", f.call().Sums)
	f.must(err)
	return sums["day"].Minor
}

// ship empties the outbox.
func (f *fixture) ship() []audit.Approval {
	f.Helper()
	var shipped []audit.Approval
	_, err := f.store.Outbox(context.Background(), 1000, func(rows []audit.Approval) error {
		shipped = append(shipped, rows...)
		return nil
	})
	f.must(err)
	return shipped
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func same[T any](f *fixture, got, want T) {
	f.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		f.Errorf("(-want +got)\n%s", diff)
	}
}
