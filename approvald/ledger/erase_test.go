package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/token"
)

// asked leaves an effect with a key of its own, held or on its way.
func asked(t *testing.T, s *ledger.SQL, key string, hold *policy.Hold) ledger.Intent {
	t.Helper()
	o, err := s.Open(context.Background(), ledger.OpenRequest{
		Tenant: "acme", Identity: token.Identity{Tenant: "acme", Agent: "a"}, BusinessKey: key, Owner: "o",
		Call:  action.Call{Tool: "stripe", Action: "stripe.refund.create", Args: action.Args{"note": {Kind: action.String, Text: secrets[0]}}},
		Lease: time.Minute, SendWithin: time.Second, ExpireAfter: time.Hour, SameFor: 24 * time.Hour,
		Rule: func(ledger.Situation) ledger.Ruling { return ledger.Ruling{Hold: hold} },
	})
	if err != nil {
		t.Fatal(err)
	}
	return o.Intent
}

// A row that cannot be read keeps no other of its tenant from being shown, claimed
// or expired, and is done nothing with.
func oneOfMany(v *vault) {
	clock := clockwork.NewFakeClockAt(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	s := store(v.T, v.db, v.keys, clock)
	hold := &policy.Hold{Group: "leads", Votes: 1}
	approved := func(key string) ledger.Intent {
		i := asked(v.T, s, key, hold)
		i, err := s.Vote(context.Background(), ledger.VoteRequest{Tenant: "acme", Intent: i.ID, Person: "ann", Approve: true, Digest: i.Digest})
		if err != nil {
			v.Fatal(err)
		}
		return i
	}
	bad, unknown, good, waits := approved("1"), approved("2"), approved("3"), asked(v.T, s, "4", hold)
	v.exec("UPDATE intents SET args = facts WHERE id = ?", bad.ID)
	v.exec("UPDATE intents SET state = 'lost' WHERE id = ?", unknown.ID)
	list, err := s.List(context.Background(), ledger.Filter{Tenant: "acme"})
	var got []string
	for _, i := range list {
		got = append(got, i.ID+string(i.Bodies))
	}
	want := []string{waits.ID, good.ID, unknown.ID + "unreadable", bad.ID + "unreadable"}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		v.Errorf("%v %s", err, diff)
	}
	clock.Advance(time.Hour)
	claim := ledger.ClaimRequest{Owner: "o", Limit: 10, Lease: time.Minute, SendWithin: time.Second}
	claimed, err := s.Claim(context.Background(), claim)
	if !errors.Is(err, ledger.ErrUnreadable) || len(claimed) != 1 || claimed[0].ID != good.ID {
		v.Errorf("claimed %+v, error %v", claimed, err)
	}
	if i, err := s.Get(context.Background(), "acme", waits.ID); err != nil || i.State != ledger.Expired {
		v.Errorf("what nobody answered is %s, %v", i.State, err)
	}
	if claimed, err = s.Claim(context.Background(), claim); err != nil || len(claimed) != 0 {
		v.Errorf("at once again: %d, %v", len(claimed), err)
	}
	clock.Advance(10 * time.Minute)
	if _, err = s.Claim(context.Background(), claim); !errors.Is(err, ledger.ErrUnreadable) {
		v.Errorf("after a while: %v", err)
	}
	if _, err = s.Vote(context.Background(), ledger.VoteRequest{Tenant: "acme", Intent: bad.ID, Person: "ann", Digest: bad.Digest}); !errors.Is(err, ledger.ErrUnreadable) {
		v.Errorf("a vote: %v", err)
	}
}

// What is over loses its bodies after a time, and nothing else; what is not keeps
// them for as long as it takes.
func erasedRow(v *vault) {
	clock := clockwork.NewFakeClockAt(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	s := store(v.T, v.db, v.keys, clock)
	hold := &policy.Hold{Group: "leads", Votes: 1}
	done, waits, no := effect(v.T, s, "acme"), asked(v.T, s, "waits", hold), asked(v.T, s, "denied", hold)
	no, err := s.Vote(context.Background(), ledger.VoteRequest{Tenant: "acme", Intent: no.ID, Person: "ann", Digest: no.Digest, Reason: secrets[0]})
	if err != nil {
		v.Fatal(err)
	}
	other := effect(v.T, s, "globex")
	erase := func(want int) {
		v.Helper()
		if n, err := s.Erase(context.Background(), "acme", time.Hour, 10); err != nil || n != want {
			v.Errorf("%d are erased, want %d: %v", n, want, err)
		}
	}
	clock.Advance(time.Hour)
	erase(0)
	clock.Advance(time.Microsecond)
	erase(2)
	erase(0)
	got, err := s.Get(context.Background(), "acme", done.ID)
	want := done
	want.Bodies, want.Call.Args, want.Facts, want.Outcome = ledger.Erased, nil, nil, nil
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		v.Errorf("%v %s", err, diff)
	}
	if stored := v.bodies(done.ID); len(stored) != 0 {
		v.Errorf("%d bytes are left", len(stored))
	}
	no.Bodies, no.Call.Args, no.Facts, no.Say, no.Votes[0].Reason = ledger.Erased, nil, nil, "", ""
	if got, err = s.Get(context.Background(), "acme", no.ID); err != nil || cmp.Diff(no, got) != "" {
		v.Errorf("%v %s", err, cmp.Diff(no, got))
	}
	if waits, err = s.Get(context.Background(), "acme", waits.ID); err != nil || waits.Bodies != ledger.Whole || waits.Call.Args["note"].Text != secrets[0] {
		v.Errorf("what waits is %+v, %v", waits, err)
	}
	v.reads(other)
	// The same call again finds it, and does nothing.
	again, err := s.Open(context.Background(), ledger.OpenRequest{
		Tenant: "acme", Identity: token.Identity{Tenant: "acme", Agent: "a"}, BusinessKey: "k", Owner: "o", Call: done.Call,
		Lease: time.Minute, SendWithin: time.Second, ExpireAfter: time.Hour, SameFor: 24 * time.Hour, Rule: func(ledger.Situation) ledger.Ruling { return ledger.Ruling{} },
	})
	if err != nil || again.Relation != ledger.Replayed || again.Intent.ID != done.ID || again.Intent.Bodies != ledger.Erased {
		v.Errorf("%+v %v", again, err)
	}
	// What says of itself that it was erased while it goes on was changed.
	v.exec("UPDATE intents SET sealed = 2 WHERE id = ?", waits.ID)
	if _, err = s.Get(context.Background(), "acme", waits.ID); !errors.Is(err, ledger.ErrUnreadable) {
		v.Errorf("erased while it waits: %v", err)
	}
}
