package main

import (
	"fmt"
	"path/filepath"
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
	ring, err := keyring.Open(filepath.Join(c.Data, "keys"))
	if err != nil {
		return err
	}
	link := strings.TrimRight(c.DeskURL, "/") + desk.Link(ring.Secret(keyring.DeskSession), c.Tenant, c.Person, time.Now())
	if c.JSON {
		return printJSON(s.stdout, map[string]string{"link": link})
	}
	_, err = fmt.Fprintln(s.stdout, link)
	return err
}
