package token

import "time"

// Session is what a token is bound to. Empty members are not bound.
type Session struct {
	ID       string // random, one a token family
	Ticket   string
	Customer string
}

// Identity is who a verified gateway token speaks for. It is the only source
// of the tenant: nothing a client sends besides the token names one.
type Identity struct {
	Tenant   string
	Agent    string
	Roles    []string // a ceiling on the agent's roles; nil means no narrowing
	Session  Session
	TokenID  string
	IssuedAt time.Time
	Expires  time.Time
}
