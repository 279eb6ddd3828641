package grant

import "time"

// Admission is extauthz's signed word to approvald about what was asked. It
// authorises nothing at a tool.
type Admission struct {
	Decision  string    `json:"dec"`
	Tenant    string    `json:"ten"`
	Agent     string    `json:"agt"`
	Roles     []string  `json:"rol,omitzero"` // nil means no narrowing, empty narrows to nothing
	SessionID string    `json:"sid"`
	Ticket    string    `json:"tkt,omitempty"`
	Customer  string    `json:"cus,omitempty"`
	TokenID   string    `json:"jti"`
	Tool      string    `json:"tol"`
	Action    string    `json:"act"`
	Digest    string    `json:"dig"` // of the canonical arguments
	ClientKey string    `json:"key,omitempty"`
	Bundle    string    `json:"bun"`
	Effect    bool      `json:"eff"`           // the effect handler, else the read handler
	TokenEnds int64     `json:"end,omitempty"` // of the token, in seconds of Unix time
	Expires   time.Time `json:"exp"`
}

// Purpose says why approvald asks for bytes to be sent.
type Purpose string

// The purposes of an order.
const (
	PurposeEffect Purpose = "effect"
	PurposeFact   Purpose = "fact"
	PurposeRead   Purpose = "read" // a mediated read: no ledger

	// The frames of an MCP server's protocol, besides calls.
	PurposeSession Purpose = "session" // to open and to end a session, and to refuse what the server asks
	PurposeList    Purpose = "list"    // to see what it offers
	PurposeAnswer  Purpose = "answer"  // what an agent's client answered the server

	PurposeTicket Purpose = "ticket" // who is the customer of a ticket, before there is a token
)

// Order is approvald's signed word to the execute check about which bytes to
// send now: one attempt, one Envoy, seconds.
type Order struct {
	Admission string    `json:"adm"` // decision id of the admission it grew from
	Nonce     string    `json:"non"` // unique; the execute check refuses a second use
	Purpose   Purpose   `json:"pur"`
	Tenant    string    `json:"ten"`
	Agent     string    `json:"agt"`
	Roles     []string  `json:"rol,omitzero"` // as in Admission
	SessionID string    `json:"sid"`
	Ticket    string    `json:"tkt,omitempty"`
	Customer  string    `json:"cus,omitempty"`
	TokenID   string    `json:"jti"`
	Tool      string    `json:"tol"`
	Intent    string    `json:"int,omitempty"`
	Attempt   int       `json:"att,omitempty"`
	Approved  bool      `json:"app,omitempty"` // a person approved this intent
	Envoy     string    `json:"env"`           // node id of the one Envoy that may carry it
	Body      string    `json:"bod"`           // BodyDigest of method, authority, path, body
	SendUntil time.Time `json:"sun"`           // the execute check refuses later
}
