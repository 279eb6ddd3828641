package ledgertest

import (
	"context"
	"errors"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
)

// change is an edit of what is displayed.
func (f *fixture) change(i ledger.Intent, person string, edits ...edit) ledger.EditRequest {
	return ledger.EditRequest{Intent: i.ID, Person: person, Digest: i.Digest, To: f.call(edits...)}
}

func (f *fixture) edit(i ledger.Intent, person string, edits ...edit) ledger.Intent {
	f.Helper()
	after, ruling, err := f.store.Edit(context.Background(), f.change(i, person, edits...))
	f.must(err)
	if ruling.Refuse {
		f.Fatalf("refused: %+v", ruling)
	}
	return after
}

// edits: whoever voted did so on something else, and both versions are kept.
func edits(f *fixture) {
	i := f.vote(f.made(held(2)), "ana", true)
	f.clock.Advance(time.Minute)
	board := rule(func(ledger.Situation) ledger.Ruling {
		return ledger.Ruling{Reason: reason.Allowed, Rule: "policy.csv:3", Hold: &policy.Hold{Group: "board", Votes: 1}}
	})
	want := i
	want.Version, want.Votes, want.UpdatedAt = i.Version+1, nil, f.clock.Now()
	want.Call, want.Amount = f.call(amount(3000, "USD")).Call, f.call(amount(3000, "USD")).Amount
	want.Digest, want.DueAt = action.Digest(want.Call), f.clock.Now().Add(expireAfter)
	want.Rule, want.Hold = "policy.csv:3", &policy.Hold{Group: "board", Votes: 1}
	want.Edits = []ledger.Edit{{Person: "bo", Digest: i.Digest, Args: i.Call.Args, At: f.clock.Now()}}
	got := f.edit(i, "bo", amount(3000, "USD"), board)
	same(f, got, want)
	f.stored(want)
	same(f, got.Edited(), []string{"amount"})
	same(f, f.sum(), int64(3000))
	rows := f.ship()
	last := rows[len(rows)-1]
	same(f, []any{last.State, last.Actor, last.Reason, last.Digest, last.Seq}, []any{"waiting", "bo", string(reason.Edited), want.Digest, want.Version})

	if _, err := f.store.Vote(context.Background(), ballot(i, "cy", true)); !errors.Is(err, ledger.ErrDigest) {
		f.Errorf("a vote on what was displayed before: %v", err)
	}
	// A ruling without a hold keeps the one there is: somebody else approves it.
	back := f.edit(got, "cy")
	same(f, []any{*back.Hold, back.Edited(), len(back.Edits), back.Digest}, []any{policy.Hold{Group: "board", Votes: 1}, []string(nil), 2, i.Digest})
	f.stored(back)
	same(f, f.sum(), int64(4000))
	for _, editor := range []string{"bo", "cy"} {
		if _, err := f.store.Vote(context.Background(), ballot(back, editor, true)); !errors.Is(err, ledger.ErrEditor) {
			f.Errorf("%s approves: %v", editor, err)
		}
	}
	voted := f.vote(back, "ana", true)
	same(f, voted.State, ledger.Approved)
	same(f, f.ship()[1].Reason, "")

	no := f.edit(f.made(held(1), key("no")), "bo", key("no"), amount(3000, "USD"))
	same(f, f.vote(no, "bo", false).State, ledger.Denied) // whoever changed it may still end it
}

func editErrors(f *fixture) {
	i := f.vote(f.made(held(2)), "ana", true)
	running := f.made(key("running"))
	over := f.made(held(1), key("over"))
	f.clock.Advance(expireAfter)
	late := f.made(held(1), key("late"))
	to := func(change func(*ledger.EditRequest)) ledger.EditRequest {
		e := f.change(late, "bo", key("late"), amount(3000, "USD"))
		change(&e)
		return e
	}
	for name, c := range map[string]struct {
		edit ledger.EditRequest
		want error
	}{
		"another digest": {to(func(e *ledger.EditRequest) { e.Digest = i.Digest + "x" }), ledger.ErrDigest},
		"no such intent": {to(func(e *ledger.EditRequest) { e.Intent = "int_x" }), ledger.ErrNotFound},
		"another tenant": {to(func(e *ledger.EditRequest) { e.To.Tenant, e.To.Identity.Tenant = "globex", "globex" }), ledger.ErrNotFound},
		"not waiting":    {f.change(running, "bo", key("running"), amount(3000, "USD")), ledger.ErrTransition},
		"due":            {f.change(over, "bo", key("over"), amount(3000, "USD")), ledger.ErrTransition},
		"nobody":         {to(func(e *ledger.EditRequest) { e.Person = "" }), nil},
		"another action": {to(func(e *ledger.EditRequest) { e.To.Call.Action = "stripe.charge.get" }), nil},
		"another tool":   {to(func(e *ledger.EditRequest) { e.To.Call.Tool = "zendesk" }), nil},
		"a client's key": {to(func(e *ledger.EditRequest) { e.To.Call.ClientKey = "k" }), nil},
		"no key":         {to(func(e *ledger.EditRequest) { e.To.BusinessKey = "" }), nil},
	} {
		if _, _, err := f.store.Edit(context.Background(), c.edit); err == nil || c.want != nil && !errors.Is(err, c.want) {
			f.Errorf("%s: error is %v, want %v", name, err, c.want)
		}
	}
	others := f.sum() - late.Amount.Minor // its own money does not count
	no, ruling, err := f.store.Edit(context.Background(), to(func(e *ledger.EditRequest) {
		e.To.Rule = func(s ledger.Situation) ledger.Ruling {
			return ledger.Ruling{Refuse: s.Sums["day"].Minor == others, Reason: reason.PolicyDenied}
		}
	}))
	f.must(err)
	same(f, []any{ruling.Refuse, ruling.Reason, no.ID}, []any{true, reason.PolicyDenied, late.ID})
	f.stored(late)
	f.stored(i)
}

// editsMeet: what is on its way already is not asked a second time, and who
// decides sees what was done already.
func editsMeet(f *fixture) {
	taken := f.made(held(1), key("taken"))
	done := f.advance(f.made(key("done")), ledger.Succeeded)
	i := f.made(held(1))
	if _, _, err := f.store.Edit(context.Background(), f.change(i, "bo", key("taken"), amount(3000, "USD"))); !errors.Is(err, ledger.ErrTaken) {
		f.Errorf("error is %v", err)
	}
	f.stored(i)
	f.stored(taken)
	var occurrence int
	i = f.edit(i, "bo", key("done"), amount(3000, "USD"), rule(func(s ledger.Situation) ledger.Ruling {
		occurrence = s.Occurrence
		return ledger.Ruling{}
	}))
	same(f, []any{occurrence, i.Earlier, i.Occurrence}, []any{2, done.ID, 2})
	f.advance(taken, ledger.Cancelled)
	same(f, f.edit(i, "bo", key("taken"), amount(2000, "USD")).Earlier, done.ID)
}

// editedNames: every key that an intent had leads to it, as long as it is not over.
func editedNames(f *fixture) {
	i := f.edit(f.made(held(1), once("k-1")), "bo", once("k-1"), key("new"), amount(3000, "USD"))
	for name, again := range map[string][]edit{
		"the first": nil, "the client's": {once("k-1")}, "the edited": {key("new"), amount(3000, "USD")},
	} {
		same(f, []any{name, f.open(again...).Intent.ID}, []any{name, i.ID})
	}
	same(f, i.BusinessKey, "refund ch_1")
}

// editedFailed: after an effect that was changed and surely failed each of its keys
// asks for what it says itself, and gets no other's outcome. What was tried stays,
// with who changed it.
func editedFailed(f *fixture) {
	edited := []edit{key("new"), amount(3000, "USD")}
	i := f.edit(f.made(held(1), once("k-1")), "bo", append(edited, once("k-1"))...)
	same(f, f.open(append(edited, once("k-2"))...).Relation, ledger.Joined)
	f.vote(i, "ana", true)
	i = f.advance(f.claim("one")[0], ledger.Failed)

	first := f.open(once("k-1"))
	want := f.expected(f.call(once("k-1")), first.Intent.ID)
	want.Earlier, want.Failures = i.ID, 1 // the provider's key of what failed is not used again
	same(f, first, ledger.Opened{Relation: ledger.New, Intent: want, Ruling: f.call().Rule(ledger.Situation{})})
	f.advance(first.Intent, ledger.Succeeded, delivered)
	other := f.open(append(edited, once("k-2"))...)
	same(f, []any{other.Relation, other.Intent.Call.Args, other.Intent.Failures}, []any{ledger.New, f.call(edited...).Call.Args, 1})
	same(f, f.open(append(edited, once("k-2"))...).Intent.ID, other.Intent.ID)
	same(f, f.open(once("k-1")).Intent.ID, first.Intent.ID)
	f.stored(i)
	same(f, f.sum(), int64(7000))
}

// editedDue: the first change gives people the whole time again, later ones none:
// nothing waits for ever because it is changed again and again.
func editedDue(f *fixture) {
	i := f.made(held(1))
	f.clock.Advance(expireAfter - time.Minute)
	i = f.edit(i, "bo", amount(3000, "USD"))
	end := f.clock.Now().Add(expireAfter)
	same(f, i.DueAt, end)
	for minor := int64(1); minor < 3; minor++ {
		f.clock.Advance(time.Hour)
		i = f.edit(i, "bo", amount(minor, "USD"), func(q *ledger.OpenRequest) { q.ExpireAfter = expireAfter / time.Duration(minor) })
		same(f, i.DueAt, end)
	}
	f.stored(i)
	f.clock.Advance(end.Sub(f.clock.Now()))
	same(f, len(f.claim("one")), 0)
	same(f, f.get(i).State, ledger.Expired)
	// What is asked anew by the live policy has the time that it was given then.
	i = f.vote(f.edit(f.made(held(1), key("anew")), "bo", key("anew"), amount(3000, "USD")), "ana", true)
	f.clock.Advance(2 * expireAfter)
	i = f.advance(i, ledger.Waiting)
	same(f, f.edit(i, "bo", key("anew"), amount(2000, "USD")).DueAt, i.DueAt)
}

// edit is Edit in the model.
func (w world) edit(c command, now int64) result {
	i := w.find(c.ID)
	if wrong := i.notAsked(c, now); wrong != nil {
		return result{Err: wrong.Error(), Sum: -1}
	}
	other := w.newest(c.Key)
	if other == i {
		other = nil
	}
	if other != nil && other.State == ledger.Waiting && now >= other.due {
		other.to(ledger.Expired, now)
	}
	if other != nil && !other.State.Final() {
		return result{Err: ledger.ErrTaken.Error(), Sum: -1}
	}
	out := result{Seen: i.seenItem, Sum: w.sum(i.ID)}
	if out.Sum+c.Wants > modelLimit {
		return out
	}
	if other != nil && other.State == ledger.Succeeded {
		i.Occurrence = max(i.Occurrence, other.Occurrence+1)
	}
	if i.editor == "" { // later ones give no more time
		i.due = now + expireAfter.Microseconds()
	}
	i.amount, i.votes, i.editor = c.Wants, "", c.Person
	if !i.named(c.Key) {
		i.keys += c.Key + ","
	}
	i.to(ledger.Waiting, now)
	out.Relation, out.Seen = ledger.New, i.seenItem
	return out
}
