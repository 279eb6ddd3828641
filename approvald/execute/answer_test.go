package execute_test

import (
	"context"
	"testing"
	"time"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
)

const refusedByTool = `{"error":{"type":"invalid_request_error","message":"no"}}`

// What the first answer to an effect leads to.
func TestFirstAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		event  executetest.Event
		state  ledger.State
		reason reason.Code
	}{
		"done":                           {nil, ledger.Succeeded, ""},
		"Envoy had nobody to send it to": {executetest.NotSent("1"), ledger.Approved, reason.ToolUnreachable},
		"the check found it late":        {executetest.NotSent(reason.OrderLate), ledger.Approved, reason.OrderLate},
		"the check had no credential":    {executetest.NotSent(reason.CredentialUnavailable), ledger.Approved, reason.CredentialUnavailable},
		"the check could not record it":  {executetest.NotSent(reason.RecordUnavailable), ledger.Approved, reason.RecordUnavailable},
		"the live policy refuses it":     {executetest.NotSent(reason.PolicyDenied), ledger.Denied, reason.PolicyDenied},
		"the catalog has it no more":     {executetest.NotSent(reason.ActionUnlisted), ledger.Denied, reason.ActionUnlisted},
		// Its nonce was used, so these bytes went out before: that proves the
		// opposite of not sent.
		"the check saw the order before": {executetest.NotSent(reason.OrderSeen), ledger.Unknown, reason.OutcomeUnknown},
		"the connection broke":           {executetest.Drop, ledger.Unknown, reason.OutcomeUnknown},
		"it broke after the effect":      {executetest.DropAfter, ledger.Unknown, reason.OutcomeUnknown},
		"the tool is broken":             {executetest.Answer(500, refusedByTool), ledger.Unknown, reason.OutcomeUnknown},
		"the tool refuses":               {executetest.Answer(402, refusedByTool), ledger.Failed, reason.ToolFailed},
		"the tool is busy":               {executetest.Answer(429, refusedByTool), ledger.Failed, reason.ToolFailed},
		"a page of something in between": {executetest.Answer(403, "<html>"), ledger.Unknown, reason.OutcomeUnknown},
		"a redirect":                     {executetest.Answer(302, "{}"), ledger.Unknown, reason.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			if c.event != nil {
				b.Door.Next("POST", c.event)
			}
			by, i := b.Opened("one", executetest.Refund("ch_ada_1000", "4000"), nil)
			got, err := b.Engine("one", b.Store).Now(context.Background(), by, i)
			if err != nil || got.State != c.state || got.Reason != c.reason {
				t.Fatalf("%s %q: %v", got.State, got.Reason, err)
			}
			if hasOutcome := got.Outcome != nil; hasOutcome != (c.state == ledger.Succeeded || c.state == ledger.Failed) {
				t.Errorf("outcome %+v", got.Outcome)
			}
			if stored := b.Get(i); stored.Version != got.Version {
				t.Errorf("version %d is stored, %d was returned", stored.Version, got.Version)
			}
		})
	}
}

// Surely not sent: the loop tries again, later each time, as a new attempt.
func TestNotSentIsTriedAgain(t *testing.T) {
	b := start(t)
	b.Door.Next("POST", executetest.NotSent("1"), executetest.NotSent(reason.OrderLate))
	e := b.running("one")
	by, i := b.Opened("one", executetest.Refund("ch_ada_1000", "4000"), nil)
	if i, err := e.Now(context.Background(), by, i); err != nil || i.State != ledger.Approved {
		t.Fatalf("%s: %v", i.State, err)
	}
	b.later(e, time.Second)
	second := b.When(i, "back from its second attempt", func(n ledger.Intent) bool { return n.Attempt == 2 && n.State == ledger.Approved })
	if wait := second.NotBefore.Sub(b.Clock.Now()); wait != 2*time.Second {
		t.Errorf("waits %s before the third attempt", wait)
	}
	b.later(e, 2*time.Second)
	if done := b.Until(i, ledger.Succeeded); done.Attempt != 3 {
		t.Errorf("attempt %d", done.Attempt)
	}
	b.sent(3)
	b.refunded("ch_ada_1000", 1)
}

// Without an Envoy nothing left this process.
func TestDoorClosed(t *testing.T) {
	b := start(t)
	by, i := b.Opened("one", executetest.Refund("ch_ada_1000", "4000"), nil)
	b.Door.Close()
	if i, err := b.Engine("one", b.Store).Now(context.Background(), by, i); err != nil || i.State != ledger.Approved || i.Reason != reason.ToolUnreachable {
		t.Errorf("%s %s: %v", i.State, i.Reason, err)
	}
}

// What could not be sent for as long as an approval is good ends.
func TestNotSentEndsWithTheApproval(t *testing.T) {
	t.Run("of a person", func(t *testing.T) {
		b := start(t)
		by, i := b.Approved(executetest.Refund("ch_ada_1000", "10000"))
		b.Door.Next("POST", executetest.NotSent("1"))
		b.Clock.Advance(by.Tenant.Approvals.ExpireAfter + time.Microsecond)
		b.running("one")
		b.Until(i, ledger.Failed)
	})
	b := start(t)
	by, i := b.Opened("one", executetest.Refund("ch_ada_1000", "4000"), nil)
	b.Door.Next("POST", executetest.NotSent("1"))
	b.Clock.Advance(by.Tenant.Approvals.ExpireAfter + time.Microsecond)
	if i, err := b.Engine("one", b.Store).Now(context.Background(), by, i); err != nil || i.State != ledger.Failed || i.Outcome != nil {
		t.Errorf("%s %+v: %v", i.State, i.Outcome, err)
	}
}

// Who approves at the last moment does not do so in vain: a tool that cannot be
// reached then is tried again, for as long as the approval is good.
func TestApprovedAtTheLastMoment(t *testing.T) {
	b := start(t)
	by, i := b.Opened("nobody", executetest.Refund("ch_ada_1000", "10000"), &policy.Hold{Group: "billing_leads", Votes: 1})
	b.Clock.Advance(by.Tenant.Approvals.ExpireAfter - time.Second)
	if _, err := b.Store.Vote(context.Background(), ledger.VoteRequest{Tenant: i.Tenant, Intent: i.ID, Person: "ann", Approve: true, Digest: i.Digest}); err != nil {
		t.Fatal(err)
	}
	b.Clock.Advance(2 * time.Second)
	b.Door.Next("POST", executetest.NotSent("1"))
	e := b.running("one")
	b.When(i, "put back", func(n ledger.Intent) bool { return n.State == ledger.Approved && n.Attempt == 1 })
	b.later(e, time.Minute)
	b.Until(i, ledger.Succeeded)
}

// An intent is unknown because the first answer was lost after the effect. A
// refusal that the provider does not mark as stored speaks about the second
// sending alone: taking it for the first would do the effect twice.
func TestUnknownIsEndedOnlyByWhatSpeaksOfTheFirst(t *testing.T) {
	for name, c := range map[string]struct {
		second executetest.Event
		ends   bool
	}{
		"not sent":              {executetest.NotSent("1"), false},
		"refused by the check":  {executetest.NotSent(reason.PolicyDenied), false},
		"the credential is bad": {executetest.Answer(401, refusedByTool), false},
		"it may do nothing":     {executetest.Answer(403, refusedByTool), false},
		"another account's key": {executetest.Answer(404, refusedByTool), false},
		"too many requests":     {executetest.Answer(429, refusedByTool), false},
		"still in flight":       {executetest.Answer(409, `{"error":{"type":"idempotency_error"}}`), false},
		"other bytes":           {executetest.Answer(400, `{"error":{"type":"idempotency_error"}}`), false},
		"broken":                {executetest.Answer(500, refusedByTool), false},
		"lost again":            {executetest.DropAfter, false},
		"a refusal of this one": {executetest.Answer(402, refusedByTool), false},
		"bytes it cannot read":  {executetest.Answer(400, refusedByTool), false},
		"its stored refusal":    {executetest.Stored(executetest.Answer(402, refusedByTool)), true},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t)
			b.Door.Next("POST", executetest.DropAfter, c.second)
			e := b.running("one")
			by, i := b.Opened("one", executetest.Refund("ch_ada_1000", "4000"), nil)
			if i, _ = e.Now(context.Background(), by, i); i.State != ledger.Unknown {
				t.Fatal(i.State)
			}
			b.later(e, time.Minute)
			last := i.Version
			i = b.When(i, "asked again", func(n ledger.Intent) bool { return n.Version >= last+2 })
			if ended := i.State == ledger.Failed; ended != c.ends {
				t.Fatalf("it is %s", i.State)
			}
			if c.ends {
				return
			}
			b.later(e, 5*time.Minute)
			b.Until(i, ledger.Succeeded)
			b.refunded("ch_ada_1000", 1)
			all := b.Door.Sent()
			sameBytes(t, all[0], all[len(all)-1])
		})
	}
}

// While it is not known whether money moved, it counts.
func TestUnknownKeepsItsMoney(t *testing.T) {
	b := start(t)
	b.Door.Next("POST", executetest.Drop)
	by, i := b.Opened("one", executetest.Refund("ch_ada_1000", "4000"), nil)
	if i, _ = b.Engine("one", b.Store).Now(context.Background(), by, i); i.State != ledger.Unknown {
		t.Fatal(i.State)
	}
	queries := []ledger.SumQuery{{Name: "charge_24h", Key: key(t, b, "ch_ada_1000"), Currency: "USD"}}
	sums, err := b.Store.Sums(context.Background(), "acme", "", queries)
	if err != nil || sums["charge_24h"].Minor != 4000 {
		t.Errorf("%+v %v", sums, err)
	}
}
