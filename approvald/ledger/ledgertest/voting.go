package ledgertest

import (
	"context"
	"errors"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/reason"
)

func votes(f *fixture) {
	i := f.made(held(2))
	now := f.clock.Now()
	want := i
	want.Version, want.Votes = 2, []ledger.Vote{{Person: "ana", Approve: true, Digest: i.Digest, Reason: "because", At: now}}
	same(f, f.vote(i, "ana", true), want)
	f.stored(want)
	f.clock.Advance(sendWithin)
	want.Version, want.State, want.UpdatedAt, want.NotBefore = 3, ledger.Approved, f.clock.Now(), f.clock.Now()
	want.Votes = append(want.Votes, ledger.Vote{Person: "bo", Approve: true, Digest: i.Digest, Reason: "because", At: f.clock.Now()})
	same(f, f.vote(i, "bo", true), want)
	f.stored(want)

	no := f.made(held(2), key("another"))
	f.vote(no, "ana", true)
	denied := f.vote(no, "bo", false)
	same(f, []any{denied.State, denied.Reason, denied.Say}, []any{ledger.Denied, reason.PersonDenied, "because"})
	f.stored(denied)
	same(f, f.sum(), int64(4000))
}

func voteErrors(f *fixture) {
	i := f.made(held(2))
	voted := f.vote(i, "ana", true)
	running := f.made(key("running"))
	over := f.made(held(2), key("over"))
	f.clock.Advance(expireAfter - tick)
	late := f.made(held(2), key("late"))
	f.clock.Advance(tick) // i and over are due, and nobody has looked yet
	cases := map[string]struct {
		vote ledger.VoteRequest
		want error
	}{
		"another digest": {func() ledger.VoteRequest { v := ballot(late, "ana", true); v.Digest = "x"; return v }(), ledger.ErrDigest},
		"no digest":      {func() ledger.VoteRequest { v := ballot(late, "ana", true); v.Digest = ""; return v }(), ledger.ErrDigest},
		"nobody":         {ballot(late, "", true), ledger.ErrTransition},
		"not waiting":    {ballot(running, "ana", true), ledger.ErrTransition},
		"due":            {ballot(over, "ana", true), ledger.ErrTransition},
		"no such intent": {ledger.VoteRequest{Tenant: "acme", Intent: "int_x", Person: "ana"}, ledger.ErrNotFound},
		"another tenant": {func() ledger.VoteRequest { v := ballot(late, "ana", true); v.Tenant = "globex"; return v }(), ledger.ErrNotFound},
	}
	for name, c := range cases {
		if _, err := f.store.Vote(context.Background(), c.vote); !errors.Is(err, c.want) {
			f.Errorf("%s: error is %v, want %v", name, err, c.want)
		}
	}
	f.stored(voted)
	f.vote(late, "ana", true)
	for _, approve := range []bool{true, false} {
		if _, err := f.store.Vote(context.Background(), ballot(late, "ana", approve)); !errors.Is(err, ledger.ErrVoted) {
			f.Errorf("a second vote: %v", err)
		}
	}
}
