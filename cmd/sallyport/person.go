package main

import (
	"fmt"
	"net/http"

	"github.com/sallyport/sallyport/approvald/desk"
)

type personCommand struct {
	Invite personInvite `cmd:"" help:"Print a one-time link with which a person registers a passkey."`
	Forget personForget `cmd:"" help:"Take a person's passkeys away."`
}

type personFlags struct {
	deskFlags
	Tenant string `help:"Tenant of the person." required:""`
	Person string `arg:"" help:"Person's id in people.yaml."`
}

type personInvite struct {
	personFlags
	Again bool `help:"One more passkey for somebody who has one."`
}

// Run prints the link; it is good for a day.
func (c *personInvite) Run(s *surroundings) error {
	var answer desk.LinkAnswer
	if err := c.post(s, "/api/v1/invites", desk.InviteBody{Tenant: c.Tenant, Person: c.Person, Again: c.Again}, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, answer)
	}
	_, err := fmt.Fprintln(s.stdout, answer.Link)
	return err
}

type personForget struct{ personFlags }

// Run forgets.
func (c *personForget) Run(s *surroundings) error {
	var answer desk.ForgetAnswer
	if err := c.post(s, "/api/v1/forget", desk.InviteBody{Tenant: c.Tenant, Person: c.Person}, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, answer)
	}
	_, err := fmt.Fprintf(s.stdout, "%d passkeys of %s are forgotten, and their sessions and invitations have ended.\n", answer.Forgotten, plain(c.Person))
	return err
}

// post asks the Desk as the owner of the machine.
func (c *personFlags) post(s *surroundings, path string, body desk.InviteBody, into any) error {
	if err := checkTenant(c.Tenant); err != nil {
		return err
	}
	api, err := c.ownerDesk()
	if err != nil {
		return err
	}
	return api.call(s.ctx, http.MethodPost, path, body, into)
}
