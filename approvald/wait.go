package approvald

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// lookAgain is when a call that waits looks after its intent again, which the store
// could not tell it about.
const lookAgain = time.Second

// wait follows an intent until it is final, the agent leaves or wants no wait, the
// time that its SDK is known to wait is over, from when it called, or this
// process stops, or not at all when too many calls wait already. The intent itself
// goes on in any case.
func (h *Handler) wait(ctx context.Context, c call, intent ledger.Intent) ledger.Intent {
	if intent.State.Final() {
		return intent
	}
	release, ok := h.holds.take(c)
	if !ok {
		return intent
	}
	defer release()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := h.Clock.AfterFunc(c.until().Sub(h.Clock.Now()), cancel)
	defer timer.Stop()
	defer context.AfterFunc(h.stopping, cancel)()
	defer h.Revoked.AfterFunc(c.holder(), c.Tool.Name, cancel)()
	for !intent.State.Final() {
		next, err := h.Store.Watch(ctx, intent.Tenant, intent.ID, intent.Version)
		switch {
		case err == nil:
			intent = next
		case errors.Is(err, ledger.ErrNotFound), errors.Is(err, ledger.ErrUnreadable):
			return intent
		default:
			select {
			case <-ctx.Done():
				return intent
			case <-h.Clock.After(lookAgain): // a store that is away comes back
			}
		}
	}
	return intent
}

// holder is who a call is kept open for: what was revoked after it arrived ends
// it. What was revoked before did not arrive.
func (c call) holder() token.Identity {
	who := c.Identity
	who.IssuedAt = c.arrived
	return who
}

// last is an intent as it is once its agent is counted as a waiter no more: what
// came of it until then is marked as delivered, so it must be.
func (h *Handler) last(ctx context.Context, intent ledger.Intent) ledger.Intent {
	if intent.State.Final() {
		return intent
	}
	if now, err := h.Store.Get(ctx, intent.Tenant, intent.ID); err == nil {
		return now
	}
	return intent
}

// handed marks an outcome that another replica brought about, which did not know of
// the agent that waits here: the next call with a key of its own is meant. Who may
// hear nothing more gets none.
func (h *Handler) handed(ctx context.Context, c call, intent ledger.Intent) {
	if intent.State != ledger.Succeeded || intent.Delivered || ctx.Err() != nil || h.gone(c) != "" {
		return
	}
	if err := h.Store.Deliver(ctx, intent.Tenant, intent.ID); err != nil {
		h.Logger.Warn("An outcome is not marked as delivered", "intent", intent.ID, "error", err)
	}
}

// until is when a call that is kept open is answered. A stream goes no further
// than its token.
func (c call) until() time.Time {
	end := c.arrived.Add(c.patience())
	if c.stream.listens() && c.ends.Before(end) {
		return c.ends
	}
	return end
}

// ended answers an agent whose token ended while its call was open: it hears
// nothing of the outcome. An MCP client may be reading a stream by now, so it gets
// an error with its call's id.
func (h *Handler) ended(w http.ResponseWriter, c call, why reason.Code) {
	thing := answer.Thing{Code: why, Decision: c.Decision}
	if c.mcp == nil {
		h.refuse(w, c, thing)
		return
	}
	c.stream.finish(w, mcpserver.DeniedFault(c.mcp.ID, answer.Sentence(thing), nil).Body())
}

// outcome answers with the state of an intent.
func (h *Handler) outcome(w http.ResponseWriter, c call, intent ledger.Intent, replayed bool) {
	c.stream.stop()
	if why := h.gone(c); why != "" {
		h.ended(w, c, why)
		return
	}
	w.Header().Set(wire.HeaderIntent, intent.ID)
	if intent.Outcome != nil && intent.State.Final() {
		if replayed {
			w.Header().Set(wire.HeaderReplayed, "true")
		}
		edited := intent.Edited()
		if len(edited) > 0 {
			w.Header().Set(wire.HeaderEdited, strings.Join(edited, ", "))
		}
		if _, act, ok := c.Tenant.Action(intent.Call.Action); ok {
			h.says(w, h.Client.About(c.Caller, act, intent.Call.Args, intent.Facts))
		}
		h.again(w, c, intent.Outcome.RetryAt)
		c.relay(w, intent.Call.Tool, answer.Outcome{
			Status: intent.Outcome.Status, MediaType: intent.Outcome.MediaType, Body: intent.Outcome.Body, Intent: intent.ID, Replayed: replayed, Edited: edited,
		})
		return
	}
	thing := answer.Thing{Code: intent.Reason, Decision: c.Decision, Intent: intent.ID, Say: intent.Say}
	switch intent.State {
	case ledger.Waiting:
		thing.Code = reason.Held
		if intent.Hold != nil {
			thing.Group = authority.Words(intent.Hold.Group)
		}
	case ledger.Approved, ledger.Executing:
		thing.Code = reason.InProgress
	case ledger.Unknown:
		thing.Code = reason.OutcomeUnknown
	case ledger.Succeeded:
		if intent.Bodies == ledger.Erased {
			thing.Code = reason.OutcomeErased
		}
	default: // the intent's own reason
	}
	if intent.Bodies == ledger.Erased {
		thing.Hint = "its state is " + string(intent.State) + " since " + intent.UpdatedAt.UTC().Format("2006-01-02 15:04:05 MST") + ", and what was asked and answered is kept no longer"
	}
	h.refuse(w, c, thing)
}
