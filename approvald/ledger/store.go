package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// Errors a caller branches on. Everything else means the store is unavailable.
var (
	ErrConflict   = errors.New("the intent changed in between")
	ErrNotFound   = errors.New("no such intent")
	ErrDigest     = errors.New("the vote names other arguments than the intent has")
	ErrVoted      = errors.New("this person has voted already")
	ErrEditor     = errors.New("who changed it does not approve it")
	ErrUnreadable = errors.New("the row cannot be read: it was changed, or its key is not among the keys")
	ErrTransition = errors.New("the intent's state does not allow this")
	ErrTaken      = errors.New("another intent of the same effect is on its way")
)

// Store is the ledger. Every call is one transaction; all of them are safe to
// call together, from several processes on one database too. Tenants are part
// of every key: an intent of another tenant reads as ErrNotFound.
type Store interface {
	// Open names the intent of a call and asks request.Rule: it joins or repeats
	// an earlier one as the table in doc.go says, or writes a new one with its
	// reservations. A refusal of the Rule hides an earlier one too. Without a hold the new intent is already Executing,
	// leased to request.Owner: commit one of two.
	Open(ctx context.Context, request OpenRequest) (Opened, error)
	// Vote counts one person's word. The last needed approval makes the intent
	// Approved; one denial makes it Denied and releases its reservations. The
	// caller has already checked that the person may vote.
	Vote(ctx context.Context, vote VoteRequest) (Intent, error)
	// Edit changes what a waiting intent asks: it has a new digest, its votes are
	// dropped, and a refusal of the Rule changes nothing. A ruling without a hold
	// keeps the one that the intent has: what a person wrote, another one approves.
	// Every key that named the intent still does, and so does the new one. It expires
	// ExpireAfter from the first edit; later ones do not put that off.
	Edit(ctx context.Context, edit EditRequest) (Intent, Ruling, error)
	// Advance moves an intent that is exactly at step.Version, else ErrConflict.
	// Reservations follow the new state: kept in Executing and Unknown,
	// committed by Succeeded, released by Failed, Denied, Expired, Cancelled. An
	// Executing one stays so and names its target, before a byte leaves, and before
	// that it may be counted anew.
	Advance(ctx context.Context, step Step) (Intent, error)
	// Claim leases up to limit intents that are due: Approved ones whose
	// NotBefore has passed (they become Executing, attempt + 1), Unknown ones
	// whose NotBefore has passed (they stay Unknown and leased), and expires
	// Waiting ones past DueAt. It is one transaction a tenant: what comes with an error was claimed. Executing ones whose lease has lapsed become
	// Unknown first, with NotBefore = SendBefore + the claim's settle time, or
	// Approved again when they have no target yet: nothing was sent.
	Claim(ctx context.Context, claim ClaimRequest) ([]Intent, error)
	// Watch returns the intent as soon as its version differs from after, and
	// when ctx ends the context's error. It wakes by notification inside one
	// process and by polling across processes.
	Watch(ctx context.Context, tenant, id string, after int64) (Intent, error)
	Get(ctx context.Context, tenant, id string) (Intent, error)
	// Deliver marks that the outcome of a success is handed to an agent, which the
	// process that brought it about did not know of. It changes nothing else.
	Deliver(ctx context.Context, tenant, id string) error
	// List gives a tenant's intents, newest first. One that cannot be read is among
	// them as Unreadable, with what is clear of it; for every other call it is
	// ErrUnreadable, and Claim passes it over.
	List(ctx context.Context, filter Filter) ([]Intent, error)
	// Sums reads sums as Open does, without the reservations of one intent; it
	// is what a live policy is asked with. "" leaves out none.
	Sums(ctx context.Context, tenant, except string, queries []SumQuery) (policy.Sums, error)
	// Erase takes the bodies of up to limit intents of a tenant that have been over
	// for longer than keep, and what people said of them. Everything else stays.
	Erase(ctx context.Context, tenant string, keep time.Duration, limit int) (int, error)
	// Outbox hands rows in commit order to ship, at least once, and deletes
	// those for which ship returned nil.
	Outbox(ctx context.Context, limit int, ship func([]audit.Approval) error) (int, error)
	Close() error
}

// OpenRequest is a call that wants an effect.
type OpenRequest struct {
	Tenant      string
	Identity    token.Identity
	Decision    string
	Call        action.Call // resolved
	Asked       string      // digest of the call before it was resolved; "" means that of Call
	Facts       action.Facts
	BusinessKey string
	Amount      money.Amount
	Said        string // Intent.Said
	Bundle      string
	Target      string        // Intent.Target, when it executes at once
	Owner       string        // leases the intent when it executes at once
	Lease       time.Duration // of an intent that executes at once
	SendWithin  time.Duration // SendBefore = now + SendWithin
	SameFor     time.Duration // a repeat of a success within it is a replay
	DenyFor     time.Duration // a repeat of a person's denial within it is the same denial
	ExpireAfter time.Duration // DueAt of a waiting intent = now + ExpireAfter
	Escalation  Escalation    // of a waiting intent
	Sums        []SumQuery
	Again       func(Intent) []SumQuery // Sums of a call that repeats an intent; nil: Sums
	Reserve     []Reservation
	// Rule decides inside the transaction, once the sums and the occurrence are
	// known. It must be pure: no I/O, and the same answer when asked twice. A
	// deliberate repetition (Occurrence above 1) gets a hold only from here.
	Rule func(Situation) Ruling
}

// Escalation is who is told, and may vote besides, when an intent has waited.
type Escalation struct {
	After  time.Duration // since the intent was created
	Groups string        // as authority.Join writes them; "" for none
}

// Situation is what only the ledger knows.
type Situation struct {
	Sums       policy.Sums          // one entry for each SumQuery, zero included
	Oldest     map[string]time.Time // of a sum: when the oldest part of it that is done was done
	Occurrence int                  // 2 and more: a deliberate repetition
	Earlier    *Intent              // the occurrence before, or a denial past its cooldown
	Repeated   *Intent              // what the call only asks after: nothing is done, and only a refusal counts
}

// Ruling is the decision in the transaction. Refuse writes nothing.
type Ruling struct {
	Refuse bool
	Reason reason.Code
	Rule   string
	Say    string
	Hint   string       // what the call lacks, for the agent
	Hold   *policy.Hold // nil: execute at once
}

// Relation says how an opened intent relates to the call.
type Relation uint8

// The relations.
const (
	Refused  Relation = iota // by the Rule or for a misused client key; Opened.Intent is empty
	New                      // a new intent, Executing or Waiting
	Joined                   // an intent on its way; never a second attempt
	Replayed                 // a stored outcome; nothing was done again
	Same                     // the same denial again, within its cooldown
	Retried                  // Failed with surely no effect, never edited: a new attempt, Executing (or Waiting anew)
)

// Opened is Open's answer.
type Opened struct {
	Relation Relation
	Intent   Intent
	Ruling   Ruling // of New, Retried and Refused
}

// VoteRequest is one person's vote.
type VoteRequest struct {
	Tenant  string
	Intent  string
	Person  string
	Approve bool
	Digest  string // as displayed to the person
	Reason  string
}

// EditRequest is one person's change of a waiting intent.
type EditRequest struct {
	Intent string
	Person string
	Digest string // as displayed to the person
	// To is the call as it is to be, of the same tool, action and client key, with
	// all that Open takes about it. Its identity is the intent's.
	To OpenRequest
}

// Step is one compare-and-set.
type Step struct {
	Tenant     string
	ID         string
	Version    int64
	To         State
	Actor      string // person id or "gateway", for the record
	Reason     reason.Code
	Say        string
	Hold       *policy.Hold  // To Waiting: who must vote now (earlier votes are dropped)
	NotBefore  time.Duration // To Approved or Unknown: from now
	DueAfter   time.Duration // To Waiting: from now
	Escalation Escalation    // To Waiting
	Outcome    *Outcome      // To Succeeded or Failed
	Target     string        // To Executing: Intent.Target
	Recount    *Recount      // To Executing, before it is aimed
	SendWithin time.Duration // To Executing: SendBefore = now + SendWithin
	Delivered  bool          // an agent is connected and gets this outcome
}

// Recount has an intent counted anew, in one transaction: of two at once the first
// fits, and the second sees it.
type Recount struct {
	Reserve []Reservation // takes the place of what it has reserved
	Sums    []SumQuery
	Before  func(policy.Sums) // is given the sums without it
}

// ClaimRequest asks for due work.
type ClaimRequest struct {
	Owner      string
	Limit      int
	Lease      time.Duration
	SendWithin time.Duration
	Settle     time.Duration // route timeout + skew: how long after SendBefore a paused sender may still land
}

// Filter selects intents of one tenant.
type Filter struct {
	Tenant string
	States []State // nil means all
	Undoes *Intent // only what undoes this one; nil means all
	Denied *Intent // only what was denied, before this one or after, for its customer or as the same effect; nil means all
	Limit  int     // 0 means 100
}
