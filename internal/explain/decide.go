package explain

import (
	"encoding/json"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/limit"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Hold says who must approve first.
type Hold struct {
	Group string `json:"group"`
	Votes int    `json:"votes"`
}

// Answer is a decision as people and programs read it.
type Answer struct {
	Effect string          `json:"effect"` // allow, mediate or deny, as records say
	Reason reason.Code     `json:"reason"`
	Rule   string          `json:"rule,omitempty"`
	Say    string          `json:"say,omitempty"`
	Field  string          `json:"field,omitempty"` // of a request that is no call: what is wrong
	Hint   string          `json:"hint,omitempty"`
	Tool   string          `json:"tool,omitempty"`
	Action string          `json:"action,omitempty"`
	Args   json.RawMessage `json:"args,omitempty"` // canonical
	Hold   *Hold           `json:"hold,omitempty"`
	Lane   string          `json:"lane,omitempty"`
	Needs  []string        `json:"needs,omitempty"` // facts and sums that rules wait for
	Limits []string        `json:"limits,omitempty"`
	Rules  []Tried         `json:"rules,omitempty"`

	asked    string            // digest of the call as it was asked
	question decision.Question // the last one that was asked; its Action is nil for no call
}

// Decide answers a question as the gateway would: first the agent's check, which
// knows no facts, and then, with the facts that are given, what approvald asks.
// An error says what is wrong with the question itself.
func Decide(t *tenant.Tenant, a Ask, now time.Time) (Answer, error) {
	return decide(t, a, Ask{}, now)
}

// decide takes from other what a leaves out and the call has.
func decide(t *tenant.Tenant, a, other Ask, now time.Time) (Answer, error) {
	id, err := a.Or(other).identity(t)
	if err != nil {
		return Answer{}, err
	}
	request, err := a.request(t)
	if err != nil {
		return Answer{}, err
	}
	n := decision.NameRequest("", t, request)
	if a.Action != "" { // of any tool: an MCP server's has no request of its own
		n = decision.Named{}
		n.Tool, n.Call, n.Action, n.Refused = decision.NameSent("", t, request)
	}
	if n.Refused != nil {
		out := answered(*n.Refused)
		if n.Tool != nil {
			out.Tool = n.Tool.Name
		}
		return out, nil
	}
	if n.Tool == decision.Gateway() {
		return answered(decision.Status(decision.Question{Tenant: t, Tool: n.Tool, Identity: id, Call: n.Call, Action: n.Action, Now: now})), nil
	}
	if err := a.fits(t, n.Action); err != nil {
		return Answer{}, err
	}
	a = a.Or(other) // facts and sums of other calls are never looked at
	if !a.Now.IsZero() {
		now = a.Now
	}
	q := decision.Question{Tenant: t, Tool: n.Tool, Identity: id, Call: n.Call, Action: n.Action, Now: now}
	d := decision.Decide(q)
	if d.Effect == decision.Mediate {
		if d, q, err = a.mediated(d, q); err != nil {
			return Answer{}, err
		}
	}
	if n.MCP != nil {
		d = d.Mediated()
	}
	out := answered(d)
	out.question, out.asked = q, action.Digest(n.Call)
	return out, nil
}

// Is says that a recorded digest is of this call, as it was asked or with what
// facts made of it.
func (a Answer) Is(digest string) bool {
	return a.question.Action != nil && (digest == a.asked || digest == action.Digest(a.question.Call))
}

// mediated is what approvald asks once it has the facts; without them the first
// decision is the answer.
func (a Ask) mediated(first decision.Decision, q decision.Question) (decision.Decision, decision.Question, error) {
	facts, whole, err := a.facts(q.Action, q.Call.Args)
	if err != nil || !whole {
		return first, q, err
	}
	q.Facts = facts
	asked := q.Call.Args
	args, err := q.Action.Resolve(asked, facts)
	if err != nil {
		return refused(first, reason.FactsMismatch, err), q, nil
	}
	q.Call.Args = args
	if !q.Action.Effect {
		return settled(decision.Decide(q), reason.FactsUnavailable), q, nil
	}
	if _, err := q.Action.BusinessKey(asked, facts); err != nil {
		return refused(first, reason.FactsMismatch, err), q, nil
	}
	amount, _, err := q.Action.Amount(args, facts)
	if err != nil {
		return refused(first, reason.FactsMismatch, err), q, nil
	}
	uncounted, err := a.spend(&q, amount)
	switch {
	case err != nil:
		return first, q, err
	case uncounted != nil:
		return refused(first, reason.PolicyUnevaluable, uncounted), q, nil
	}
	return settled(decision.Decide(q), reason.PolicyUnevaluable), q, nil
}

// settled refuses what still waits: nothing more will come.
func settled(d decision.Decision, code reason.Code) decision.Decision {
	if len(d.FactsNeeded) > 0 {
		d.Effect, d.Lane, d.Reason, d.Charges = decision.Deny, "", code, nil
	}
	return d
}

func refused(d decision.Decision, code reason.Code, why error) decision.Decision {
	d.Effect, d.Lane, d.Reason, d.Hint, d.Charges, d.FactsNeeded = decision.Deny, "", code, why.Error(), nil, nil
	return d
}

func answered(d decision.Decision) Answer {
	out := Answer{
		Effect: d.Effect.String(), Reason: d.Reason, Rule: d.Rule, Say: d.Say, Field: d.Field, Hint: d.Hint,
		Tool: d.Call.Tool, Action: d.Call.Action, Lane: d.Lane, Needs: d.FactsNeeded, Limits: limitNames(d.Charges),
	}
	if d.Call.Args != nil {
		out.Args = action.MarshalArgs(d.Call.Args)
	}
	if h := d.Obligations.Hold; h != nil {
		out.Hold = &Hold{authority.Words(h.Group), h.Votes}
	}
	return out
}

func limitNames(charges []limit.Charge) (names []string) {
	for _, c := range charges {
		names = append(names, c.Limit)
	}
	return names
}
