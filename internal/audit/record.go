package audit

import "time"

// Table is where a record ends up. The list is closed: one constant a table.
type Table string

// The tables of the audit database.
const (
	Decisions Table = "decisions"
	Approvals Table = "approvals"
	Requests  Table = "requests"
)

// Record is one row on its way to the audit database. Exactly one of the
// members after Table is set, the one that Table names.
type Record struct {
	Table    Table
	Decision *Decision
	Approval *Approval
	Request  *Request
}

// Decision is one row of audit.decisions: one step of the decision ladder for
// one call. It holds no argument value that a catalog does not mark as safe,
// no credential and no token.
type Decision struct {
	Time     time.Time
	Tenant   string // "" when no token was accepted
	ID       string // dec-…; the same for every step of one call
	Step     string // agent, facts, live (again before executing), execute
	Agent    string
	Session  string
	Ticket   string
	TokenID  string
	Tool     string
	Action   string
	Digest   string // of the canonical arguments
	Effect   string // deny, allow, mediate
	Lane     string
	Reason   string
	Rule     string
	Bundle   string
	Intent   string // set by steps after the ledger knows the intent
	Amount   int64  // minor units; 0 without money
	Currency string
	Method   string
	Path     string // without query, at most 200 bytes; * for each segment that names one thing

	// What the policy on trial said; its version is "" when none was asked.
	Shadow        string
	ShadowDiffers string // "" for the same outcome
	ShadowReason  string
	ShadowRule    string
}

// Approval is one row of audit.approvals: one state change of an intent.
type Approval struct {
	Time     time.Time
	Tenant   string
	Decision string // the decision that opened the intent
	Intent   string
	Seq      int64 // the intent's version after the change
	State    string
	Actor    string // person id, agent:<id> or gateway
	Reason   string
	Action   string
	Digest   string
	Amount   int64
	Currency string
}

// Request is one row of audit.requests: what Envoy saw of one request.
type Request struct {
	Time       time.Time
	Tenant     string
	Decision   string // dec-<request id>; "" when Envoy refused before it had one
	Listener   string // agent or execute
	Method     string
	Path       string // as Decision.Path
	Status     uint32
	Flags      string // Envoy's response flags, comma separated
	DurationUS int64
	BytesIn    uint64
	BytesOut   uint64
	Cluster    string
	Masked     string // the mask's report: counts by type as JSON, or ""
}
