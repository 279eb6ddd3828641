package decision

import (
	"fmt"
	"strings"

	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
)

// Shadow is what a policy on trial says beside the live decision. The zero
// Shadow: none was asked.
type Shadow struct {
	Version string      // of the shadow's files
	Differs string      // "deny -> allow", "hold none -> 1 of leads"; "" for the same outcome
	Reason  reason.Code // the shadow's own
	Rule    string      // of the shadow's policy.csv, "" when none decided
}

// Beside asks the tenant's shadow the question that live answers. It changes
// nothing: a shadow that panics differs, and that is all. While live still waits
// for facts there is nothing to compare.
func Beside(q Question, live Decision) (out Shadow) {
	if q.Tenant == nil || q.Tenant.Shadow == nil || len(live.FactsNeeded) > 0 {
		return Shadow{}
	}
	out.Version = q.Tenant.Shadow.Version
	defer func() {
		if recover() != nil {
			out.Differs, out.Reason, out.Rule = "the shadow fails", reason.Internal, ""
		}
	}()
	trial := *q.Tenant
	trial.Policy, trial.Shadow = q.Tenant.Shadow.Policy, nil
	q.Tenant = &trial
	d := Decide(q)
	out.Reason, out.Rule, out.Differs = d.Reason, d.Rule, differs(live, d)
	return out
}

// differs names what callers or approvers would notice.
func differs(live, trial Decision) string {
	var parts []string
	if live.Effect != trial.Effect {
		parts = append(parts, fmt.Sprintf("%s -> %s", live.Effect, trial.Effect))
	}
	if a, b := holdText(live.Obligations.Hold), holdText(trial.Obligations.Hold); a != b && live.Effect != Deny && trial.Effect != Deny {
		parts = append(parts, fmt.Sprintf("hold %s -> %s", a, b))
	}
	return strings.Join(parts, ", ")
}

func holdText(h *policy.Hold) string {
	if h == nil {
		return "none"
	}
	return fmt.Sprintf("%d of %s", h.Votes, h.Group)
}
