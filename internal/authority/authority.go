package authority

import (
	"slices"

	"github.com/sallyport/sallyport/internal/money"
)

// Question is one person about one approval.
type Question struct {
	VoterID     string
	VoterGroups []string
	Group       string   // whose members vote, as Join writes several; "" means nobody can
	Escalated   []string // groups that may vote besides by now
	RequesterID string   // who asked
	Voted       []string // who has voted
	Approve     bool     // the vote is to approve; a denial needs no more than membership

	Editors []string      // who changed what is asked
	Owner   bool          // the voter owns the agent that asks
	Limit   *money.Amount // what the voter approves at most; nil: no limit
	Moves   bool          // what is asked moves money
	Amount  money.Amount  // without a currency: not known
}

// Answer is whether the person may vote, and if not, why, in a sentence for
// that person.
type Answer struct {
	May bool
	Why string
}

// May answers. Who asked for something, changed it or owns who asked never
// approves it.
func May(q Question) Answer {
	why := q.mayNotVote()
	if why == "" && q.Approve {
		why = q.mayNotApprove()
	}
	return Answer{May: why == "", Why: why}
}

func (q Question) mayNotVote() string {
	switch {
	case q.VoterID == "" || q.Group == "" || !q.member():
		return "You can read this, but only " + group(q.Group, q.Escalated) + " decide about it."
	case slices.Contains(q.Voted, q.VoterID):
		return "You have voted on this already."
	}
	return ""
}

func (q Question) member() bool {
	return slices.ContainsFunc(append(Split(q.Group), q.Escalated...), func(g string) bool {
		return g != "" && slices.Contains(q.VoterGroups, g)
	})
}

func (q Question) mayNotApprove() string {
	switch {
	case q.VoterID == q.RequesterID:
		return "You asked for this yourself, so somebody else approves it."
	case slices.Contains(q.Editors, q.VoterID):
		return "You changed this yourself, so somebody else approves it."
	case q.Owner:
		return "You own the agent that asks, so somebody else approves it."
	case q.beyond():
		return "You approve up to " + q.Limit.String() + "; somebody with a higher limit approves this."
	}
	return ""
}

// beyond: what cannot be compared with the limit is beyond it.
func (q Question) beyond() bool {
	if q.Limit == nil || !q.Moves {
		return false
	}
	order, err := q.Amount.Cmp(*q.Limit)
	return err != nil || order > 0
}

func group(name string, besides []string) string {
	if name == "" {
		return "the people its policy names"
	}
	return "members of " + Words(Join(slices.Concat([]string{name}, besides)))
}
