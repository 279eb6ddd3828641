package tenant

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/token"
)

// Bounds of how long ago a fresh login was.
const (
	defaultFresh = 5 * time.Minute
	minEscalate  = time.Minute
)

// matrixRow is a row of the approval matrix as it is written.
type matrixRow struct {
	Actions     []string      `yaml:"actions"`
	Roles       []string      `yaml:"roles"`
	Above       string        `yaml:"above"`
	Groups      []string      `yaml:"groups"`
	Votes       int           `yaml:"votes"`
	ExpireAfter time.Duration `yaml:"expire_after"`
	Escalate    struct {
		After  time.Duration `yaml:"after"`
		Groups []string      `yaml:"groups"`
	} `yaml:"escalate"`
}

// freshLogin is when an approval needs a new login, as it is written.
type freshLogin struct {
	Above  string        `yaml:"above"`
	Within time.Duration `yaml:"within"`
}

// Row is the row of the approval matrix for a call; amount has no currency while
// it is not known.
func (t *Tenant) Row(id token.Identity, act *action.Action, amount money.Amount) (authority.Row, bool) {
	return t.Approvals.Matrix.Find(authority.Subject{
		Action: act.Name, Roles: t.Policy.Effective(id), Moves: act.MoneyArg != "", Amount: amount,
	})
}

// Staffed is a rule's hold with the people that the matrix names: never fewer
// than the rule asks for.
func (t *Tenant) Staffed(hold *policy.Hold, id token.Identity, act *action.Action, amount money.Amount) *policy.Hold {
	row, ok := t.Row(id, act, amount)
	if !ok {
		return hold
	}
	return &policy.Hold{Group: authority.Join(row.Groups), Votes: max(row.Votes, hold.Votes)}
}

// ExpireAfter is how long an approval of a call waits for people.
func (t *Tenant) ExpireAfter(id token.Identity, act *action.Action, amount money.Amount) time.Duration {
	if row, ok := t.Row(id, act, amount); ok && row.ExpireAfter > 0 {
		return row.ExpireAfter
	}
	return t.Approvals.ExpireAfter
}

func (l *loader) matrix(rows []matrixRow, expire time.Duration) authority.Matrix {
	var out authority.Matrix
	for i, r := range rows {
		at := fmt.Sprintf("%s: matrix[%d]", fileApprovals, i)
		row := authority.Row{
			Actions: r.Actions, Roles: r.Roles, Above: l.amount(at+".above", r.Above), Groups: r.Groups, Votes: max(r.Votes, 1),
			ExpireAfter: r.ExpireAfter, Escalation: authority.Escalation{After: r.Escalate.After, Groups: r.Escalate.Groups},
		}
		out = append(out, row)
		l.rowActions(at, row)
		l.rowPeople(at, row, r.Votes)
		l.rowTimes(at, row, expire)
		if before := out.Shadowed(i); before >= 0 {
			l.problems.Add(at, fmt.Sprintf("never counts: matrix[%d] before it takes all of its calls. Write rows for larger amounts and fewer actions first", before), nil)
		}
	}
	return out
}

func (l *loader) amount(at, text string) *money.Amount {
	if text == "" {
		return nil
	}
	amount, err := money.Parse(text)
	if err != nil {
		l.problems.Add(at, err.Error(), nil)
		return nil
	}
	return &amount
}

// rowActions refuses what would never be asked about.
func (l *loader) rowActions(at string, r authority.Row) {
	if len(r.Actions) == 0 {
		l.problems.Add(at+".actions", "must name the actions that the row is for, like [stripe.refund.create]", nil)
	}
	moves := false
	for _, pattern := range r.Actions {
		known := false
		for _, act := range l.actions() {
			if act.Effect && authority.Covers([]string{pattern}, act.Name) {
				known, moves = true, moves || act.MoneyArg != ""
			}
		}
		if !known && l.knows(pattern) {
			l.problems.Add(at+".actions", "matches no effect of the tenant's tools", pattern)
		}
	}
	if r.Above != nil && len(r.Actions) > 0 && !moves && !l.unread {
		l.problems.Add(at+".above", "none of the row's actions moves money", r.Above.String())
	}
}

// rowPeople refuses rows that too few people could ever satisfy.
func (l *loader) rowPeople(at string, r authority.Row, votes int) {
	if len(r.Groups) == 0 {
		l.problems.Add(at+".groups", "must name who approves", nil)
	}
	if votes < 0 || votes > authority.MaxVotes {
		l.problems.Add(at+".votes", fmt.Sprintf("must be from 1 to %d", authority.MaxVotes), votes)
	}
	if l.tenant.People == nil {
		return
	}
	unknown := false
	for _, g := range slices.Concat(r.Groups, r.Escalation.Groups) {
		if !slices.Contains(l.tenant.People.Groups(), g) {
			l.problems.Add(at+".groups", "is no group of people.yaml", g)
			unknown = true
		}
	}
	able := map[string]bool{}
	for _, g := range slices.Concat(r.Groups, r.Escalation.Groups) {
		for _, p := range l.tenant.People.Members(g) {
			able[p.ID] = true
		}
	}
	if len(able) < r.Votes && !unknown && len(r.Groups) > 0 && l.tenant.People.Login().OIDC == nil {
		l.problems.Add(at+".votes", fmt.Sprintf("asks for %d, and its groups have %d people", r.Votes, len(able)), nil)
	}
}

func (l *loader) rowTimes(at string, r authority.Row, expire time.Duration) {
	switch e := r.Escalation; {
	case e.After == 0 && e.Groups == nil:
	case len(e.Groups) == 0:
		l.problems.Add(at+".escalate.groups", "must name who may vote after that time", nil)
	case e.After < minEscalate:
		l.problems.Add(at+".escalate.after", "must be "+minEscalate.String()+" or more", e.After)
	case e.After >= cmp.Or(r.ExpireAfter, expire):
		l.problems.Add(at+".escalate.after", "must be shorter than expire_after: nobody would be left to ask", e.After)
	}
	if r.ExpireAfter != 0 {
		l.between(at[len(fileApprovals)+2:]+".expire_after", r.ExpireAfter, time.Minute, maxApproval)
	}
}

func (l *loader) fresh(f freshLogin) Fresh {
	if f.Above == "" {
		if f.Within != 0 {
			l.problems.Add(fileApprovals+": fresh_login.above", "must say from which amount a new login is needed, like 500 USD", nil)
		}
		return Fresh{}
	}
	if f.Within == 0 {
		f.Within = defaultFresh
	}
	l.between("fresh_login.within", f.Within, time.Minute, time.Hour)
	return Fresh{Above: l.amount(fileApprovals+": fresh_login.above", f.Above), Within: f.Within}
}
