package action

import (
	"time"

	"github.com/sallyport/sallyport/internal/reason"
)

// Param is one declared argument of an action.
type Param struct {
	Name     string
	Kind     Kind
	Required bool
	Values   []string // Enum: the declared texts
	Max      int64    // Integer, Money, Decimal: largest value; String, ID, List: most bytes; 0 means the kind's default
	Min      int64    // Integer, Money, Decimal: smallest value
	Scale    int      // Decimal: digits behind the point
	Major    bool     // Money: the tool writes 12.50, not 1250
	Items    *Param   // List: what each item is; its name is the list's
	Fields   []Param  // Object: its declared fields
	Safe     bool     // may stand in records in clear: no personal data by its nature

	// Restorable marks a position in which surrogates may become the personal
	// data they stand for, when policy says so: a text in the body of an effect.
	Restorable bool
	// Recipient marks a position that names who reads something: only a surrogate
	// of the session may stand there.
	Recipient bool
	Personal  Personal
	// Editable marks what a person may change while the call waits for people.
	Editable bool
}

// Personal says what becomes of personal data that an agent writes into an
// argument. The zero Personal refuses cards, social security numbers, dates of birth
// and secrets, and lets all else out.
type Personal string

// The settings of a catalog.
const (
	PersonalPass   Personal = "pass"   // any goes out
	PersonalRefuse Personal = "refuse" // a call with any is refused
	PersonalHold   Personal = "hold"   // a call with any waits for a person
)

// IsText says whether a declared argument is text, or holds some, in the body of an
// effect.
func (a *Action) IsText(name string) bool {
	p := &a.op.params[a.op.index(name)]
	return a.Effect && p.place == inBody && (p.Kind == String || p.Kind == List || p.Kind == Object)
}

// Field is one declared field of a fact.
type Field struct {
	Name string
	Kind Kind
	From string // dotted path in the tool's JSON answer

	Currency string // Money: the field of the same fact that is its currency
	Code     bool   // ID: an ISO 4217 code, kept in upper case
	Optional bool   // may be null or missing in the answer: then absent in the record
	// Outside marks what somebody outside could have written, such as a ticket's
	// subject: no rule allows anything because of it.
	Outside bool

	Items  *Param  // List
	Fields []Param // Object
	as     param
}

// Fact is a read the gateway makes itself, named by another action of the same
// catalog. It may take arguments of the call and fields of facts before it.
type Fact struct {
	Name   string
	Action string
	When   string            // the argument without which there is no such fact, "" for always
	Args   map[string]string // the read's argument -> "args.charge" or "facts.intent.charge"
	Fields []Field
}

// Action is one named operation of a tool, compiled. It is immutable.
type Action struct {
	Name    string // "stripe.refund.create"
	Summary string // one line for people, with {name} for arguments and facts
	// Description is what a model is told about the action as a tool.
	Description string
	Effect      bool // changes something at the tool: goes through the ledger
	Upload      bool // its body is not read: it streams to the tool
	Params      []Param
	Facts       []Fact // in the order they can be fetched

	// ReasonArg is the argument that says why the agent asks; "" for none.
	ReasonArg string

	// MoneyArg is the argument that is an amount, "" for none; its currency is
	// the catalog's: a constant, an argument or a fact's field.
	MoneyArg string

	// ProviderKey is the request header that carries the provider's idempotency
	// key, lower case; "" when the provider has none.
	ProviderKey  string
	DedupeWindow time.Duration // how long the provider remembers that key
	// ReplayMark is the response header, lower case, that is "true" on an answer
	// which the provider had stored under that key; "" when it does not say.
	ReplayMark string

	// MarkKey is the key of its form under which the gateway writes its own name of the
	// effect, for the tool to keep; "" for none. It is no argument.
	MarkKey string

	Undo   *Undo   // its compensation; nil for what cannot be undone
	Probe  *Probe  // how to find out what became of it; nil when a person must
	Export *Export // of an effect that hands out a list; nil for any other

	op *operation
}

// Outcome is what a tool's answer proves about an effect.
type Outcome uint8

// The outcomes. The zero Outcome is OutcomeUnknown: an answer that proves
// nothing is never taken for a refusal or a success.
const (
	OutcomeUnknown Outcome = iota
	OutcomeApplied
	OutcomeNotApplied
)

// Mismatch says why a request is not a call. It holds no value of the request
// beyond the name of the field, cut to 100 bytes.
type Mismatch struct {
	Reason reason.Code
	Field  string // "amount", "query expand[]", "header x-foo"; "" for the whole request
	Hint   string // what would be accepted, one sentence without a full stop
}
