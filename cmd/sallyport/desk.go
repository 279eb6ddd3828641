package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sallyport/sallyport/approvald/desk"
)

type deskCommand struct {
	deskFlags
	Tenant string `help:"Tenant of the person." required:""`
	Person string `arg:"" help:"Person's id in people.yaml."`
}

// Run prints a link that lets one person in, once.
func (c *deskCommand) Run(s *surroundings) error {
	if err := checkTenant(c.Tenant); err != nil {
		return err
	}
	if strings.TrimSpace(c.Person) == "" {
		return errors.New("name a person: an id of the tenant's people.yaml")
	}
	api, err := c.ownerDesk()
	if err != nil {
		return err
	}
	var answer desk.LinkAnswer
	if err := api.call(s.ctx, http.MethodPost, "/api/v1/links", desk.LinkBody{Tenant: c.Tenant, Person: c.Person}, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, answer)
	}
	_, err = fmt.Fprintln(s.stdout, answer.Link)
	return err
}
