package policy

import (
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/money"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token"
)

// Effect is what the policy says; the zero Effect is Deny.
type Effect uint8

// The effects. Defer means that a rule which could decide needs facts or sums
// that were not given.
const (
	Deny Effect = iota
	Allow
	Defer
)

// Input is everything a rule may speak about.
type Input struct {
	Tenant   string
	Identity token.Identity
	Call     action.Call
	Action   *action.Action
	Facts    action.Facts // those that were read
	Sums     Sums         // nil when they were not read
	Now      time.Time    // what "now" is in conditions
}

// Sums are money already reserved, unknown or done, by the sum's name in
// limits.yaml. A sum whose currency differs from the argument's makes a rule that
// adds the two unevaluable. A sum of nothing is 0 in the argument's currency: an
// Amount without a currency counts as missing.
type Sums map[string]money.Amount

// Obligations are what an allow still asks for. The zero value asks nothing.
type Obligations struct {
	Once bool  // an effect: goes through the ledger
	Hold *Hold // people must approve first
}

// Hold says who must approve: Votes members of Group, which may be several as
// authority.Join writes them.
type Hold struct {
	Group string
	Votes int
}

// Verdict is the policy's answer for one Input. The zero Verdict is a deny.
type Verdict struct {
	Effect      Effect
	Reason      reason.Code
	Rule        string // "policy.csv:4" of the rule that decided; "" when none matched
	Condition   string // that rule's condition, for people
	Say         string // the rule's own words for a refusal, or ""
	Hint        string // what a refused call lacks to be tied to its session, or ""
	Obligations Obligations
	FactsNeeded []string // with Defer: facts to fetch, sorted; sums are "sums.<name>"
}
