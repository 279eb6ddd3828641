package token

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Session is what a token is bound to. Empty members are not bound.
type Session struct {
	ID       string // what repeated calls are known by; renewed tokens share it
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
	Confirm  Confirm
	TokenID  string
	IssuedAt time.Time
	Expires  time.Time
}

// SessionID is the session that all tokens of an agent about one ticket and
// customer share when nobody names another.
func SessionID(id Identity) string {
	h := sha256.New()
	for _, part := range []string{id.Tenant, id.Agent, id.Session.Ticket, id.Session.Customer} {
		_, _ = fmt.Fprintf(h, "%d:%s,", len(part), part)
	}
	return "ses_" + hex.EncodeToString(h.Sum(nil)[:20])
}
