package desk

import (
	"context"
	"net/http"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// What a person can say of an effect whose outcome the gateway cannot find out.
const (
	done   = "done"
	undone = "undone"
)

// landsWithin is how long, after its tool's timeout, what was sent may still
// arrive.
const landsWithin = 10 * time.Second

// settle ends an unknown intent with what a person found out at the tool. What
// was done keeps its money counted and is never done again; what was not may be
// asked for anew.
func (d *Desk) settle(ctx context.Context, b ballot, intent ledger.Intent) (ledger.Intent, *Error) {
	if intent.State != ledger.Unknown {
		return intent, &Error{"Not unknown", http.StatusConflict, "The gateway knows what became of this."}
	}
	if refused := d.mayRule(b, intent, "Say how you found out: it is recorded, and the agent reads it."); refused != nil {
		return intent, refused
	}
	if d.underWay(b.tenant, intent) {
		return intent, &Error{"Under way", http.StatusConflict, "The gateway is looking at it at this moment. Try again in a minute."}
	}
	step := ledger.Step{
		Tenant: intent.Tenant, ID: intent.ID, Version: intent.Version, Actor: b.person.ID,
		To: ledger.Succeeded, Reason: reason.Settled, Say: b.reason,
	}
	if b.word == undone {
		step.To, step.Reason = ledger.Failed, reason.Cancelled
	}
	after, err := d.Store.Advance(ctx, step)
	if err != nil {
		return intent, d.refusal(err)
	}
	d.Logger.Info("A person settled what was unknown", "tenant", b.tenant.Name, "intent", b.id, "person", b.person.ID, "word", b.word)
	return after, nil
}

// underWay says whether something of an intent may still reach its tool.
func (d *Desk) underWay(t *tenant.Tenant, intent ledger.Intent) bool {
	now, timeout := d.Clock.Now(), time.Duration(0)
	if tool, ok := t.Tool(intent.Call.Tool); ok {
		timeout = tool.Timeout
	}
	return intent.LeaseOwner != "" && now.Before(intent.LeaseUntil) || now.Before(intent.SendBefore.Add(timeout+landsWithin))
}

// mayRule is what stands against a person's word on what is over: it is about what
// the person read, gives a reason, and is of those who may settle. say asks for the
// reason.
func (d *Desk) mayRule(b ballot, intent ledger.Intent, say string) *Error {
	switch {
	case b.digest != intent.Digest:
		return d.refusal(ledger.ErrDigest)
	case b.reason == "":
		return &Error{"Reason missing", http.StatusBadRequest, say}
	case len(b.reason) > maxReason:
		return errLongReason
	}
	if why := maySettle(b.tenant, b.person); why != "" {
		return &Error{"Not yours to decide", http.StatusForbidden, why}
	}
	return nil
}

// maySettle is why a person may not settle what is unknown, or "". It is for
// those who decide about repetitions: that is what a wrong word leads to.
func maySettle(t *tenant.Tenant, p people.Person) string {
	return authority.May(authority.Question{VoterID: p.ID, VoterGroups: p.Groups, Group: t.Approvals.RepeatGroup}).Why
}
