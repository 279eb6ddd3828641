package authority

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/internal/money"
)

func usd(minor int64) *money.Amount { return &money.Amount{Minor: minor, Currency: "USD"} }

func TestFind(t *testing.T) {
	refund := []string{"stripe.refund.create"}
	m := Matrix{
		{Actions: refund, Above: usd(50000), Groups: []string{"finance"}, Votes: 2},
		{Actions: refund, Roles: []string{"trainee"}, Groups: []string{"trainers"}, Votes: 1},
		{Actions: []string{"stripe.*"}, Groups: []string{"leads"}, Votes: 1},
	}
	for name, c := range map[string]struct {
		s    Subject
		want int // row, -1 for none
	}{
		"a small amount":           {Subject{Action: "stripe.refund.create", Moves: true, Amount: *usd(100)}, 2},
		"exactly the amount":       {Subject{Action: "stripe.refund.create", Moves: true, Amount: *usd(50000)}, 2},
		"above it":                 {Subject{Action: "stripe.refund.create", Moves: true, Amount: *usd(50001)}, 0},
		"another currency":         {Subject{Action: "stripe.refund.create", Moves: true, Amount: money.Amount{Minor: 1, Currency: "EUR"}}, 0},
		"an amount not known":      {Subject{Action: "stripe.refund.create", Moves: true}, 0},
		"of a role":                {Subject{Action: "stripe.refund.create", Roles: []string{"billing", "trainee"}, Moves: true, Amount: *usd(1)}, 1},
		"of another role":          {Subject{Action: "stripe.refund.create", Roles: []string{"billing"}, Moves: true, Amount: *usd(1)}, 2},
		"by a prefix":              {Subject{Action: "stripe.customer.delete"}, 2},
		"a name that only begins":  {Subject{Action: "stripes.refund"}, -1},
		"nothing speaks about it":  {Subject{Action: "zendesk.comment.create"}, -1},
		"an amount where none is":  {Subject{Action: "stripe.refund.create", Amount: *usd(60000)}, 2},
		"a role is not its prefix": {Subject{Action: "stripe.refund.create", Roles: []string{"trainees"}, Moves: true, Amount: *usd(1)}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := m.Find(c.s)
			if ok != (c.want >= 0) || ok && cmp.Diff(m[c.want], got) != "" {
				t.Errorf("got %+v, want row %d", got, c.want)
			}
		})
	}
}

// The law: more money never asks fewer people, as long as rows stand as the
// file must have them.
func TestMoreMoneyNeverAsksFewer(t *testing.T) {
	m := Matrix{
		{Actions: []string{"*"}, Above: usd(1000), Groups: []string{"c"}, Votes: 3},
		{Actions: []string{"*"}, Above: usd(100), Groups: []string{"b"}, Votes: 2},
		{Actions: []string{"*"}, Groups: []string{"a"}, Votes: 1},
	}
	before := 0
	for minor := int64(0); minor < 1200; minor++ {
		row, ok := m.Find(Subject{Action: "x.y", Moves: true, Amount: *usd(minor)})
		if !ok || row.Votes < before {
			t.Fatalf("%d asks %d, less asked %d", minor, row.Votes, before)
		}
		before = row.Votes
	}
	if before != 3 {
		t.Errorf("the most asks %d", before)
	}
}

func TestShadowed(t *testing.T) {
	a, b := []string{"x.a"}, []string{"x.a", "x.b"}
	for name, c := range map[string]struct {
		m    Matrix
		want int
	}{
		"nothing before":             {Matrix{{Actions: a}}, -1},
		"the same again":             {Matrix{{Actions: a}, {Actions: a}}, 0},
		"everything before":          {Matrix{{Actions: []string{"*"}}, {Actions: a, Roles: []string{"r"}, Above: usd(1)}}, 0},
		"fewer actions before":       {Matrix{{Actions: a}, {Actions: b}}, -1},
		"a prefix of a prefix":       {Matrix{{Actions: []string{"x.*"}}, {Actions: []string{"x.a.*"}}}, 0},
		"a prefix after a name":      {Matrix{{Actions: a}, {Actions: []string{"x.*"}}}, -1},
		"larger amounts first":       {Matrix{{Actions: a, Above: usd(9)}, {Actions: a}}, -1},
		"smaller amounts first":      {Matrix{{Actions: a, Above: usd(1)}, {Actions: a, Above: usd(9)}}, 0},
		"amounts not to be compared": {Matrix{{Actions: a, Above: usd(1)}, {Actions: a, Above: &money.Amount{Minor: 9, Currency: "EUR"}}}, -1},
		"one role before":            {Matrix{{Actions: a, Roles: []string{"r"}}, {Actions: a}}, -1},
		"more roles before":          {Matrix{{Actions: a, Roles: []string{"r", "s"}}, {Actions: a, Roles: []string{"s"}}}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.m.Shadowed(len(c.m) - 1); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestEscalated(t *testing.T) {
	since := time.Unix(1000, 0)
	r := Row{Escalation: Escalation{After: time.Minute, Groups: []string{"managers"}}}
	if got := r.Escalated(since, since.Add(time.Minute-1)); got != nil {
		t.Errorf("too early %v", got)
	}
	if got := r.Escalated(since, since.Add(time.Minute)); !slices.Equal(got, []string{"managers"}) {
		t.Errorf("in time %v", got)
	}
	if got := (Row{}).Escalated(since, since.Add(time.Hour)); got != nil {
		t.Errorf("without one %v", got)
	}
}

func TestApproving(t *testing.T) {
	q := Question{VoterID: "ann", VoterGroups: []string{"leads"}, Group: "finance|leads", Moves: true, Amount: *usd(100), Approve: true}
	const (
		owner  = "You own the agent that asks, so somebody else approves it."
		limit  = "You approve up to 0.99 USD; somebody with a higher limit approves this."
		others = "You can read this, but only members of finance or leads or managers decide about it."
	)
	for name, c := range map[string]struct {
		change func(*Question)
		why    string
		deny   string // why a denial is refused
	}{
		"one of several groups":    {func(*Question) {}, "", ""},
		"the owner":                {func(q *Question) { q.Owner = true }, owner, ""},
		"at the limit":             {func(q *Question) { q.Limit = usd(100) }, "", ""},
		"beyond the limit":         {func(q *Question) { q.Limit = usd(99) }, limit, ""},
		"another currency":         {func(q *Question) { q.Limit, q.Amount.Currency = usd(99), "EUR" }, limit, ""},
		"an amount not known":      {func(q *Question) { q.Limit, q.Amount = usd(99), money.Amount{} }, limit, ""},
		"no money":                 {func(q *Question) { q.Limit, q.Moves, q.Amount = usd(99), false, money.Amount{} }, "", ""},
		"escalated":                {func(q *Question) { q.VoterGroups, q.Escalated = []string{"managers"}, []string{"managers"} }, "", ""},
		"a stranger":               {func(q *Question) { q.VoterGroups, q.Escalated = []string{"x"}, []string{"managers"} }, others, others},
		"the text is no group":     {func(q *Question) { q.VoterGroups = []string{"finance|leads"} }, "You can read this, but only members of finance or leads decide about it.", "You can read this, but only members of finance or leads decide about it."},
		"an empty group escalated": {func(q *Question) { q.VoterGroups, q.Escalated = []string{""}, []string{""} }, "You can read this, but only members of finance or leads or  decide about it.", "You can read this, but only members of finance or leads or  decide about it."},
	} {
		t.Run(name, func(t *testing.T) {
			q := q
			c.change(&q)
			if diff := cmp.Diff(Answer{c.why == "", c.why}, May(q)); diff != "" {
				t.Error(diff)
			}
			q.Approve = false
			if diff := cmp.Diff(Answer{c.deny == "", c.deny}, May(q)); diff != "" {
				t.Errorf("denying: %s", diff)
			}
		})
	}
}

// The law: whatever is asked, who may approve may also deny.
func TestWhoApprovesMayDeny(t *testing.T) {
	may := 0
	for bits := range 1 << 5 {
		on := func(bit int) bool { return bits>>bit&1 == 1 }
		q := Question{VoterID: "ann", VoterGroups: []string{"leads"}, Group: "leads", Approve: true, Moves: on(0), Owner: on(1), Amount: *usd(5)}
		if on(2) {
			q.Limit = usd(1)
		}
		if on(4) {
			q.Voted = []string{"ann"}
		}
		if on(3) {
			q.RequesterID = "ann"
		}
		approve := May(q).May
		q.Approve = false
		if approve && !May(q).May {
			t.Errorf("%+v", q)
		}
		if approve {
			may++
		}
	}
	if may == 0 {
		t.Error("nobody may approve anything")
	}
}

func TestRowInWords(t *testing.T) {
	r := Row{Actions: []string{"stripe.refund.create", "stripe.*"}, Above: usd(20000), Roles: []string{"a", "b"}, Groups: []string{"finance", "leads"}, Votes: 2, ExpireAfter: time.Hour, Escalation: Escalation{After: time.Minute, Groups: []string{"managers"}}}
	if want, got := "stripe.refund.create, stripe.* of more than 200.00 USD by agents with the role a or b waits for 2 of finance or leads, for 1h0m0s; after 1m0s managers may vote too", r.String(); got != want {
		t.Errorf("got %q", got)
	}
	if want, got := "* waits for 1 of leads", (Row{Actions: []string{"*"}, Groups: []string{"leads"}, Votes: 1}).String(); got != want {
		t.Errorf("got %q", got)
	}
}
