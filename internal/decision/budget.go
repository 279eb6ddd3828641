package decision

import (
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/reason"
)

// budget refuses an effect that does not fit into what is left of a budget. Only the
// ledger knows that and says so in Used; everywhere else Used is nil, because nothing
// is spent there.
func (d *Decision) budget(q Question) {
	if d.Effect != Mediate || q.Used == nil || !q.Action.Effect || len(d.FactsNeeded) > 0 {
		return
	}
	amount, _, err := q.Action.Amount(q.Call.Args, q.Facts)
	if err != nil {
		d.refuse()
		d.Reason = reason.PolicyUnevaluable
		return
	}
	over, is := q.Tenant.Limits.Over(Subject(q), q.Action.MoneyArg != "", amount, *q.Used, q.Now)
	if !is {
		return
	}
	d.refuse()
	d.Reason, d.Rule, d.Say, d.Hint = reason.BudgetExceeded, over.Rule(), "", over.String()
}

// Subject is a call as limits, sums and budgets see it.
func Subject(q Question) limit.Subject {
	return limit.Subject{
		Tenant: q.Tenant.Name, Agent: q.Identity.Agent, Session: q.Identity.Session.ID, Customer: q.Identity.Session.Customer,
		Tool: q.Tool.Name, Action: q.Action.Name,
		Arg: func(name string) (string, bool) { return q.Call.Args.Text(name) },
		Fact: func(fact, field string) (string, bool) {
			value, ok := q.Facts[fact][field]
			if !ok {
				return "", false
			}
			return value.Spell()
		},
	}
}
