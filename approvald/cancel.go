package approvald

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// statusURL is where the agent asks after an intent over plain HTTP.
func statusURL(intent string) string {
	return "/" + wire.PathGateway + "/approvals/" + intent
}

// cancel takes back an intent of the caller's that was not sent yet. One that is
// on its way or over stays as it is, and the answer says so.
func (h *Handler) cancel(w http.ResponseWriter, r *http.Request, c call, intent ledger.Intent) {
	for intent.State == ledger.Waiting || intent.State == ledger.Approved {
		step := ledger.Step{
			Tenant: intent.Tenant, ID: intent.ID, Version: intent.Version,
			To: ledger.Cancelled, Actor: "agent:" + c.Identity.Agent, Reason: reason.Cancelled,
		}
		after, err := h.Store.Advance(r.Context(), step)
		if err == nil {
			h.cancelled(w, c, after)
			return
		}
		if errors.Is(err, ledger.ErrConflict) { // somebody voted, or it is being sent
			intent, err = h.Store.Get(r.Context(), intent.Tenant, intent.ID)
		}
		if err != nil {
			h.Logger.Error("An intent could not be cancelled", "decision", c.Decision, "intent", intent.ID, "error", err)
			h.refuse(w, c, answer.Thing{Code: reason.StoreUnavailable, Decision: c.Decision})
			return
		}
	}
	if intent.State == ledger.Cancelled {
		h.cancelled(w, c, intent)
		return
	}
	h.outcome(w, c, intent, true)
}

func (h *Handler) cancelled(w http.ResponseWriter, c call, intent ledger.Intent) {
	body, _ := json.Marshal(map[string]string{"approval": intent.ID, "state": string(intent.State)}) //nolint:errchkjson // texts have no error
	w.Header().Set(wire.HeaderIntent, intent.ID)
	c.relay(w, c.Tool.Name, answer.Outcome{Status: http.StatusOK, MediaType: "application/json", Body: body, Intent: intent.ID})
}
