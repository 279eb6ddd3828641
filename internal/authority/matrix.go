package authority

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/money"
)

// MaxVotes bounds how many people one approval can ask for.
const MaxVotes = 9

// Row says who answers for the calls that it speaks about.
type Row struct {
	Actions     []string      // names; "stripe.*" and "*" too
	Roles       []string      // the agent has one of them; nil: any agent
	Above       *money.Amount // more than this; nil: any amount, and none
	Groups      []string      // whose members may vote
	Votes       int           // how many different people must approve
	ExpireAfter time.Duration // 0: the tenant's
	Escalation  Escalation
}

// Escalation is who may vote besides, once nobody did for a while.
type Escalation struct {
	After  time.Duration
	Groups []string // nil: nobody
}

// Matrix is all of a tenant's rows, in the order of the file: the first that
// applies counts.
type Matrix []Row

// Subject is what a row is held against.
type Subject struct {
	Action string
	Roles  []string     // of the agent
	Moves  bool         // the action moves money
	Amount money.Amount // without a currency: not known
}

// Find is the row for a subject.
func (m Matrix) Find(s Subject) (Row, bool) {
	for _, r := range m {
		if r.applies(s) {
			return r, true
		}
	}
	return Row{}, false
}

func (r Row) applies(s Subject) bool {
	return Covers(r.Actions, s.Action) && (r.Roles == nil || slices.ContainsFunc(s.Roles, r.hasRole)) && r.reached(s)
}

func (r Row) hasRole(role string) bool { return slices.Contains(r.Roles, role) }

// reached says whether an amount is above the row's. One that is not known, or
// of another currency, may be: then the row applies, because rows for larger
// amounts stand first and ask more people.
func (r Row) reached(s Subject) bool {
	if r.Above == nil || !s.Moves {
		return r.Above == nil
	}
	order, err := s.Amount.Cmp(*r.Above)
	return err != nil || order > 0
}

// Covers says whether one of the patterns names an action.
func Covers(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		prefix, open := strings.CutSuffix(p, "*")
		return p == action || open && strings.HasPrefix(action, prefix)
	})
}

// between stands between groups where several are one text: "finance|leads". No
// name of a group has it.
const between = "|"

// Join is several groups as one text.
func Join(groups []string) string { return strings.Join(groups, between) }

// Split is what Join joined.
func Split(group string) []string {
	if group == "" {
		return nil
	}
	return strings.Split(group, between)
}

// Words is a joined text for people: "finance or leads".
func Words(group string) string { return strings.ReplaceAll(group, between, " or ") }

// Escalated are the groups that may vote besides, when something has waited
// since a time.
func (r Row) Escalated(since, now time.Time) []string {
	if r.Escalation.After <= 0 || now.Before(since.Add(r.Escalation.After)) {
		return nil
	}
	return r.Escalation.Groups
}

// Shadowed is the first row before i that takes everything which row i speaks
// about, so that i never counts; -1 for none.
func (m Matrix) Shadowed(i int) int {
	return slices.IndexFunc(m[:i], func(before Row) bool { return before.includes(m[i]) })
}

// includes says that r applies wherever other does.
func (r Row) includes(other Row) bool {
	for _, pattern := range other.Actions {
		if !Covers(r.Actions, pattern) {
			return false
		}
	}
	if r.Roles != nil && (other.Roles == nil || slices.ContainsFunc(other.Roles, func(role string) bool { return !r.hasRole(role) })) {
		return false
	}
	if r.Above == nil || other.Above == nil {
		return r.Above == nil
	}
	order, err := r.Above.Cmp(*other.Above)
	return err == nil && order <= 0
}

// String is a row in words: "stripe.refund.create of more than 200.00 USD waits
// for 2 of finance or leads".
func (r Row) String() string {
	var b strings.Builder
	b.WriteString(strings.Join(r.Actions, ", "))
	if r.Above != nil {
		b.WriteString(" of more than " + r.Above.String())
	}
	if r.Roles != nil {
		b.WriteString(" by agents with the role " + strings.Join(r.Roles, " or "))
	}
	fmt.Fprintf(&b, " waits for %d of %s", r.Votes, Words(Join(r.Groups)))
	if r.ExpireAfter > 0 {
		b.WriteString(", for " + r.ExpireAfter.String())
	}
	if r.Escalation.After > 0 {
		b.WriteString("; after " + r.Escalation.After.String() + " " + Words(Join(r.Escalation.Groups)) + " may vote too")
	}
	return b.String()
}
