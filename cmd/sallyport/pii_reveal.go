package main

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/sallyport/sallyport/approvald/desk"
)

type piiReveal struct {
	deskFlags
	Surrogate string `arg:"" help:"What the agent reads: '[email:…]', whole."`
	Session   string `help:"The session in which it was issued; this or --intent." xor:"where" required:""`
	Intent    string `help:"An approval of that session, int_…; this or --session." xor:"where" required:""`
	Tenant    string `help:"The session's tenant; needed without a login."`
}

// Run asks the Desk, which records it.
func (c *piiReveal) Run(s *surroundings) error {
	if c.Intent != "" && !idPattern.MatchString(c.Intent) {
		return fmt.Errorf("--intent is like int_…: `sallyport approvals list --all` shows them (got %q)", c.Intent)
	}
	if c.Tenant != "" && c.Intent != "" {
		return errors.New("--tenant is for --session: an approval has its tenant")
	}
	api, err := c.desk()
	if err != nil {
		return err
	}
	var answer desk.RevealAnswer
	body := desk.RevealBody{Surrogate: c.Surrogate, Session: c.Session, Intent: c.Intent, Tenant: c.Tenant}
	if err := api.call(s.ctx, http.MethodPost, "/api/v1/reveal", body, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, answer)
	}
	_, err = fmt.Fprintln(s.stdout, plain(answer.Value))
	return err
}
