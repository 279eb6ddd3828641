package token

import (
	"fmt"
	"regexp"
	"time"
)

// Fixed claims: who issues and for whom.
const (
	issuer   = "sallyport"
	audience = "sallyport-gateway"
	kind     = "sallyport+jwt" // typ of the header
)

// name is what tenants, agents and roles may be called.
var name = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$`)

// claims are the token's payload.
type claims struct {
	Issuer   string        `json:"iss"`
	Audience string        `json:"aud"`
	ID       string        `json:"jti"`
	IssuedAt int64         `json:"iat"` // seconds
	Expires  int64         `json:"exp"`
	Tenant   string        `json:"tenant"`
	Agent    string        `json:"agent"`
	Roles    []string      `json:"roles,omitempty"`
	Session  sessionClaims `json:"session"`
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
	}
}

func (c claims) identity() Identity {
	return Identity{
		Tenant: c.Tenant, Agent: c.Agent, Roles: c.Roles, TokenID: c.ID,
		Session:  Session{ID: c.Session.ID, Ticket: c.Session.Ticket, Customer: c.Session.Customer},
		IssuedAt: time.Unix(c.IssuedAt, 0).UTC(), Expires: time.Unix(c.Expires, 0).UTC(),
	}
}

// check says what no token may lack.
func (c claims) check() error {
	switch {
	case c.Issuer != issuer || c.Audience != audience:
		return fmt.Errorf("it is not a gateway token")
	case !name.MatchString(c.Tenant):
		return fmt.Errorf("the tenant must be letters, digits, '.', '_' and '-', at most 63 (got %q)", c.Tenant)
	case !name.MatchString(c.Agent):
		return fmt.Errorf("the agent must be letters, digits, '.', '_' and '-', at most 63 (got %q)", c.Agent)
	case c.ID == "" || c.Session.ID == "":
		return fmt.Errorf("a token needs an id and a session")
	case c.Expires <= c.IssuedAt:
		return fmt.Errorf("a token must expire after it was issued")
	case len(c.Session.ID) > 128 || len(c.Session.Ticket) > 128 || len(c.Session.Customer) > 128 || len(c.ID) > 128:
		return fmt.Errorf("session, ticket, customer and id have at most 128 bytes each")
	}
	for _, role := range c.Roles {
		if !name.MatchString(role) {
			return fmt.Errorf("a role must be letters, digits, '.', '_' and '-', at most 63 (got %q)", role)
		}
	}
	return nil
}
