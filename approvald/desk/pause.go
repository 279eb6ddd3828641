package desk

import (
	"net/http"
	"slices"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/token"
)

// mayPause says whether a person may stop the agent of an intent: whoever decides
// about it, or about repetitions.
func mayPause(v visitor, intent ledger.Intent) bool {
	groups := append([]string{v.tenant.Approvals.RepeatGroup}, Deciding(intent)...)
	return slices.ContainsFunc(groups, func(g string) bool { return g != "" && v.person.In(g) })
}

// pause refuses the tokens that the agent of an intent has by now. What waits
// stays for people to decide.
func (d *Desk) pause(w http.ResponseWriter, r *http.Request, v visitor) {
	intent, err := d.Store.Get(r.Context(), v.tenant.Name, r.PathValue("id"))
	if err != nil {
		d.missing(w, err)
		return
	}
	if !mayPause(v, intent) {
		d.showIntent(w, r, v, intent, &Error{Status: http.StatusForbidden, Detail: "Only who decides about this agent's calls can pause it."})
		return
	}
	agent := intent.Identity.Agent
	if _, refused := d.revoke(seat{v.tenant, v.person}, token.Revocation{Agent: agent, Why: "paused in the Desk, at " + intent.ID}, intent); refused != nil {
		d.showIntent(w, r, v, intent, &Error{Status: http.StatusServiceUnavailable, Detail: "The agent could not be paused: tell whoever runs the gateway, who has `sallyport revoke`."})
		return
	}
	d.showIntent(w, r, v, intent, &Error{Status: http.StatusOK, Detail: "Every token that " + visible(agent) + " has is refused from now on. It works again with a new one; what waits here still waits."})
}
