package main

import (
	"fmt"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/token"
)

// maxTTL bounds a gateway token: it is short-lived by design.
const maxTTL = 24 * time.Hour

type tokenCommand struct {
	dataFlag
	jsonFlag
	Tenant   string        `help:"Tenant the agent works for." required:""`
	Agent    string        `help:"Agent's name, as policy.csv gives it roles." required:""`
	Role     []string      `help:"Narrow the agent's roles to these."`
	Ticket   string        `help:"Ticket the session is bound to."`
	Customer string        `help:"Customer the session is bound to."`
	Session  string        `help:"Session id; one of agent, ticket and customer when absent. A new session may do the same effect again."`
	TTL      time.Duration `help:"How long the token is valid." default:"15m" name:"ttl"`
	AdminURL string        `help:"Where admin listens: a running gateway is asked whether the tenant is live." default:"http://127.0.0.1:10081" env:"SALLYPORT_ADMIN" name:"admin-url"`
}

// Run signs a token with the data folder's key.
func (c *tokenCommand) Run(s *surroundings) error {
	if err := checkTenant(c.Tenant); err != nil {
		return err
	}
	if c.TTL < time.Second || c.TTL > maxTTL {
		return fmt.Errorf("--ttl must be from 1s to %s (got %s)", maxTTL, c.TTL)
	}
	ring, err := c.ring()
	if err != nil {
		return err
	}
	if err := c.live(s); err != nil {
		return err
	}
	if err := c.liveAgent(s, c.AdminURL, c.Tenant, c.Agent); err != nil {
		_, _ = fmt.Fprintf(s.stderr, "sallyport: %s: is the name right?\n", oneLine(err))
	}
	raw, id, err := up.Issue(ring, token.Identity{
		Tenant: c.Tenant, Agent: c.Agent, Roles: c.Role,
		Session: token.Session{ID: c.Session, Ticket: c.Ticket, Customer: c.Customer},
	}, time.Now(), c.TTL)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, map[string]any{
			"token": raw, "tenant": id.Tenant, "agent": id.Agent, "session": id.Session.ID,
			"id": id.TokenID, "expires": id.Expires.UTC(),
		})
	}
	_, err = fmt.Fprintln(s.stdout, raw)
	return err
}

// live refuses a tenant that a running gateway does not know: its tokens would be
// worth nothing. A gateway that does not answer has no say.
func (c *tokenCommand) live(s *surroundings) error {
	_, err := c.liveTenant(s, c.AdminURL, c.Tenant)
	return err
}
