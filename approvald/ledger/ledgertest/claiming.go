package ledgertest

import (
	"context"
	"strconv"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/reason"
)

func claims(f *fixture) {
	same(f, f.claim("one"), nil)
	i := approved(f)
	f.made(held(1), key("still waiting"))
	f.clock.Advance(time.Second)
	want := i
	want.Version, want.State, want.UpdatedAt, want.Attempt = i.Version+1, ledger.Executing, f.clock.Now(), 1
	want.LeaseOwner, want.LeaseUntil = "one", f.clock.Now().Add(lease)
	want.SendBefore, want.SentAt, want.NotBefore = f.clock.Now().Add(sendWithin), f.clock.Now(), time.Time{}
	same(f, f.claim("one"), []ledger.Intent{want})
	f.stored(want)
	same(f, f.claim("two"), nil)

	// Back after an attempt that was not sent: not before its time.
	f.advance(want, ledger.Approved, func(s *ledger.Step) { s.NotBefore, s.Reason = time.Minute, reason.ToolUnreachable })
	f.clock.Advance(time.Minute - tick)
	same(f, f.claim("one"), nil)
	f.clock.Advance(tick)
	again := f.claim("two")
	if len(again) != 1 || again[0].Attempt != 2 || again[0].LeaseOwner != "two" || again[0].Reason != "" || !again[0].SentAt.Equal(f.clock.Now()) {
		f.Errorf("claimed %+v", again)
	}
}

func lapses(f *fixture) {
	i := f.made(func(q *ledger.OpenRequest) { q.SendWithin = lease })
	f.clock.Advance(lease - tick)
	same(f, f.claim("two"), nil)
	f.stored(i)
	f.clock.Advance(tick)
	same(f, f.claim("two"), nil) // unknown now, and resting
	want := i
	want.Version, want.State, want.UpdatedAt, want.Reason = 2, ledger.Unknown, f.clock.Now(), reason.OutcomeUnknown
	want.LeaseOwner, want.LeaseUntil, want.NotBefore = "", time.Time{}, i.SendBefore.Add(settle)
	f.stored(want)
	f.clock.Advance(settle - tick)
	same(f, f.claim("two"), nil)
	f.clock.Advance(tick)
	same(f, len(f.claim("two")), 1)
	// The owner that woke up late finds the version gone.
	if _, err := f.store.Advance(context.Background(), f.step(i, ledger.Succeeded)); err == nil {
		f.Error("the paused owner could write")
	}
	// One that was too late long ago is found unknown and taken at once.
	f.made(key("long ago"))
	f.clock.Advance(time.Hour)
	same(f, len(f.claim("two")), 2)
}

func unknowns(f *fixture) {
	sent := f.made()
	f.advance(sent, ledger.Unknown, func(s *ledger.Step) { s.NotBefore = settle })
	f.clock.Advance(settle)
	claimed := f.claim("two")
	same(f, len(claimed), 1)
	got, now := claimed[0], f.clock.Now()
	same(f, []any{got.State, got.Attempt, got.SentAt, got.LeaseOwner, got.LeaseUntil, got.SendBefore},
		[]any{ledger.Unknown, 1, sent.SentAt, "two", now.Add(lease), now.Add(sendWithin)})
	f.stored(got)
	f.clock.Advance(lease - tick)
	same(f, f.claim("one"), nil)
	f.clock.Advance(tick)
	same(f, len(f.claim("one")), 1)
	rested := f.advance(f.get(got), ledger.Unknown, func(s *ledger.Step) { s.NotBefore = time.Hour })
	same(f, []any{rested.LeaseOwner, rested.NotBefore}, []any{"", f.clock.Now().Add(time.Hour)})
	f.clock.Advance(time.Hour - tick)
	same(f, f.claim("one"), nil)
	// A lease that is shorter than a sending may take does not hurry the next.
	f.clock.Advance(tick)
	hurried := claimBy("one", 1)
	hurried.Lease = time.Second
	claimed, err := f.store.Claim(context.Background(), hurried)
	f.must(err)
	same(f, len(claimed), 1)
	f.clock.Advance(sendWithin + settle - tick)
	same(f, f.claim("two"), nil)
	f.clock.Advance(tick)
	same(f, len(f.claim("two")), 1)
	// Looking at it again is no change of state.
	same(f, len(f.ship()), 2)
}

func expiries(f *fixture) {
	i := f.made(held(1))
	f.clock.Advance(expireAfter - tick)
	same(f, f.claim("one"), nil)
	same(f, f.get(i).State, ledger.Waiting)
	f.clock.Advance(tick)
	same(f, f.claim("one"), nil)
	got := f.get(i)
	same(f, []any{got.State, got.Reason}, []any{ledger.Expired, reason.HoldExpired})
	same(f, f.sum(), int64(0))
}

func claimLimit(f *fixture) {
	for n := range 5 {
		approved(f, key(strconv.Itoa(n)))
	}
	seen := map[string]bool{}
	for _, want := range []int{2, 2, 1, 0} {
		claimed, err := f.store.Claim(context.Background(), claimBy("one", 2))
		f.must(err)
		same(f, len(claimed), want)
		for _, i := range claimed {
			if seen[i.ID] {
				f.Errorf("%s was claimed twice", i.ID)
			}
			seen[i.ID] = true
		}
	}
	for name, bad := range map[string]func(*ledger.ClaimRequest){
		"no owner": func(c *ledger.ClaimRequest) { c.Owner = "" }, "no limit": func(c *ledger.ClaimRequest) { c.Limit = 0 },
		"no lease": func(c *ledger.ClaimRequest) { c.Lease = 0 }, "no sending": func(c *ledger.ClaimRequest) { c.SendWithin = 0 },
	} {
		c := claimBy("one", 1)
		bad(&c)
		if _, err := f.store.Claim(context.Background(), c); err == nil {
			f.Errorf("%s: no error", name)
		}
	}
}
