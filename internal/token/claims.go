package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Fixed claims: who issues and for whom.
const (
	issuer   = "sallyport"
	audience = "sallyport-gateway"
	kind     = "sallyport+jwt" // typ of the header
)

// maxText bounds a token's free texts, in bytes.
const maxText = 128

// AgentGateway is who the gateway's own calls are of. Policies give it rules, and no
// token is for it.
const AgentGateway = "gateway"

// PersonPrefix begins what stands in the place of a token's id, before the id of a
// person, for what a person did or has the gateway do.
const PersonPrefix = "person:"

// name is what tenants, agents and roles may be called.
var name = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$`)

// claims are the token's payload. Roles that narrow to nothing are written as
// [], so that they never come back as nil, which does not narrow.
type claims struct {
	Issuer   string        `json:"iss"`
	Audience string        `json:"aud"`
	ID       string        `json:"jti"`
	IssuedAt int64         `json:"iat"` // seconds
	Expires  int64         `json:"exp"`
	Tenant   string        `json:"tenant"`
	Agent    string        `json:"agent"`
	Roles    []string      `json:"roles,omitzero"`
	Session  sessionClaims `json:"session"`
	Confirm  confirmClaims `json:"cnf,omitzero"`
}

type sessionClaims struct {
	ID       string `json:"id"`
	Ticket   string `json:"ticket,omitempty"`
	Customer string `json:"customer,omitempty"`
}

func fromIdentity(id Identity) claims {
	return claims{
		Issuer: issuer, Audience: audience, ID: id.TokenID, IssuedAt: id.IssuedAt.Unix(), Expires: id.Expires.Unix(),
		Tenant: id.Tenant, Agent: id.Agent, Roles: id.Roles,
		Session: sessionClaims{ID: id.Session.ID, Ticket: id.Session.Ticket, Customer: id.Session.Customer},
		Confirm: id.Confirm.claims(),
	}
}

func (c claims) identity() Identity {
	return Identity{
		Tenant: c.Tenant, Agent: c.Agent, Roles: c.Roles, TokenID: c.ID,
		Session: Session{ID: c.Session.ID, Ticket: c.Session.Ticket, Customer: c.Session.Customer}, Confirm: c.Confirm.confirm(),
		IssuedAt: time.Unix(c.IssuedAt, 0).UTC(), Expires: time.Unix(c.Expires, 0).UTC(),
	}
}

// decode takes a signed payload strictly: an unknown claim could be a
// restriction that is not kept, and a repeated one could be read two ways. What
// does not encode to the same bytes again is refused.
func decode(payload []byte) (Identity, bool) {
	var c claims
	if json.Unmarshal(payload, &c) != nil || c.check() != nil {
		return Identity{}, false
	}
	if again, err := json.Marshal(c); err != nil || !bytes.Equal(again, payload) {
		return Identity{}, false
	}
	return c.identity(), true
}

// check says what no token may lack.
func (c claims) check() error {
	switch {
	case c.Issuer != issuer || c.Audience != audience:
		return errors.New("it is not a gateway token")
	case c.ID == "" || c.Session.ID == "":
		return errors.New("a token needs an id and a session")
	case c.Expires <= c.IssuedAt:
		return errors.New("a token must expire after it was issued")
	}
	for _, text := range []string{c.ID, c.Session.ID, c.Session.Ticket, c.Session.Customer} {
		if len(text) > maxText || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			return fmt.Errorf("id, session, ticket and customer are one line of at most %d bytes each (got %q)", maxText, text)
		}
	}
	if err := c.Confirm.check(); err != nil {
		return err
	}
	return c.checkNames()
}

// Check says what no identity of a token may lack.
func Check(id Identity) error { return fromIdentity(id).check() }

// IsName says that a text can be an agent's or a role's name.
func IsName(text string) bool { return name.MatchString(text) }

func (c claims) checkNames() error {
	const rule = "%s must be letters, digits, '.', '_' and '-', at most 63 (got %q)"
	if !name.MatchString(c.Tenant) {
		return fmt.Errorf(rule, "the tenant", c.Tenant)
	}
	if !name.MatchString(c.Agent) {
		return fmt.Errorf(rule, "the agent", c.Agent)
	}
	if c.Agent == AgentGateway {
		return errors.New("the agent gateway is the gateway itself: no token is for it")
	}
	for _, role := range c.Roles {
		if !name.MatchString(role) {
			return fmt.Errorf(rule, "a role", role)
		}
	}
	return nil
}
