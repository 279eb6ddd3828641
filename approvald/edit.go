package approvald

import (
	"context"
	"errors"
	"strings"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Edit changes what a waiting intent asks. The new call is read, looked at and
// decided as one of its agent in its session, with facts of now; what is refused
// changes nothing.
func (h *Handler) Edit(ctx context.Context, t *tenant.Tenant, intent ledger.Intent, change desk.Change) (ledger.Intent, error) {
	c, err := h.changed(t, intent, change.Set)
	if err != nil {
		return intent, err
	}
	facts, missing := h.Client.Facts(ctx, c.Caller, c.action, c.asked.Args)
	ask, err := h.question(c, facts, missing)
	if err = errors.Join(err, missing); err != nil || ask.unclear != "" {
		return intent, refused(h.lacking(c, ask.unclear, err))
	}
	if _, err := h.Client.Restore(ctx, c.Caller, c.action, ask.resolved.Args, facts); err != nil {
		return intent, refused(h.lacking(c, execute.RestoreReason(err), err))
	}
	after, ruling, err := h.Store.Edit(ctx, ledger.EditRequest{Intent: intent.ID, Person: change.Person, Digest: change.Digest, To: h.request(c, ask)})
	if err != nil {
		return intent, err
	}
	d := ruled(c, ask, ledger.Opened{Relation: ledger.New, Intent: after, Ruling: ruling})
	if ruling.Refuse {
		d.Effect, d.Lane, d.Reason = decision.Deny, "", ruling.Reason
	}
	if thing := h.recorded(c, d, ask.amount, intent.ID); thing.Code != "" {
		if !ruling.Refuse { // nobody would know on whose word it was sent
			h.takeBack(ctx, ledger.Opened{Relation: ledger.New, Intent: after})
		}
		return intent, refused(thing)
	}
	return after, nil
}

// changed is the call that an intent becomes. Its texts hold no more of personal
// data in clear than an agent's.
func (h *Handler) changed(t *tenant.Tenant, intent ledger.Intent, set map[string]string) (call, error) {
	tool, ok := t.Tool(intent.Call.Tool)
	if !ok {
		return call{}, desk.Refusal(errGone.Error())
	}
	act, ok := tool.Catalog.Action(intent.Call.Action)
	if !ok {
		return call{}, desk.Refusal(errGone.Error())
	}
	args, mismatch := tool.Catalog.Edited(act, intent.Call.Args, set)
	if mismatch != nil {
		return call{}, desk.Refusal(strings.TrimPrefix(mismatch.Field+": "+mismatch.Hint, ": "))
	}
	asked := intent.Call
	asked.Args = args
	c := call{
		Caller: execute.Caller{Decision: intent.Decision, Identity: intent.Identity, Tenant: t, Tool: tool},
		asked:  asked, action: act, admits: grant.Admission{Digest: action.Digest(asked)}, stream: &stream{},
	}
	if c.admits.Digest == intent.Digest {
		return c, desk.Refusal("Nothing was changed.")
	}
	if leak := decision.Outgoing(act, args); leak.Reason != "" {
		return c, refused(answer.Thing{Code: leak.Reason, Decision: c.Decision, Field: leak.Field, Hint: leak.Hint})
	}
	return c, nil
}

// refused is a refusal as a sentence.
func refused(thing answer.Thing) error { return desk.Refusal(answer.Sentence(thing)) }
