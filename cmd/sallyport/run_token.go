package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/door"
	"github.com/sallyport/sallyport/controlplane/issuer"
	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/token"
)

// fetch is the way to tokens: as a client, or as whoever holds the data folder.
func (c *runCommand) fetch(server door.Server) (door.Fetch, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "lifetime": {strconv.Itoa(int(c.TTL.Seconds()))}}
	if c.TTL < time.Second || c.TTL > maxTTL {
		return nil, fmt.Errorf("--ttl must be from 1s to %s (got %s)", maxTTL, c.TTL)
	}
	if len(c.Role) > 0 {
		form.Set("scope", strings.Join(c.Role, " "))
	}
	if c.Ticket != "" {
		form.Set("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
		form.Set("subject_token_type", issuer.TypeTicket)
		form.Set("subject_token", c.Ticket)
	}
	if c.ClientID != "" || c.Secret != "" {
		return c.asClient(server, form)
	}
	return c.asOperator(server, form)
}

func (c *runCommand) asClient(server door.Server, form url.Values) (door.Fetch, error) {
	if c.ClientID == "" || c.Secret == "" || c.Tenant != "" || c.Agent != "" {
		return nil, errors.New("a client has --client-id and --client-secret-file; its tenant and agent are declared, so leave --tenant and --agent out")
	}
	secret, err := os.ReadFile(c.Secret)
	if err != nil {
		return nil, err
	}
	form.Set("client_id", c.ClientID)
	form.Set("client_secret", strings.TrimSpace(string(secret)))
	return func(ctx context.Context) (door.Token, error) { return door.Ask(ctx, server.Token, form) }, nil
}

// asOperator signs each request with the data folder's key.
func (c *runCommand) asOperator(server door.Server, form url.Values) (door.Fetch, error) {
	if c.Agent == "" {
		return nil, errors.New("name the agent with --tenant and --agent, or a client with --client-id and --client-secret-file")
	}
	if err := checkTenant(c.Tenant); err != nil {
		return nil, err
	}
	if err := c.started(); err != nil {
		return nil, err
	}
	form.Set("tenant", c.Tenant)
	form.Set("agent", c.Agent)
	form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	return func(ctx context.Context) (door.Token, error) {
		ring, err := keyring.Open(filepath.Join(c.Data, "keys"))
		if err != nil {
			return door.Token{}, err
		}
		kid, key := ring.Signing(keyring.Operator)
		assertion, err := token.Assertion(kid, key, issuer.OperatorClient, server.Issuer, time.Now())
		if err != nil {
			return door.Token{}, err
		}
		form.Set("client_assertion", assertion)
		return door.Ask(ctx, server.Token, form)
	}, nil
}

// hint is what whoever holds a data folder may have got wrong: the endpoint does not
// tell which tenants there are.
func (c *runCommand) hint(err error) string {
	var unknown *door.UnknownError
	if c.ClientID != "" || !errors.As(err, &unknown) {
		return ""
	}
	return fmt.Sprintf(" Is %s a tenant of that gateway (`sallyport tenants status`), and --data its folder?", c.Tenant)
}
