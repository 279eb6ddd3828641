package action

import "strings"

// operation is how one action looks on the wire.
type operation struct {
	method              string
	paths               []template // the first is what Build writes, the others are aliases
	body                bodyKind
	upload              []string // media types of a body that is not read, nil when it is
	params              []param  // in the order of Action.Params
	shape               *shape   // of a JSON body
	currency            ref      // of MoneyArg; a constant is spelled in upper case
	unread              *param   // MoneyArg, when it is read only once another argument has said its decimals
	key                 []ref    // the business key
	subject             ref      // whom the call is about
	byTicket            bool     // subject is a ticket, else a customer
	summary             []piece
	schema              []byte // of the arguments, as JSON Schema
	applied, notApplied proof
	mcp                 *serverTool // nil for an HTTP operation
	clientKey           string      // the header an agent's own idempotency key may come in besides idempotency-key
	shared              *shared
}

// shared is what all actions of one catalog have in common.
type shared struct {
	headers    []header
	refused    map[string]bool // currencies whose smallest unit is not ISO 4217's
	applied    proof
	notApplied proof
}

type bodyKind uint8

const (
	noBody bodyKind = iota
	formBody
	jsonBody
)

func (b bodyKind) mediaType() string {
	switch b {
	case formBody:
		return "application/x-www-form-urlencoded"
	case jsonBody:
		return "application/json"
	default:
		return ""
	}
}

type place uint8

const (
	inPath place = iota + 1
	inQuery
	inBody
)

// param is a Param with its place on the wire.
type param struct {
	Param
	place    place
	at       string   // key of a query or form, dotted position in a JSON body
	repeats  []string // JSON positions that may say a path argument again
	prefixes []string
	chars    charset
	pattern  func(string) bool // of an ID, instead of prefixes and chars; nil for none
	unix     bool              // Time: seconds since 1970, else RFC 3339
	quoted   bool              // Integer, Money, Decimal: a text in JSON
	decimals int               // Money in major units: those of its currency, or byCurrency
	item     *param            // List
	join     string            // List in a query or form: what stands between items
	fields   []param           // Object
	before   string            // what stands around the value in a query or form
	after    string
	lenient  bool   // of a tool's answer: may be empty, and have what is not declared
	constant *Value // what absence means, when that is a constant
	rest     []ref  // what absence means, when facts say it: one, or two to subtract

	needed    bool   // must be given, by itself or by the argument that stands for it
	standsFor string // the argument that this one names through a fact, "" for none
	through   ref    // that fact's field
}

// refSource says where a ref reads.
type refSource uint8

const (
	refNone refSource = iota
	refConst
	refArgs
	refFacts
)

// ref names one value: a constant, args.name or facts.fact.name.
type ref struct {
	source refSource
	fact   string
	name   string // of the argument or field; the constant itself
}

// parseRef reads "args.charge" or "facts.charge.amount".
func parseRef(text string) (ref, bool) {
	if name, ok := strings.CutPrefix(text, "args."); ok {
		return ref{source: refArgs, name: name}, isName(name)
	}
	if rest, ok := strings.CutPrefix(text, "facts."); ok {
		fact, name, _ := strings.Cut(rest, ".")
		return ref{source: refFacts, fact: fact, name: name}, isName(fact) && isName(name)
	}
	return ref{}, false
}

func (r ref) String() string {
	switch r.source {
	case refArgs:
		return "args." + r.name
	case refFacts:
		return "facts." + r.fact + "." + r.name
	default:
		return r.name
	}
}

// find is the value a ref names, false when it is not there.
func (r ref) find(args Args, facts Facts) (Value, bool) {
	switch r.source {
	case refArgs:
		v, ok := args[r.name]
		return v, ok
	case refFacts:
		v, ok := facts[r.fact][r.name]
		return v, ok
	default:
		return Value{}, false
	}
}

// piece is a part of a summary: text, and then a value if ref names one.
type piece struct {
	text string
	ref  ref
}

// header is a request header that the catalog lists.
type header struct {
	name   string
	any    bool // any value: telemetry without a meaning for the call
	values []string
	accept func(string) bool // a pattern, nil for none
	send   string            // what Build writes, "" for nothing
}

func (h *header) accepts(value string) bool {
	if h.any {
		return true
	}
	for _, v := range h.values {
		if v == value {
			return true
		}
	}
	return h.accept != nil && h.accept(value)
}

// isName reports whether a text can name an argument, fact or field.
func isName(text string) bool {
	if text == "" || len(text) > maxName || isDigit(text[0]) {
		return false
	}
	for i := range len(text) {
		if !isDigit(text[i]) && text[i] != '_' && (text[i] < 'a' || text[i] > 'z') {
			return false
		}
	}
	return true
}

const maxName = 64
