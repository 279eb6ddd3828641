package execute

import (
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
)

// mark leaves in what an export answered the rows that were asked for, and under
// whose word they go out. The outcome is marked before it is stored, so a replay
// has the same mark.
func (e *Engine) mark(act *action.Action, intent ledger.Intent, o *ledger.Outcome) {
	by := action.Watermark{Approval: intent.ID, AskedBy: intent.Identity.Agent, At: o.At.UTC()}
	for _, v := range intent.Votes {
		if v.Approve {
			by.ApprovedBy = append(by.ApprovedBy, v.Person)
		}
	}
	var err error
	if o.Body, err = act.Mark(o.Body, intent.Call.Args, by); err != nil {
		e.logger.Error("What an export answered cannot be marked, and was withheld", "intent", intent.ID, "error", err)
	}
	o.MediaType = "application/json"
}
