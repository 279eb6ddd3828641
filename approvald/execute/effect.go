package execute

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Backoff between attempts that did not reach a tool, or whose outcome is not
// known. It doubles from the first to the last.
const (
	firstBackoff = time.Second
	lastBackoff  = time.Minute
)

// effect sends one Executing or Unknown intent and commits what is then known.
// The state it finds is already durable; the outcome is the second commit.
func (e *Engine) effect(ctx context.Context, by Caller, intent ledger.Intent) (ledger.Intent, error) {
	act, ok := by.Tool.Catalog.Action(intent.Call.Action)
	if !ok {
		return e.advance(ctx, e.unsent(by, intent, reason.ActionUnlisted))
	}
	args, err := e.client.Restore(ctx, by, act, intent.Call.Args, intent.Facts)
	if err != nil {
		e.logger.Warn("Personal data could not be restored", "intent", intent.ID, "error", err)
		return e.advance(ctx, e.unsent(by, intent, RestoreReason(err)))
	}
	request, err := by.Tool.Catalog.Build(intent.Call.Action, args)
	if err != nil {
		return e.advance(ctx, e.unsent(by, intent, reason.Internal))
	}
	if intent, err = e.aim(ctx, intent, e.Target(by.Tool, intent.Call)); err != nil {
		return intent, err
	}
	parcel := Parcel{Tool: by.Tool, Request: act.Marked(request, e.markOf(intent)), Order: orderFor(by, grant.PurposeEffect, intent.SendBefore), Listener: by.Listener}
	parcel.Order.Intent, parcel.Order.Attempt = intent.ID, intent.Attempt
	parcel.Order.Approved = intent.Hold != nil
	if act.ProviderKey != "" {
		parcel.KeyHeader, parcel.ProviderKey, parcel.ReplayMark = act.ProviderKey, e.providerKey(intent), act.ReplayMark
	}
	response, err := e.client.Send(ctx, parcel)
	if err != nil {
		e.logger.Warn("An effect got no clear answer", "intent", intent.ID, "attempt", intent.Attempt, "error", err)
	}
	return e.advance(ctx, e.next(by, act, intent, response, err))
}

// aim names the target of an attempt that was claimed: durable before a byte
// leaves, so that nobody sends it again to anywhere else. The time to send it in
// begins now, because facts may have taken their time.
func (e *Engine) aim(ctx context.Context, intent ledger.Intent, target string) (ledger.Intent, error) {
	if intent.Target != "" {
		return intent, nil
	}
	return e.advance(ctx, ledger.Step{
		Tenant: intent.Tenant, ID: intent.ID, Version: intent.Version, To: ledger.Executing, Actor: ActorGateway,
		Target: target, SendWithin: SendWithin,
	})
}

// Target is a digest of where an effect goes and what it carries: the tool's
// origin, whose credential it gets and how, the header of its key, and the bytes. A provider's idempotency keys
// protect only the same request to the same account, as long as this gateway has the
// secret that it made them of. It is "" for a call that cannot be built.
func (e *Engine) Target(tool *tenant.Tool, call action.Call) string {
	request, err := tool.Catalog.Build(call.Action, call.Args)
	act, ok := tool.Catalog.Action(call.Action)
	if err != nil || !ok {
		return ""
	}
	h := sha256.New()
	add := func(parts ...string) {
		for _, part := range parts {
			_, _ = fmt.Fprintf(h, "%d:%s,", len(part), part)
		}
	}
	add(tool.Name, tool.Origin, tool.Credential.Secret, string(tool.Credential.Scheme), act.ProviderKey, request.Method, request.Path, request.RawQuery, string(request.Body))
	for _, header := range request.Header {
		add(header.Name, header.Value)
	}
	if act.MarkKey != "" { // its value follows from the effect
		add(act.MarkKey)
	}
	if act.ProviderKey != "" || act.MarkKey != "" {
		mac := hmac.New(sha256.New, e.providerSecret)
		_, _ = mac.Write([]byte("target"))
		add(string(mac.Sum(nil)))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// next is the step that an answer proves.
func (e *Engine) next(by Caller, act *action.Action, intent ledger.Intent, r Response, err error) ledger.Step {
	if r.NotSent != "" && r.NotSent != reason.OrderSeen {
		return e.unsent(by, intent, r.NotSent)
	}
	proof := action.OutcomeUnknown
	if err == nil && r.NotSent == "" { // an order that was seen says that these bytes went out before
		proof = act.Classify(r.Status, r.MediaType, r.Body)
	}
	if proof == action.OutcomeNotApplied && intent.State == ledger.Unknown && !r.Stored {
		proof = action.OutcomeUnknown // it refuses this request, and says nothing about the first
	}
	step := ledger.Step{Tenant: intent.Tenant, ID: intent.ID, Version: intent.Version, Actor: ActorGateway, Delivered: e.waiters.Any(intent.ID)}
	switch proof {
	case action.OutcomeApplied:
		step.To = ledger.Succeeded
	case action.OutcomeNotApplied:
		step.To, step.Reason = ledger.Failed, reason.ToolFailed
	default:
		step.To, step.Reason, step.NotBefore = ledger.Unknown, reason.OutcomeUnknown, e.settle(by, intent)
		return step
	}
	step.Outcome = &ledger.Outcome{Status: r.Status, MediaType: r.MediaType, Body: r.Body, At: e.clock.Now(), RetryAt: r.RetryAt}
	if proof == action.OutcomeApplied && act.Export != nil {
		e.mark(act, intent, step.Outcome)
	}
	return step
}

// unsent is the step after an attempt that surely did not reach the tool. An
// intent that is Unknown stays so: an earlier attempt may have.
func (e *Engine) unsent(by Caller, intent ledger.Intent, code reason.Code) ledger.Step {
	step := ledger.Step{
		Tenant: intent.Tenant, ID: intent.ID, Version: intent.Version, Actor: ActorGateway,
		Reason: code, NotBefore: backoff(intent.Attempt),
	}
	switch {
	case intent.State == ledger.Unknown:
		step.To = ledger.Unknown
	case !passing(code):
		step.To = ledger.Denied
	case e.clock.Now().After(goodSince(intent).Add(by.Tenant.Approvals.ExpireAfter)):
		step.To = ledger.Failed
	default:
		step.To = ledger.Approved
	}
	return step
}

// goodSince is when an intent began to be good for sending: when the last person
// approved it, or it was opened. Who approves late does not approve in vain.
func goodSince(intent ledger.Intent) time.Time {
	if n := len(intent.Votes); n > 0 {
		return intent.Votes[n-1].At
	}
	return intent.CreatedAt
}

// passing says whether trying again later can help.
func passing(code reason.Code) bool {
	switch code {
	case reason.Held, reason.ToolUnreachable, reason.OrderLate, reason.OrderSeen, reason.OrderInvalid,
		reason.CredentialUnavailable, reason.RecordUnavailable, reason.GatewayUnavailable,
		reason.FactsUnavailable, reason.FactsMismatch, reason.TenantAbsent, reason.ToolUnknown, reason.Internal:
		return true
	default:
		return false
	}
}

func backoff(attempt int) time.Duration {
	d := firstBackoff
	for i := 1; i < attempt && d < lastBackoff; i++ {
		d *= 2
	}
	return min(d, lastBackoff)
}

// settle is how long an Unknown intent rests: until nothing that was sent can
// still be on its way.
func (e *Engine) settle(by Caller, intent ledger.Intent) time.Duration {
	rest := intent.SendBefore.Add(by.Tool.Timeout + skew).Sub(e.clock.Now())
	return max(rest, backoff(intent.Attempt))
}

// markOf is the name of an effect that its tool keeps. It is made of the provider's key,
// and the same for as long: whoever knows the one does not know the other.
func (e *Engine) markOf(intent ledger.Intent) string {
	sum := sha256.Sum256([]byte(e.providerKey(intent)))
	return action.NewMark(sum[:])
}

// providerKey is the same for every sending until one has surely failed at the
// tool, and tells the provider nothing. It is made of what the effect is, and of
// nothing that only the ledger knows: an intent that a database has forgotten, or
// an attempt that was never sent, leads to the same key again, so that what was
// done is found by the provider.
func (e *Engine) providerKey(intent ledger.Intent) string {
	mac := hmac.New(sha256.New, e.providerSecret)
	for _, part := range []string{
		intent.Tenant, intent.Identity.Agent, intent.Identity.Session.ID, intent.BusinessKey,
		fmt.Sprint(intent.Occurrence), fmt.Sprint(intent.Failures),
	} {
		_, _ = fmt.Fprintf(mac, "%d:%s,", len(part), part)
	}
	return "spk_" + hex.EncodeToString(mac.Sum(nil))
}
