package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/internal/keyring"
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
	root, err := base("--desk-url", c.DeskURL)
	if err != nil {
		return err
	}
	ring, err := c.ring()
	if err != nil {
		return err
	}
	link := root + desk.Link(ring.Secret(keyring.DeskSession), c.Tenant, c.Person, time.Now())
	if c.JSON {
		return printJSON(s.stdout, map[string]string{"link": link})
	}
	_, err = fmt.Fprintln(s.stdout, link)
	return err
}
