package desk

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// staleTitle is that of a refusal which a new login mends.
const staleTitle = "Log in again"

// maxReason bounds what a person can write, in bytes.
const maxReason = 500

var errLongReason = &Error{"Reason too long", http.StatusBadRequest, "A reason has at most 500 bytes."}

// ballot is one vote on its way in.
type ballot struct {
	tenant         *tenant.Tenant
	person         people.Person
	id, word       string
	digest, reason string

	login time.Time // when the person last said who they are
	owner bool      // of the machine, whose token is the proof
}

// cast counts a vote. The intent is returned with a refusal too, when it is the
// tenant's.
func (d *Desk) cast(ctx context.Context, b ballot) (ledger.Intent, *Error) {
	intent, err := d.Store.Get(ctx, b.tenant.Name, b.id)
	if err != nil {
		return ledger.Intent{}, d.refusal(err)
	}
	reason := strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(b.reason, "\x00", ""), "\uFFFD")) // what every database takes
	switch {
	case b.word == done || b.word == undone:
		b.reason = reason
		return d.settle(ctx, b, intent)
	case b.word == undo:
		b.reason = reason
		return d.compensate(ctx, b, intent)
	case b.word != "approve" && b.word != "deny":
		return intent, &Error{"Unknown word", http.StatusNotFound, "A vote is approve or deny; what is unknown is settled with done or undone, and what was done is undone with undo."}
	case b.word == "deny" && reason == "":
		return intent, &Error{"Reason missing", http.StatusBadRequest, "Say why you deny it: the agent reads your words."}
	case len(reason) > maxReason:
		return intent, errLongReason
	case intent.State != ledger.Waiting:
		return intent, d.refusal(ledger.ErrTransition)
	case b.digest != intent.Digest: // else what follows would judge another version than the ledger counts
		return intent, d.refusal(ledger.ErrDigest)
	}
	if why := d.mayNot(b.tenant, b.person, intent, b.word == "approve"); why != "" {
		return intent, &Error{"Not yours to decide", http.StatusForbidden, why}
	}
	if b.word == "approve" && d.stale(b, intent) {
		return intent, &Error{staleTitle, http.StatusForbidden, "This needs a login of the last " + minutes(b.tenant.Approvals.Fresh.Within) + ": log in again, then approve it."}
	}
	after, err := d.Store.Vote(ctx, ledger.VoteRequest{
		Tenant: b.tenant.Name, Intent: b.id, Person: b.person.ID, Approve: b.word == "approve",
		Digest: b.digest, Reason: reason,
	})
	if err != nil {
		return intent, d.refusal(err)
	}
	d.Logger.Info("A person voted", "tenant", b.tenant.Name, "intent", b.id, "person", b.person.ID, "word", b.word)
	d.Wake()
	return after, nil
}

// mayNot is why a person may not vote on an intent, or "".
func (d *Desk) mayNot(t *tenant.Tenant, p people.Person, intent ledger.Intent, approve bool) string {
	q := authority.Question{
		VoterID: p.ID, VoterGroups: p.Groups, RequesterID: requester(intent), Approve: approve,
		Owner: p.Answers(intent.Identity.Agent), Limit: p.Limit, Moves: intent.Amount.Currency != "", Amount: intent.Amount,
	}
	if intent.Hold != nil {
		q.Group = intent.Hold.Group
	}
	if act, ok := actionOf(t, intent); ok {
		q.Moves = act.MoneyArg != ""
		if row, ok := t.Row(intent.Identity, act, intent.Amount); ok {
			q.Escalated = row.Escalated(intent.CreatedAt, d.Clock.Now())
		}
	}
	for _, v := range intent.Votes {
		q.Voted = append(q.Voted, v.Person)
	}
	for _, e := range intent.Edits {
		q.Editors = append(q.Editors, e.Person)
	}
	return authority.May(q).Why
}

// requester is who asks for an intent: its agent, or the person for whom the
// gateway undoes something.
func requester(intent ledger.Intent) string {
	if person, ok := strings.CutPrefix(intent.Identity.TokenID, token.PersonPrefix); ok && intent.Identity.Agent == token.AgentGateway {
		return person
	}
	return intent.Identity.Agent
}

// stale says whether an approval needs a login that is newer than the voter's.
// An amount that cannot be compared with the setting's needs one.
func (d *Desk) stale(b ballot, intent ledger.Intent) bool {
	fresh := b.tenant.Approvals.Fresh
	if fresh.Above == nil || b.owner || d.Clock.Now().Before(b.login.Add(fresh.Within)) {
		return false
	}
	act, ok := actionOf(b.tenant, intent)
	if ok && act.MoneyArg == "" {
		return false
	}
	order, err := intent.Amount.Cmp(*fresh.Above)
	return err != nil || order > 0
}

func minutes(d time.Duration) string {
	return strconv.Itoa(int(d/time.Minute)) + " minutes"
}

// refusal says what to do about an error of the ledger.
func (d *Desk) refusal(err error) *Error {
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return &Error{"Not found", http.StatusNotFound, "There is no such approval."}
	case errors.Is(err, ledger.ErrUnreadable):
		d.Logger.Error("An intent cannot be read", "error", err)
		return &Error{"Not readable", http.StatusConflict, "What is asked cannot be read any more: it was changed, or its key is missing. Nothing is done with it."}
	case errors.Is(err, ledger.ErrDigest):
		return &Error{"Something changed", http.StatusConflict, "What is asked is not what you were shown. Look at it again and vote on what it is now."}
	case errors.Is(err, ledger.ErrVoted):
		return &Error{"Voted already", http.StatusConflict, "You have voted on this already."}
	case errors.Is(err, ledger.ErrEditor):
		return &Error{"Not yours to decide", http.StatusForbidden, "You changed this yourself, so somebody else approves it."}
	case errors.Is(err, ledger.ErrTaken):
		return &Error{"On its way already", http.StatusConflict, "Exactly this is on its way already, as another approval."}
	case errors.Is(err, ledger.ErrTransition), errors.Is(err, ledger.ErrConflict):
		return &Error{"Not waiting", http.StatusConflict, "This does not wait for a vote any more."}
	}
	d.Logger.Error("The ledger refused a vote", "error", err)
	return &Error{"Ledger not available", http.StatusServiceUnavailable, "The ledger does not answer. Nothing was counted; try again in a moment."}
}
