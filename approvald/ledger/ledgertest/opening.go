package ledgertest

import (
	"context"
	"regexp"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
)

// expected is the intent that a call without a hold opens.
func (f *fixture) expected(q ledger.OpenRequest, id string) ledger.Intent {
	now := f.clock.Now()
	return ledger.Intent{
		ID: id, Version: 1, State: ledger.Executing, Tenant: q.Tenant, Identity: q.Identity, Decision: q.Decision,
		Call: q.Call, Digest: action.Digest(q.Call), Facts: q.Facts, BusinessKey: q.BusinessKey, Occurrence: 1, Attempt: 1, Target: q.Target,
		Amount: q.Amount, Said: q.Said, Bundle: q.Bundle, Rule: "policy.csv:1", CreatedAt: now, UpdatedAt: now,
		LeaseOwner: q.Owner, LeaseUntil: now.Add(lease), SendBefore: now.Add(sendWithin), SentAt: now,
	}
}

func newIntent(f *fixture) {
	opened := f.open(once("k1"))
	if !regexp.MustCompile(`^int_[0-9a-hjkmnp-tv-z]{20}$`).MatchString(opened.Intent.ID) {
		f.Errorf("the id is %q", opened.Intent.ID)
	}
	want := f.expected(f.call(once("k1")), opened.Intent.ID)
	same(f, opened, ledger.Opened{Relation: ledger.New, Intent: want, Ruling: f.call().Rule(ledger.Situation{})})
	f.stored(want)
}

func heldIntent(f *fixture) {
	got := f.made(held(2))
	want := f.expected(f.call(), got.ID)
	want.State, want.Attempt, want.Rule, want.Hold = ledger.Waiting, 0, "policy.csv:2", &policy.Hold{Group: "leads", Votes: 2}
	want.DueAt = f.clock.Now().Add(expireAfter)
	want.Target, want.LeaseOwner, want.LeaseUntil, want.SendBefore, want.SentAt = "", "", time.Time{}, time.Time{}, time.Time{}
	same(f, got, want)
	f.stored(want)
	// Roles that narrow to nothing are not the same as roles that do not narrow.
	for name, roles := range map[string][]string{"nil": nil, "none": {}} {
		i := f.made(key(name), func(q *ledger.OpenRequest) { q.Identity.Roles = roles })
		if got := f.get(i).Identity.Roles; (got == nil) != (roles == nil) || len(got) != 0 {
			f.Errorf("roles %s came back as %#v", name, got)
		}
	}
}

func refusal(f *fixture) {
	no := ledger.Ruling{Refuse: true, Reason: reason.PolicyDenied, Rule: "policy.csv:9", Say: "not today"}
	opened := f.open(once("k1"), rule(func(ledger.Situation) ledger.Ruling { return no }))
	same(f, opened, ledger.Opened{Relation: ledger.Refused, Ruling: no})
	same(f, f.ship(), nil)
	same(f, f.sum(), int64(0))
	f.made(once("k1"), key("other arguments are fine: the key was not taken"), amount(1, "USD"))
	failed := to(ledger.Failed)(f)
	opened = f.open(rule(func(ledger.Situation) ledger.Ruling { return no }))
	same(f, opened, ledger.Opened{Relation: ledger.Refused, Ruling: no})
	f.stored(failed)
}

func badRequests(f *fixture) {
	for name, bad := range map[string]edit{
		"no tenant":       func(q *ledger.OpenRequest) { q.Tenant, q.Identity.Tenant = "", "" },
		"another tenant":  func(q *ledger.OpenRequest) { q.Identity.Tenant = "other" },
		"no business key": key(""),
		"no owner":        func(q *ledger.OpenRequest) { q.Owner = "" },
		"no rule":         rule(nil),
		"no lease":        func(q *ledger.OpenRequest) { q.Lease = 0 },
		"no sending":      func(q *ledger.OpenRequest) { q.SendWithin = 0 },
		"no expiry":       func(q *ledger.OpenRequest) { q.ExpireAfter = 0 },
		"negative amount": amount(-1, "USD"),
		"no currency":     amount(1, ""),
		"hold of no vote": held(0),
	} {
		if opened, err := f.store.Open(context.Background(), f.call(bad)); err == nil {
			f.Errorf("%s: opened %+v", name, opened)
		}
	}
	same(f, f.ship(), nil)
}

func misusedKey(f *fixture) {
	f.made(once("k1"))
	opened := f.open(once("k1"), key("refund more"), amount(9000, "USD"))
	same(f, opened, ledger.Opened{Relation: ledger.Refused, Ruling: ledger.Ruling{
		Refuse: true, Reason: reason.InputInvalid, Say: "this idempotency key was used before with other arguments",
	}})
	same(f, len(f.ship()), 1)
}

func aliases(f *fixture) {
	first := f.made(once("k1"))
	same(f, f.open(once("k2")).Relation, ledger.Joined)
	first = f.advance(first, ledger.Succeeded, delivered)
	f.clock.Advance(24 * time.Hour)
	for _, k := range []string{"k1", "k2"} {
		opened := f.open(once(k))
		same(f, opened, ledger.Opened{Relation: ledger.Replayed, Intent: named(first, first.Call.ClientKey)})
	}
	// The keys still name the first when the effect was repeated since.
	next := f.made(once("k3"))
	same(f, next.Occurrence, 2)
	same(f, f.open(once("k2")).Intent.ID, first.ID)
	same(f, f.open(once("k3")).Intent.ID, next.ID)
	same(f, f.open().Intent.ID, next.ID)
}

func named(i ledger.Intent, clientKey string) ledger.Intent {
	i.Call.ClientKey = clientKey
	return i
}

func scopes(f *fixture) {
	f.made(once("k1"))
	for _, apart := range []edit{
		func(q *ledger.OpenRequest) { q.Identity.Agent = "support" },
		func(q *ledger.OpenRequest) { q.Identity.Session.ID = "s2" },
		func(q *ledger.OpenRequest) { q.Call.Tool = "stripe-eu" },
		func(q *ledger.OpenRequest) { q.Tenant, q.Identity.Tenant = "globex", "globex" },
	} {
		f.made(once("k1"), apart)
	}
}

// The rest of a charge resolves to another amount once it was refunded.
func askedDigest(f *fixture) {
	asked := func(q *ledger.OpenRequest) { q.Asked = "digest of the rest" }
	first := f.made(once("k1"), asked)
	opened := f.open(once("k1"), asked, amount(0, "USD"))
	same(f, []any{opened.Relation, opened.Intent.ID}, []any{ledger.Joined, first.ID})
}

func delivery(f *fixture) {
	first := f.advance(f.made(once("k1")), ledger.Succeeded)
	replay := f.open(once("k2"))
	want := first
	want.Delivered = true
	same(f, replay, ledger.Opened{Relation: ledger.Replayed, Intent: want})
	f.stored(want)
	same(f, f.open(once("k2")).Relation, ledger.Replayed)
	same(f, f.open(once("k3")).Relation, ledger.New)
}

// deliveredElsewhere: who waited beside another process has the outcome too.
func deliveredElsewhere(f *fixture) {
	waits := f.made(once("k1"))
	f.must(f.other.Deliver(context.Background(), waits.Tenant, waits.ID))
	f.stored(waits)
	want := f.advance(waits, ledger.Succeeded)
	f.must(f.other.Deliver(context.Background(), want.Tenant, want.ID))
	want.Delivered = true
	f.stored(want)
	same(f, f.open(once("k2")).Relation, ledger.New)
}

func retriedCall(f *fixture) {
	first := f.advance(f.made(once("k1"), held(1)), ledger.Waiting)
	first = f.vote(first, "ana", true)
	same(f, len(f.claim("one")), 1)
	first = f.advance(f.get(first), ledger.Failed)
	f.clock.Advance(time.Minute)
	edits := []edit{once("k2"), amount(5000, "USD"), func(q *ledger.OpenRequest) {
		q.Identity.TokenID, q.Decision, q.Bundle, q.Owner = "tok_2", "dec-2", "b2", "two"
	}}
	got := f.open(edits...)
	want := f.expected(f.call(edits...), first.ID)
	want.Version, want.Attempt, want.Failures, want.CreatedAt, want.DueAt = first.Version+1, 2, 1, first.CreatedAt, first.DueAt
	same(f, got, ledger.Opened{Relation: ledger.Retried, Intent: want, Ruling: f.call().Rule(ledger.Situation{})})
	f.stored(want)
	// And waiting anew: the attempt counts when it is sent.
	failed := f.advance(want, ledger.Failed)
	again := f.open(held(1))
	same(f, []any{again.Relation, again.Intent.ID, again.Intent.State, again.Intent.Attempt, len(again.Intent.Votes)},
		[]any{ledger.Retried, failed.ID, ledger.Waiting, 2, 0})
	f.stored(again.Intent)
}
