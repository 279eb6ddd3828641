package decision

import "github.com/sallyport/sallyport/internal/policy"

// staffed is a rule's hold with the people that the approval matrix names for
// this call. The matrix never takes a hold away, makes one, or asks fewer.
func (q Question) staffed(hold *policy.Hold) *policy.Hold {
	if hold == nil || len(q.Tenant.Approvals.Matrix) == 0 {
		return hold
	}
	amount, _, err := q.Action.Amount(q.Call.Args, q.Facts)
	if err != nil { // contradictory: not known, so the largest row applies
		amount.Currency = ""
	}
	return q.Tenant.Staffed(hold, q.Identity, q.Action, amount)
}
