package approvald

import (
	"errors"
	"net/http"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// own answers an action of the gateway's: what became of an intent, or the end of
// one, to the agent and the session that asked for it. What is another one's reads
// as what does not exist.
func (h *Handler) own(w http.ResponseWriter, r *http.Request, c call) {
	approval, _ := c.asked.Args.Text("approval")
	intent, err := h.Store.Get(r.Context(), c.Tenant.Name, approval)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		h.Logger.Error("An intent could not be looked up", "decision", c.Decision, "error", err)
		h.refuse(w, c, answer.Thing{Code: reason.StoreUnavailable, Decision: c.Decision})
		return
	}
	d := h.mayKnow(c, intent, err == nil)
	if thing := h.recorded(c, d, money.Amount{}, intent.ID); thing.Code != "" {
		h.refuse(w, c, thing)
		return
	}
	if c.action.Name == decision.CancelAction {
		h.cancel(w, r, c, intent)
		return
	}
	h.outcome(w, c, intent, true)
}

// mayKnow decides whether an intent is the caller's, and whether the policy of
// today lets its outcome be told. Sums are left out: they count the intent itself.
func (h *Handler) mayKnow(c call, intent ledger.Intent, found bool) decision.Decision {
	d := decision.Decision{
		ID: c.Decision, Effect: decision.Mediate, Lane: wire.LaneRead, Reason: reason.Allowed,
		Bundle: c.Tenant.Version, Call: c.asked, Action: c.action,
	}
	if !found || intent.Identity.Agent != c.Identity.Agent || intent.Identity.Session.ID != c.Identity.Session.ID {
		return d.Refused(reason.ApprovalAbsent)
	}
	if c.action.Name == decision.CancelAction { // who may ask no more may still take back
		return d
	}
	tool, ok := c.Tenant.Tool(intent.Call.Tool)
	if !ok {
		return d.Refused(reason.ApprovalAbsent)
	}
	act, ok := tool.Catalog.Action(intent.Call.Action)
	if !ok {
		return d.Refused(reason.ApprovalAbsent)
	}
	asked := c
	asked.Tool, asked.action = tool, act
	live := h.decide(asked, intent.Call, intent.Facts, nil)
	// What is erased has no arguments to decide about any more, and nothing of them to tell.
	nothing := intent.Bodies == ledger.Erased && live.Reason == reason.PolicyUnevaluable
	if live.Effect == decision.Deny && !nothing {
		d = d.Refused(live.Reason)
		d.Rule, d.Say = live.Rule, live.Say
	}
	return d
}
