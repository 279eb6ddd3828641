package ledgertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
)

func compareAndSet(f *fixture) {
	i := f.made()
	for _, version := range []int64{0, 2} {
		stale := i
		stale.Version = version
		if _, err := f.store.Advance(context.Background(), f.step(stale, ledger.Failed)); !errors.Is(err, ledger.ErrConflict) {
			f.Errorf("version %d: error is %v", version, err)
		}
	}
	f.stored(i)
	f.advance(i, ledger.Succeeded)
	if _, err := f.other.Advance(context.Background(), f.step(i, ledger.Failed)); !errors.Is(err, ledger.ErrConflict) {
		f.Errorf("twice: error is %v", err)
	}
	same(f, f.get(i).State, ledger.Succeeded)
}

func advances(f *fixture) {
	i := f.made()
	f.clock.Advance(time.Second)
	now := f.clock.Now()

	want := i
	want.Version, want.State, want.UpdatedAt, want.Reason, want.Say = 2, ledger.Unknown, now, reason.OutcomeUnknown, "no answer"
	want.NotBefore, want.LeaseOwner, want.LeaseUntil = now.Add(settle), "", time.Time{}
	i = f.advance(i, ledger.Unknown, func(s *ledger.Step) {
		s.NotBefore, s.Reason, s.Say = settle, reason.OutcomeUnknown, "no answer"
	})
	same(f, i, want)
	f.stored(want)

	want.Version, want.State, want.Reason, want.Say, want.NotBefore = 3, ledger.Succeeded, "", "", time.Time{}
	want.Outcome, want.Delivered = f.step(i, ledger.Succeeded).Outcome, true
	same(f, f.advance(i, ledger.Succeeded, delivered), want)
	f.stored(want)

	unsent := f.made(key("unsent"))
	want = unsent
	want.Version, want.State, want.Reason, want.NotBefore = 2, ledger.Approved, reason.ToolUnreachable, now.Add(time.Minute)
	want.Target, want.LeaseOwner, want.LeaseUntil, want.SendBefore, want.SentAt = "", "", time.Time{}, time.Time{}, time.Time{}
	same(f, f.advance(unsent, ledger.Approved, func(s *ledger.Step) {
		s.NotBefore, s.Reason = time.Minute, reason.ToolUnreachable
	}), want)
	f.stored(want)
}

// aimed: where an attempt goes is known before a byte leaves, and a new attempt
// is aimed anew.
func aimed(f *fixture) {
	step := func(i ledger.Intent, target string) error {
		_, err := f.store.Advance(context.Background(), f.step(i, ledger.Executing, func(s *ledger.Step) { s.Target = target }))
		return err
	}
	at := func(target string) edit { return func(q *ledger.OpenRequest) { q.Target = target } }
	here := f.made(at("here"))
	same(f, here.Target, "here")
	f.advance(here, ledger.Succeeded)
	same(f, f.made(key("held"), held(1), at("here")).Target, "")

	lost := f.made(key("lost"), at(""))
	f.clock.Advance(lease)
	same(f, len(f.claim("one")), 1) // nothing was sent: a new attempt at once
	same(f, []any{f.get(lost).State, f.get(lost).Attempt}, []any{ledger.Executing, 2})

	i := f.vote(f.made(key("later"), held(1)), "ana", true)
	f.claim("one")
	i = f.get(i)
	f.clock.Advance(time.Second) // facts were fetched meanwhile
	records := len(f.ship())
	want := i
	want.Version, want.Target, want.UpdatedAt, want.SendBefore = i.Version+1, "there", f.clock.Now(), f.clock.Now().Add(sendWithin)
	f.must(step(i, "there"))
	f.stored(want)
	same(f, len(f.ship()), 0)
	if records == 0 {
		f.Error("nothing was recorded before")
	}
	for _, again := range []string{"elsewhere", ""} {
		if err := step(want, again); err == nil {
			f.Errorf("aimed again, at %q", again)
		}
	}
	i = f.advance(want, ledger.Unknown)
	same(f, i.Target, "there")
	same(f, f.advance(i, ledger.Failed).Target, "there")
	same(f, f.open(key("later"), at("new")).Intent.Target, "new")
}

func askedAgain(f *fixture) {
	i := f.vote(f.made(held(1)), "ana", true)
	f.claim("one")
	i = f.advance(f.get(i), ledger.Waiting, func(s *ledger.Step) {
		s.Hold, s.DueAfter = &policy.Hold{Group: "board", Votes: 2}, time.Hour
	})
	same(f, []any{i.State, *i.Hold, len(i.Votes), i.DueAt, i.LeaseOwner, i.SentAt},
		[]any{ledger.Waiting, policy.Hold{Group: "board", Votes: 2}, 0, f.clock.Now().Add(time.Hour), "", time.Time{}})
	f.stored(i)
	same(f, f.vote(i, "ana", true).State, ledger.Waiting)
	i = f.vote(i, "bo", true)
	i = f.advance(i, ledger.Waiting) // the policy changed before it was sent
	same(f, []any{i.State, i.NotBefore, len(i.Votes)}, []any{ledger.Waiting, time.Time{}, 0})
}

func badSteps(f *fixture) {
	i := f.made()
	bad := map[string]ledger.Step{
		"no actor":       f.step(i, ledger.Failed, func(s *ledger.Step) { s.Actor = "" }),
		"no state":       f.step(i, ""),
		"another state":  f.step(i, "lost"),
		"no hold":        f.step(i, ledger.Waiting, func(s *ledger.Step) { s.Hold = nil }),
		"a hold of none": f.step(i, ledger.Waiting, func(s *ledger.Step) { s.Hold.Votes = 0 }),
		"no time":        f.step(i, ledger.Waiting, func(s *ledger.Step) { s.DueAfter = 0 }),
	}
	for name, step := range bad {
		if _, err := f.store.Advance(context.Background(), step); err == nil {
			f.Errorf("%s: no error", name)
		}
	}
	f.stored(i)
}

// transitions tries every step from every state: what Next forbids changes
// nothing.
func transitions(t *testing.T, fresh func(t *testing.T) Connect) {
	from := map[ledger.State]earlier{
		ledger.Waiting: waiting, ledger.Approved: approved, ledger.Executing: unaimed, ledger.Unknown: to(ledger.Unknown),
		ledger.Succeeded: to(ledger.Succeeded), ledger.Failed: to(ledger.Failed), ledger.Denied: denied,
		ledger.Expired: ended(ledger.Expired), ledger.Cancelled: ended(ledger.Cancelled),
	}
	f := newFixture(t, fresh(t))
	for state, reach := range from {
		for target := range from {
			i := reach(f, key(string(state+" to "+target)))
			after, err := f.store.Advance(context.Background(), f.step(i, target))
			switch {
			case ledger.Next(ledger.Advancing, state, target):
				f.must(err)
				same(f, []any{after.State, after.Version}, []any{target, i.Version + 1})
				f.stored(after)
			case !errors.Is(err, ledger.ErrTransition):
				t.Errorf("%s to %s: error is %v", state, target, err)
			default:
				f.stored(i)
			}
		}
	}
}
