package ledgertest

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/reason"
)

// meaning is what a repeated call came to.
type meaning struct {
	Relation   ledger.Relation
	Same       bool // the intent is the earlier one
	Occurrence int
	State      ledger.State
	Asked      int  // how often the rule was asked
	Shows      bool // the rule and the intent name the earlier one
}

// The meanings that repeat.
var (
	joined   = func(s ledger.State) meaning { return meaning{ledger.Joined, true, 1, s, 1, false} }
	replayed = meaning{ledger.Replayed, true, 1, ledger.Succeeded, 1, false}
	second   = meaning{ledger.New, false, 2, ledger.Executing, 1, true}
	anew     = meaning{ledger.New, false, 1, ledger.Executing, 1, false}
	shown    = meaning{ledger.New, false, 1, ledger.Executing, 1, true}
	retried  = meaning{ledger.Retried, true, 1, ledger.Executing, 1, false}
	denial   = meaning{ledger.Same, true, 1, ledger.Denied, 1, false}
)

// earlier makes the first intent, with client key k1, and brings it to a state.
type earlier func(f *fixture, edits ...edit) ledger.Intent

func waiting(f *fixture, edits ...edit) ledger.Intent   { return f.made(append(edits, held(1))...) }
func executing(f *fixture, edits ...edit) ledger.Intent { return f.made(edits...) }
func unaimed(f *fixture, edits ...edit) ledger.Intent {
	return f.made(append(edits, func(q *ledger.OpenRequest) { q.Target = "" })...)
}
func approved(f *fixture, edits ...edit) ledger.Intent {
	return f.vote(waiting(f, edits...), "ana", true)
}
func denied(f *fixture, edits ...edit) ledger.Intent {
	return f.vote(waiting(f, edits...), "ana", false)
}
func deniedLive(f *fixture, edits ...edit) ledger.Intent {
	return f.advance(f.made(edits...), ledger.Denied, func(s *ledger.Step) { s.Reason = reason.PolicyDenied })
}
func to(state ledger.State) earlier {
	return func(f *fixture, edits ...edit) ledger.Intent { return f.advance(f.made(edits...), state) }
}
func handed(f *fixture, edits ...edit) ledger.Intent {
	return f.advance(f.made(edits...), ledger.Succeeded, delivered)
}
func ended(state ledger.State) earlier {
	return func(f *fixture, edits ...edit) ledger.Intent { return f.advance(waiting(f, edits...), state) }
}

// repeats is the table in ledger's doc.go, row by row.
func repeats(t *testing.T, fresh func(t *testing.T) Connect) {
	cases := map[string]struct {
		first  earlier
		before string // client key of the first call
		after  time.Duration
		now    string // client key of the second call
		want   meaning
	}{
		"waiting, no key":                    {waiting, "", 0, "", joined(ledger.Waiting)},
		"waiting, same key":                  {waiting, "k1", 0, "k1", joined(ledger.Waiting)},
		"waiting, other key":                 {waiting, "k1", 0, "k2", joined(ledger.Waiting)},
		"waiting, too long":                  {waiting, "k1", expireAfter, "k1", anew},
		"waiting, almost too long":           {waiting, "k1", expireAfter - tick, "k1", joined(ledger.Waiting)},
		"approved, no key":                   {approved, "", 0, "", joined(ledger.Approved)},
		"approved, same key":                 {approved, "k1", 0, "k1", joined(ledger.Approved)},
		"executing, no key":                  {executing, "", 0, "", joined(ledger.Executing)},
		"executing, same key":                {executing, "k1", 0, "k1", joined(ledger.Executing)},
		"executing, other key":               {executing, "k1", 0, "k2", joined(ledger.Executing)},
		"executing, days":                    {executing, "k1", 72 * time.Hour, "k2", joined(ledger.Executing)},
		"unknown, no key":                    {to(ledger.Unknown), "", 0, "", joined(ledger.Unknown)},
		"unknown, other key, days":           {to(ledger.Unknown), "k1", 72 * time.Hour, "k2", joined(ledger.Unknown)},
		"succeeded, same key":                {to(ledger.Succeeded), "k1", 0, "k1", replayed},
		"succeeded, same key, years":         {to(ledger.Succeeded), "k1", 9000 * time.Hour, "k1", replayed},
		"succeeded, no key":                  {to(ledger.Succeeded), "", sameFor - tick, "", replayed},
		"succeeded, no key after a key":      {to(ledger.Succeeded), "k1", 0, "", replayed},
		"succeeded, no key, late":            {to(ledger.Succeeded), "", sameFor, "", second},
		"succeeded, key after none":          {to(ledger.Succeeded), "", 0, "k2", replayed},
		"succeeded, other key":               {to(ledger.Succeeded), "k1", sameFor - tick, "k2", replayed},
		"succeeded, other key, late":         {to(ledger.Succeeded), "k1", sameFor, "k2", second},
		"handed over, same key":              {handed, "k1", 0, "k1", replayed},
		"handed over, no key":                {handed, "k1", 0, "", replayed},
		"handed over, no key, late":          {handed, "k1", sameFor, "", second},
		"handed over, other key":             {handed, "k1", 0, "k2", second},
		"handed over, key after none":        {handed, "", 0, "k2", second},
		"handed over, other key, late":       {handed, "k1", sameFor, "k2", second},
		"failed, no key":                     {to(ledger.Failed), "", 0, "", retried},
		"failed, same key":                   {to(ledger.Failed), "k1", 0, "k1", retried},
		"failed, other key, days":            {to(ledger.Failed), "k1", 72 * time.Hour, "k2", retried},
		"denied by a person":                 {denied, "", denyFor - tick, "", denial},
		"denied by a person, same key":       {denied, "k1", 0, "k1", denial},
		"denied by a person, other key":      {denied, "k1", 0, "k2", denial},
		"denied by a person, late":           {denied, "", denyFor, "", shown},
		"denied by a person, same key, late": {denied, "k1", denyFor, "k1", shown},
		"denied by the live policy":          {deniedLive, "", 0, "", anew},
		"denied by the live policy, key":     {deniedLive, "k1", 0, "k1", anew},
		"expired":                            {ended(ledger.Expired), "k1", 0, "k1", anew},
		"cancelled":                          {ended(ledger.Cancelled), "", 0, "", anew},
	}
	all := newFixture(t, fresh(t)) // each row is a tenant's
	n := 0
	for name, c := range cases {
		n++
		tenant := "t" + strconv.Itoa(n)
		own := func(q *ledger.OpenRequest) { q.Tenant, q.Identity.Tenant = tenant, tenant }
		t.Run(name, func(t *testing.T) {
			f := &fixture{T: t, clock: all.clock, store: all.store, other: all.other}
			before := c.first(f, own, once(c.before))
			f.clock.Advance(c.after)
			got := f.again(before, own, once(c.now))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// hidden: whoever asks again gets what is there only if the rule allows him the
// call today, with sums that do not count it twice.
func hidden(f *fixture) {
	no := ledger.Ruling{Refuse: true, Reason: reason.PolicyDenied, Rule: "policy.csv:9"}
	for name, first := range map[string]earlier{
		"waiting": waiting, "approved": approved, "executing": executing, "unknown": to(ledger.Unknown),
		"succeeded": to(ledger.Succeeded), "denied": denied,
	} {
		before := first(f, key(name), once(name), amount(100, "USD"))
		others := f.sum() - map[bool]int64{true: 0, false: 100}[name == "denied"]
		opened := f.open(key(name), once(name), amount(100, "USD"), rule(func(s ledger.Situation) ledger.Ruling {
			same(f, s.Sums["day"].Minor, others)
			return no
		}))
		same(f, opened, ledger.Opened{Relation: ledger.Refused, Ruling: no})
		f.stored(before)
	}
}

// again repeats the fixture's call in another process.
func (f *fixture) again(before ledger.Intent, edits ...edit) meaning {
	f.Helper()
	var asked []ledger.Situation
	opened, err := f.other.Open(context.Background(), f.call(append(edits, rule(func(s ledger.Situation) ledger.Ruling {
		asked = append(asked, s)
		return ledger.Ruling{}
	}))...))
	f.must(err)
	f.stored(opened.Intent)
	i := opened.Intent
	m := meaning{opened.Relation, i.ID == before.ID, i.Occurrence, i.State, len(asked), i.Earlier == before.ID}
	for _, s := range asked {
		if s.Occurrence != i.Occurrence || (s.Earlier != nil && s.Earlier.ID == before.ID) != m.Shows {
			f.Errorf("the rule was asked about %+v, the intent is %+v", s, i)
		}
	}
	return m
}
