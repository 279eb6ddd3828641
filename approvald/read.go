package approvald

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sallyport/sallyport/approvald/execute"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// read decides, with facts if a rule waits for them, and reads. There is no
// ledger: a read may be made again.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, c call) {
	c, d, thing := h.readable(r, c)
	if thing.Code != "" {
		h.refuse(w, c, thing)
		return
	}
	if thing := h.recorded(c, d, money.Amount{}, ""); thing.Code != "" {
		h.refuse(w, c, unseen(thing))
		return
	}
	ctx, done := h.lasts(r.Context(), c)
	defer done()
	response, err := h.Client.Read(ctx, c.Caller, c.asked)
	c.stream.stop()
	switch gone := h.gone(c); {
	case gone != "":
		h.ended(w, c, gone)
	case err != nil:
		h.Logger.Warn("A read got no answer", "decision", c.Decision, "error", err)
		h.refuse(w, c, answer.Thing{Code: reason.ToolUnreachable, Decision: c.Decision})
	case response.NotSent != "":
		h.refuse(w, c, answer.Thing{Code: execute.Unavailable(response.NotSent), Decision: c.Decision})
	default:
		h.says(w, h.Client.About(c.Caller, c.action, c.asked.Args, c.facts))
		h.again(w, c, response.RetryAt)
		c.relay(w, c.Tool.Name, answer.Outcome{Status: response.Status, MediaType: response.MediaType, Body: response.Body})
	}
}

// readable is the decision about a read. Facts that no rule waits for are not
// fetched: whether they are there is nothing to such a read.
func (h *Handler) readable(r *http.Request, c call) (call, decision.Decision, answer.Thing) {
	q := h.about(c, c.asked, nil, nil)
	d := decision.Decide(q)
	if len(d.FactsNeeded) > 0 {
		facts, thing := h.facts(r, c)
		if thing.Code != "" {
			return c, d, thing
		}
		if c, thing = h.current(c); thing.Code != "" {
			return c, d, thing
		}
		resolved, thing := h.resolved(c, facts)
		if thing.Code != "" {
			return c, d, thing
		}
		c.facts = facts
		q = h.about(c, resolved, facts, nil)
		d = decision.Decide(q)
	}
	d.Shadow = decision.Beside(q, d)
	if d.Effect == decision.Mediate {
		d = d.Refused(reason.FactsUnavailable)
	}
	return c, d, answer.Thing{}
}

// says tells the mask whom an answer is about.
func (h *Handler) says(w http.ResponseWriter, about string) {
	if about != "" {
		w.Header().Set(wire.HeaderSubject, about)
	}
}

// again says how long the tool wants to be left alone. Over MCP there is no place for it.
func (h *Handler) again(w http.ResponseWriter, c call, at time.Time) {
	if seconds := answer.SecondsUntil(at, h.Clock.Now()); seconds > 0 && c.mcp == nil {
		w.Header().Set("retry-after", strconv.FormatInt(seconds, 10))
	}
}

// resolved is a call with what its facts say it means: an amount of a read has
// its currency by a fact as an effect's has.
func (h *Handler) resolved(c call, facts action.Facts) (action.Call, answer.Thing) {
	out := c.asked
	args, err := c.action.Resolve(c.asked.Args, facts)
	if err != nil {
		return out, h.lacking(c, reason.FactsMismatch, err)
	}
	out.Args = args
	return out, answer.Thing{}
}

// unseen is a refusal that follows from facts and has no words of the policy's
// own: it reads like what is absent, so that nobody learns by asking what there
// is of others. The record has the reason.
func unseen(t answer.Thing) answer.Thing {
	if t.Say == "" && (t.Code == reason.PolicyNoRule || t.Code == reason.PolicyUnevaluable) {
		return answer.Thing{Code: reason.FactsUnavailable, Decision: t.Decision}
	}
	return t
}

// facts fetches what the action's rules may speak about.
func (h *Handler) facts(r *http.Request, c call) (action.Facts, answer.Thing) {
	facts, err := h.Client.Facts(r.Context(), c.Caller, c.action, c.asked.Args)
	if err != nil {
		return nil, h.lacking(c, execute.FactsReason(err), err)
	}
	return facts, answer.Thing{}
}

// lacking records that a call is refused for want of what it needs, and returns what to
// tell the agent.
func (h *Handler) lacking(c call, code reason.Code, err error) answer.Thing {
	h.Logger.Info("What a call needs is not there", "decision", c.Decision, "error", err)
	d := decision.Refuse(c.Decision, code)
	d.Call, d.Action, d.Bundle = c.asked, c.action, c.Tenant.Version
	return h.recorded(c, d, money.Amount{}, "")
}

func (h *Handler) decide(c call, named action.Call, facts action.Facts, sums policy.Sums) decision.Decision {
	return decision.Decide(h.about(c, named, facts, sums))
}

func (h *Handler) about(c call, named action.Call, facts action.Facts, sums policy.Sums) decision.Question {
	return decision.Question{
		ID: c.Decision, Tenant: c.Tenant, Tool: c.Tool, Identity: c.Identity,
		Call: named, Action: c.action, Facts: facts, Sums: sums, Now: h.Clock.Now(),
	}
}

// recorded records a decision and returns what to tell the agent: nothing when
// the call may go on.
func (h *Handler) recorded(c call, d decision.Decision, amount money.Amount, intent string) answer.Thing {
	if err := h.Recorder.Record(execute.Row(execute.StepFacts, c.Caller, d, amount, intent, h.Clock.Now())); err != nil {
		h.Logger.Error("A decision could not be recorded", "decision", c.Decision, "error", err)
		return answer.Thing{Code: reason.RecordUnavailable, Decision: c.Decision}
	}
	if d.Effect == decision.Deny {
		return answer.Thing{Code: d.Reason, Decision: c.Decision, Say: d.Say, Rule: d.Rule, Hint: d.Hint}
	}
	return answer.Thing{}
}
