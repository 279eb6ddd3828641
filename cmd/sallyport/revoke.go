package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/sallyport/sallyport/cmd/sallyport/up"
	"github.com/sallyport/sallyport/internal/token"
)

// revokeCommand says what is refused from now on. Whoever gets a token after it
// works again: to take rights away for good is the policy's business.
type revokeCommand struct {
	deskFlags
	Tenant     string `help:"All tokens of this tenant, unless it is narrowed; with a login yours."`
	Agent      string `help:"Only this agent's."`
	Session    string `help:"Only this session's, also those that are issued later."`
	TokenID    string `help:"Only this token, by its id (tok_…)." name:"token-id"`
	Tool       string `help:"Switch this tool of the tenant off for everybody, also for what was approved."`
	Restore    bool   `help:"Switch the tool on again."`
	Everything bool   `help:"All tokens of all tenants."`
	List       bool   `help:"Revoke nothing; list what was revoked."`
	Why        string `help:"Why; kept in the list."`
	AdminURL   string `help:"Where admin listens: a running gateway is asked whether it has the tenant and the tool." default:"http://127.0.0.1:10081" env:"SALLYPORT_ADMIN" name:"admin-url"`
}

// Run asks the Desk as whoever logged in at it; without a login it appends to the
// data folder's list, which a running gateway follows.
func (c *revokeCommand) Run(s *surroundings) error {
	held, err := readSession(c.DeskURL)
	if err != nil {
		return err
	}
	if held != nil {
		return c.asPerson(s, held)
	}
	if err := c.started(); err != nil {
		return err
	}
	file := token.NewRevocationFile(up.RevocationsFile(c.Data))
	if c.List {
		entries, err := file.List()
		if err != nil {
			return err
		}
		return c.list(s, entries)
	}
	if err := c.check(); err != nil {
		return err
	}
	entry, err := file.Now(time.Now(), c.entry())
	if err != nil {
		return err
	}
	c.warn(s)
	return c.tell(s, entry)
}

// asPerson has the Desk do it, for the tenant of a login, if it is one of its
// operators.
func (c *revokeCommand) asPerson(s *surroundings, held *session) error {
	api, err := c.desk()
	if err != nil {
		return err
	}
	if c.List {
		var entries []token.Revocation
		if err := api.call(s.ctx, http.MethodGet, revocationsPath, nil, &entries); err != nil {
			return err
		}
		return c.list(s, entries)
	}
	if c.Agent+c.Session+c.Tool+c.TokenID != "" {
		c.Tenant = cmp.Or(c.Tenant, held.Tenant)
	}
	if err := c.check(); err != nil {
		return err
	}
	if c.Everything {
		return fmt.Errorf("you are logged in as %s of %s, and --everything is for who holds the gateway's data folder: `sallyport logout` first, and name it with --data", plain(held.Person), plain(held.Tenant))
	}
	entry := c.entry()
	if err := api.call(s.ctx, http.MethodPost, revocationsPath, entry, &entry); err != nil {
		return err
	}
	return c.tell(s, entry)
}

// revocationsPath is of the Desk's API.
const revocationsPath = "/api/v1/revocations"

func (c *revokeCommand) entry() token.Revocation {
	return token.Revocation{Tenant: c.Tenant, Agent: c.Agent, Session: c.Session, Token: c.TokenID, Tool: c.Tool, Restore: c.Restore, Why: c.Why}
}

// tell says what was done.
func (c *revokeCommand) tell(s *surroundings, entry token.Revocation) error {
	if c.JSON {
		return printJSON(s.stdout, entry)
	}
	line := "Revoked: %s. A running gateway refuses it within a second.\n"
	if c.Restore {
		line = "%s. A running gateway allows it again within a second.\n"
	}
	_, err := fmt.Fprintf(s.stdout, line, plain(whatIs(entry)))
	return err
}

// warn says that a name may be mistyped. What it names is revoked all the same:
// the gateway that was asked may not be the one that is meant.
func (c *revokeCommand) warn(s *surroundings) {
	if c.Tenant == "" {
		return
	}
	err := c.liveTool(s, c.AdminURL, c.Tenant, c.Tool)
	if c.Agent != "" {
		err = c.liveAgent(s, c.AdminURL, c.Tenant, c.Agent)
	}
	if err != nil {
		_, _ = fmt.Fprintf(s.stderr, "sallyport: %s: is the name right?\n", oneLine(err))
	}
}

func (c *revokeCommand) check() error {
	narrow := c.Agent != "" || c.Session != "" || c.Tool != ""
	switch {
	case c.Restore && c.Tool == "":
		return errors.New("only a tool can be restored: name it with --tool")
	case c.Tool != "" && (c.Agent != "" || c.Session != "" || c.TokenID != ""):
		return errors.New("--tool is for everybody: leave --agent, --session and --token-id out")
	case c.TokenID != "" && (c.Agent != "" || c.Session != "") || c.Agent != "" && c.Session != "":
		return errors.New("an agent, a session and a token are revoked one by one: name one of them")
	case c.Everything && (c.Tenant != "" || narrow || c.TokenID != ""):
		return errors.New("--everything is everything: leave the others out")
	case !c.Everything && c.Tenant == "" && c.TokenID == "":
		return errors.New("say what to revoke: --tenant, with --agent, --session or --tool to narrow it, --token-id, or --everything")
	case narrow && c.Tenant == "":
		return errors.New("an agent, a session or a tool is one of a tenant: name it with --tenant")
	case c.Tenant != "":
		return checkTenant(c.Tenant)
	}
	return nil
}

func (c *revokeCommand) list(s *surroundings, entries []token.Revocation) error {
	if c.JSON {
		return printJSON(s.stdout, append([]token.Revocation{}, entries...))
	}
	if len(entries) == 0 {
		_, err := fmt.Fprintln(s.stdout, "Nothing was revoked.")
		return err
	}
	rows := [][]string{{"BEFORE", "WHAT", "BY", "WHY"}}
	for _, e := range entries {
		rows = append(rows, []string{e.At.UTC().Format(time.RFC3339), whatIs(e), cmp.Or(e.By, "-"), e.Why})
	}
	return printTable(s.stdout, rows)
}

// whatIs is a revocation in words.
func whatIs(r token.Revocation) string {
	switch {
	case r.Restore:
		return "tool " + r.Tool + " of " + r.Tenant + " is restored"
	case r.Tool != "":
		return "tool " + r.Tool + " of " + r.Tenant
	case r.Token != "":
		return strings.TrimSuffix("token "+r.Token+" of "+r.Tenant, " of ")
	case r.Session != "":
		return "session " + r.Session + " of " + r.Tenant
	case r.Agent != "":
		return "agent " + r.Agent + " of " + r.Tenant
	case r.Tenant != "":
		return "tenant " + r.Tenant
	default:
		return "everything"
	}
}
