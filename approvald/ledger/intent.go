package ledger

import (
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/policy"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// State is where an intent stands. The transitions are in state.go alone.
type State string

// The states. Succeeded, Failed, Denied, Expired and Cancelled are final.
const (
	Waiting   State = "waiting"   // people must vote
	Approved  State = "approved"  // may be sent; nobody holds it
	Executing State = "executing" // durable before a byte leaves
	Succeeded State = "succeeded" // applied; the outcome is stored
	Failed    State = "failed"    // surely no effect
	Unknown   State = "unknown"   // sent, outcome not known
	Denied    State = "denied"    // a person, or the live policy, said no
	Expired   State = "expired"   // nobody answered in time
	Cancelled State = "cancelled"
)

// Intent is one business effect.
type Intent struct {
	ID       string // "int_…", also what the Desk and the command line name
	Version  int64  // grows by one with each change; compare-and-set
	State    State
	Tenant   string
	Identity token.Identity // who asked first; of a new attempt, who asked for it
	Decision string         // decision id that opened it
	Call     action.Call    // resolved canonical arguments: what is shown and sent
	Digest   string         // action.Digest(Call)
	Facts    action.Facts   // as fetched when it was opened

	BusinessKey string // within tenant, agent, session and tool
	Occurrence  int    // 1 is the first; the second deliberate one is 2
	Earlier     string // intent id of the occurrence before, or ""
	Attempt     int    // 0 before the first claim
	Failures    int    // attempts of this occurrence that surely had no effect at the tool, those of intents before this one too
	Target      string // digest of where this attempt goes and what it carries; "" before: nothing was sent
	Amount      money.Amount
	Said        string // why, in the agent's own words; "" for none. Nothing follows from it, and no digest has it
	Bundle      string
	Rule        string
	Hold        *policy.Hold // nil: no person was needed
	Votes       []Vote       // in the order they were given
	Edits       []Edit       // of Call, in the order they were made; those who made them do not approve
	Reason      reason.Code  // why it is denied, expired or failed
	Say         string       // words of the person or rule that ended it

	CreatedAt  time.Time
	UpdatedAt  time.Time
	DueAt      time.Time // waiting: expires then
	EscalateAt time.Time // waiting: EscalateTo is told then, and may vote; zero: was told, or there is nobody
	EscalateTo string    // groups besides the hold's, as authority.Join writes them; "" for none
	NotBefore  time.Time // approved or unknown: not to be claimed earlier (backoff, send_before + timeout + skew)
	LeaseOwner string
	LeaseUntil time.Time
	SendBefore time.Time // executing: the execute check refuses later
	SentAt     time.Time // first time this attempt may have reached the provider; the dedupe window counts from here

	Bodies    Bodies // whether there are arguments, facts, outcome and what was edited
	Outcome   *Outcome
	Delivered bool // the outcome was handed to a connected agent at least once
}

// Bodies says whether an intent has what is sealed of it.
type Bodies string

// What becomes of bodies. Those of an Unreadable intent do not open, or its row
// makes no sense: it is only ever listed.
const (
	Whole      Bodies = ""
	Erased     Bodies = "erased" // they were kept for as long as the tenant says
	Unreadable Bodies = "unreadable"
)

// Vote is one person's word on the digest that was displayed.
type Vote struct {
	Person  string
	Approve bool
	Digest  string
	Reason  string
	At      time.Time
}

// Edit is a person's change of what is asked, with what was asked before it.
type Edit struct {
	Person string
	Digest string
	Args   action.Args
	At     time.Time
}

// Edited are the names of the arguments that people changed since the agent asked,
// sorted.
func (i Intent) Edited() []string {
	if len(i.Edits) == 0 {
		return nil
	}
	return i.Edits[0].Args.Changed(i.Call.Args)
}

// Outcome is the tool's answer, stored to be given again.
type Outcome struct {
	Status    int
	MediaType string
	Body      []byte
	At        time.Time
	RetryAt   time.Time // when the tool says that a call may be made again; zero: it does not
}

// Reservation is money counted in a sum from Open until it is released.
type Reservation struct {
	Sum    string // the sum's name in limits.yaml
	Key    string // tenant, sum and the value it is counted by
	Amount money.Amount
}

// SumQuery asks for one sum inside Open's transaction.
type SumQuery struct {
	Name     string
	Key      string
	Currency string
	// Since is where the window begins, by the store's time: processes whose clocks
	// differ count the same. What was done before is not counted; nil counts all.
	Since func(now time.Time) time.Time
}
