package ledgertest

import (
	"slices"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/reason"
)

const escalateAfter = 30 * time.Minute

func escalating(q *ledger.OpenRequest) {
	q.Escalation = ledger.Escalation{After: escalateAfter, Groups: "managers"}
}

// escalations: when nobody has decided for a while, the others are told in the
// transaction that takes it to the record, once.
func escalations(f *fixture) {
	i := f.made(held(1), escalating)
	f.vote(f.made(held(1), escalating, key("decided")), "ana", false)
	same(f, []any{i.EscalateAt, i.EscalateTo}, []any{f.clock.Now().Add(escalateAfter), "managers"})
	f.stored(i)
	f.ship()
	f.tellAll()
	f.clock.Advance(escalateAfter - tick)
	same(f, len(f.claim("one")), 0)
	same(f, len(f.ship()), 0)

	f.clock.Advance(tick)
	same(f, len(f.claim("one")), 0)
	want := i
	want.Version, want.UpdatedAt, want.EscalateAt = i.Version+1, f.clock.Now(), time.Time{}
	f.stored(want)
	f.claim("one")
	rows := f.ship()
	same(f, len(rows), 1)
	same(f, []any{rows[0].State, rows[0].Actor, rows[0].Reason, rows[0].Seq}, []any{"waiting", "gateway", string(reason.Escalated), want.Version})
	names, claimed := f.told("two", 10)
	same(f, names, []string{"managers escalated"})
	same(f, []any{claimed[0].Intent, claimed[0].Version}, []any{i.ID, want.Version})

	// Asked anew, they are told anew.
	i = f.edit(want, "bo", amount(3000, "USD"), escalating)
	f.claim("one")
	same(f, f.get(i).EscalateAt, time.Time{})
	same(f, f.ship()[1].Reason, string(reason.Escalated))
	f.clock.Advance(expireAfter)
	f.claim("one")
	same(f, f.get(i).State, ledger.Expired)

	// And of the end.
	f.sent("two", claimed[0], "")
	f.ship()
	if names := f.tellAll(); !slices.Contains(names, "managers expired") {
		f.Errorf("told are %v", names)
	}
}

// tellAll delivers all that is due.
func (f *fixture) tellAll() (names []string) {
	f.Helper()
	for some, due := f.told("one", 10); len(due) > 0; some, due = f.told("one", 10) {
		names = append(names, some...)
		for _, d := range due {
			f.sent("one", d, "")
		}
	}
	return names
}
