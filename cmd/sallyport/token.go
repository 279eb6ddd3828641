package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
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
	Session  string        `help:"Session id; a new one when absent."`
	TTL      time.Duration `help:"How long the token is valid." default:"15m" name:"ttl"`
}

// Run signs a token with the data folder's key.
func (c *tokenCommand) Run(s *surroundings) error {
	if c.TTL <= 0 || c.TTL > maxTTL {
		return fmt.Errorf("--ttl must be from 1s to %s (got %s)", maxTTL, c.TTL)
	}
	ring, err := keyring.Open(filepath.Join(c.Data, "keys"))
	if err != nil {
		return err
	}
	kid, key := ring.Signing(keyring.Token)
	signer, err := token.NewSigner(token.SignerOptions{KeyID: kid, Key: key})
	if err != nil {
		return err
	}
	id := c.identity(time.Now())
	raw, err := signer.Sign(id)
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

func (c *tokenCommand) identity(now time.Time) token.Identity {
	session := c.Session
	if session == "" {
		session = "ses_" + randomID()
	}
	return token.Identity{
		Tenant: c.Tenant, Agent: c.Agent, Roles: c.Role, TokenID: "tok_" + randomID(),
		Session:  token.Session{ID: session, Ticket: c.Ticket, Customer: c.Customer},
		IssuedAt: now.Truncate(time.Second), Expires: now.Add(c.TTL).Truncate(time.Second),
	}
}

func randomID() string {
	var b [10]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
