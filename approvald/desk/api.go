package desk

import "time"

// Item is one intent as people see it, in the Desk's JSON API.
type Item struct {
	ID        string    `json:"id"`
	Version   int64     `json:"version"` // grows with each change
	Tenant    string    `json:"tenant"`
	State     string    `json:"state"`
	Summary   string    `json:"summary"` // "Refund 100.00 USD of charge ch_1"
	Action    string    `json:"action"`
	Agent     string    `json:"agent"`
	Ticket    string    `json:"ticket,omitempty"`
	Customer  string    `json:"customer,omitempty"`
	Amount    string    `json:"amount,omitempty"` // "100.00 USD"
	Said      string    `json:"said,omitempty"`   // why, in the agent's own words
	Args      []Named   `json:"args"`
	Facts     []Named   `json:"facts"`
	Digest    string    `json:"digest"` // what a vote must name
	Rule      string    `json:"rule,omitempty"`
	Condition string    `json:"condition,omitempty"` // of that rule; of one intent, while the tenant's files are those it was decided by
	Because   string    `json:"because,omitempty"`   // of one intent that waits: the rule that asks people, in words
	Sums      []Named   `json:"sums,omitempty"`      // of one intent that waits: what its sums are without it
	Budgets   []string  `json:"budgets,omitempty"`   // of one intent that waits: what it leaves of its budgets, in words
	Group     string    `json:"group,omitempty"`     // who must approve
	Votes     []Vote    `json:"votes"`
	Needed    int       `json:"needed"`
	Edits     []Edit    `json:"edits,omitempty"`     // by people, of what the agent asked
	Changes   []Changed `json:"changes,omitempty"`   // of one intent: what they changed
	Editable  []Draft   `json:"editable,omitempty"`  // of one intent that waits: what they may change
	Earlier   string    `json:"earlier,omitempty"`   // intent of the same effect before
	Undoes    string    `json:"undoes,omitempty"`    // intent that this one undoes
	Follows   string    `json:"follows,omitempty"`   // intent on which this one follows
	UndoneBy  string    `json:"undone_by,omitempty"` // of one intent: the newest that undoes it
	Undoable  bool      `json:"undoable,omitempty"`  // done, and its catalog says how; of one intent: and nothing undoes it yet
	Bodies    string    `json:"bodies,omitempty"`    // why there are no arguments, facts and outcome: "erased" or "unreadable"
	Reason    string    `json:"reason,omitempty"`
	Say       string    `json:"say,omitempty"`
	Decision  string    `json:"decision"`
	Created   time.Time `json:"created"`
	DueAt     time.Time `json:"due_at,omitzero"` // waiting: expires then
	Ended     time.Time `json:"ended,omitzero"`
	DecidedBy string    `json:"decided_by,omitempty"` // not waiting: people's ids, "nobody", "the policy" or "the gateway"
	Outcome   *Outcome  `json:"outcome,omitempty"`    // what the tool answered
	Denials   []Denial  `json:"denials,omitempty"`    // of one intent: earlier ones about the same customer or effect, newest first
	Next      []string  `json:"next,omitempty"`       // of one intent that waits: what happens then, in sentences
}

// Edit is one change by a person.
type Edit struct {
	Person string    `json:"person"`
	At     time.Time `json:"at"`
}

// Changed is an argument that people changed, word by word.
type Changed struct {
	Name  string `json:"name"`
	Parts []Part `json:"parts"`
}

// Part is a stretch of a text.
type Part struct {
	Kind string `json:"kind"` // same, old (the agent's) or new
	Text string `json:"text"`
}

// Draft is an argument that people may change, as it is: nothing is spelled out.
type Draft struct {
	Name   string   `json:"name"`
	Value  string   `json:"value"`
	Values []string `json:"values,omitempty"` // the only ones it may have
	Typed  bool     `json:"-"`                // Value is what somebody wrote, and did not count
}

// Outcome is a tool's answer without its body.
type Outcome struct {
	Status    int       `json:"status"` // of HTTP
	MediaType string    `json:"media_type,omitempty"`
	At        time.Time `json:"at"`
	Fields    []Named   `json:"fields,omitempty"` // of one intent: id, object and status, if the answer has them
}

// Named is one argument or fact.
type Named struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Vote is one person's word.
type Vote struct {
	Person  string    `json:"person"`
	Approve bool      `json:"approve"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// VoteBody is what approve and deny take: the digest of what was shown.
type VoteBody struct {
	Digest string `json:"digest"`
	Reason string `json:"reason,omitempty"`
}

// LinkBody asks for a one-time link.
type LinkBody struct {
	Tenant string `json:"tenant"`
	Person string `json:"person"`
}

// LinkAnswer is a one-time link for a browser.
type LinkAnswer struct {
	Link    string    `json:"link"`
	Expires time.Time `json:"expires"`
}

// Error is every refusal of the API: a sentence that says what to do.
type Error struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}
