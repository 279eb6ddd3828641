package ledgertest

import (
	"context"
	"errors"
	"strconv"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/token"
)

func outbox(f *fixture) {
	i := f.made(held(2))
	for _, person := range []string{"ana", "bo"} {
		i = f.vote(i, person, true)
	}
	i = f.claim("one")[0]
	f.advance(i, ledger.Succeeded)
	row := func(seq int64, state ledger.State, actor, why string) audit.Approval {
		return audit.Approval{
			Time: f.clock.Now(), Tenant: "acme", Decision: "dec-1", Intent: i.ID, Seq: seq, State: string(state), Actor: actor,
			Reason: why, Action: i.Call.Action, Digest: i.Digest, Amount: 4000, Currency: "USD",
		}
	}
	want := []audit.Approval{
		row(1, ledger.Waiting, "agent:refunds", "held"), row(2, ledger.Waiting, "ana", ""), row(3, ledger.Approved, "bo", ""),
		row(4, ledger.Executing, "gateway", ""), row(5, ledger.Succeeded, "gateway", ""),
	}
	full := errors.New("the disk is full")
	var offered []audit.Approval
	n, err := f.store.Outbox(context.Background(), 3, func(rows []audit.Approval) error { offered = rows; return full })
	if n != 0 || !errors.Is(err, full) {
		f.Errorf("shipped %d, error %v", n, err)
	}
	same(f, offered, want[:3])
	n, err = f.other.Outbox(context.Background(), 2, func(rows []audit.Approval) error { offered = rows; return nil })
	f.must(err)
	same(f, []any{n, offered}, []any{2, want[:2]})
	same(f, f.ship(), want[2:])
	n, err = f.store.Outbox(context.Background(), 10, func([]audit.Approval) error { return full })
	same(f, []any{n, err}, []any{0, nil})
}

func tenants(f *fixture) {
	i := f.made()
	ctx := context.Background()
	theirs := i
	theirs.Tenant = "globex"
	_, get := f.store.Get(ctx, "globex", i.ID)
	_, advance := f.store.Advance(ctx, f.step(theirs, ledger.Failed))
	_, watch := f.store.Watch(ctx, "globex", i.ID, 0)
	for name, err := range map[string]error{"get": get, "advance": advance, "watch": watch} {
		if !errors.Is(err, ledger.ErrNotFound) {
			f.Errorf("%s: error is %v", name, err)
		}
	}
	list, err := f.store.List(ctx, ledger.Filter{Tenant: "globex"})
	same(f, []any{len(list), err}, []any{0, nil})
	sums, err := f.store.Sums(ctx, "globex", "", f.call().Sums)
	same(f, []any{sums["day"].Minor, err}, []any{int64(0), nil})
	f.stored(i)
}

func lists(f *fixture) {
	var newest []ledger.Intent
	for n := range 4 {
		newest = append([]ledger.Intent{f.made(key(strconv.Itoa(n)), held(1))}, newest...)
	}
	newest[1] = f.vote(newest[1], "ana", true)
	newest[2] = f.vote(newest[2], "ana", false)
	cases := map[string]struct {
		filter ledger.Filter
		want   []ledger.Intent
	}{
		"all":        {ledger.Filter{Tenant: "acme"}, newest},
		"limit":      {ledger.Filter{Tenant: "acme", Limit: 2}, newest[:2]},
		"one state":  {ledger.Filter{Tenant: "acme", States: []ledger.State{ledger.Denied}}, newest[2:3]},
		"two states": {ledger.Filter{Tenant: "acme", States: []ledger.State{ledger.Approved, ledger.Denied}}, newest[1:3]},
		"no states":  {ledger.Filter{Tenant: "acme", States: []ledger.State{}}, nil},
	}
	for name, c := range cases {
		got, err := f.other.List(context.Background(), c.filter)
		f.must(err)
		if len(got) != len(c.want) {
			f.Errorf("%s: %d intents, want %d", name, len(got), len(c.want))
		}
		same(f, got, c.want)
	}
}

// denying: what was denied is found by its customer and by its effect, the newest first.
func denying(f *fixture) {
	of := func(customer string) edit {
		return func(q *ledger.OpenRequest) {
			q.Identity.Session = token.Session{ID: "of " + customer, Customer: customer}
		}
	}
	denied := func(edits ...edit) ledger.Intent {
		return f.vote(f.made(append(edits, held(1))...), "ana", false)
	}
	first, other, effect := denied(key("one"), of("ada")), denied(key("two"), of("bob")), denied(key("three"), of("bob"))
	nobody := denied(key("four"), of(""))
	second := denied(key("five"), of("ada"))
	waits, alone := f.made(key("three"), of("ada"), held(1)), f.made(key("six"), of(""), held(1))
	for of, want := range map[*ledger.Intent][]ledger.Intent{&waits: {second, effect, first}, &first: {second}, &other: {effect}, &alone: {}, &nobody: {}} {
		got, err := f.other.List(context.Background(), ledger.Filter{Tenant: "acme", Denied: of})
		f.must(err)
		same(f, got, want)
	}
	got, err := f.other.List(context.Background(), ledger.Filter{Tenant: "acme", Denied: &waits, Limit: 2})
	f.must(err)
	same(f, got, []ledger.Intent{second, effect})
	got, err = f.other.List(context.Background(), ledger.Filter{Tenant: "globex", Denied: &waits})
	f.must(err)
	same(f, got, nil)
}

// undoing: what undoes an intent is found by it, the newest first.
func undoing(f *fixture) {
	first, other := f.made(key("one")), f.made(key("two"))
	undo := f.made(key(ledger.UndoKey(first.ID)), held(1), func(q *ledger.OpenRequest) { q.Identity.Agent = "gateway" })
	for of, want := range map[*ledger.Intent][]ledger.Intent{&first: {undo}, &other: {}, &undo: {}} {
		got, err := f.other.List(context.Background(), ledger.Filter{Tenant: "acme", Undoes: of})
		f.must(err)
		same(f, got, want)
	}
}
