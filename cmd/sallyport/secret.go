package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/sallyport/sallyport/internal/secret"
)

type secretCommand struct {
	Put    secretPut    `cmd:"" help:"Store a secret; its value is read from standard input."`
	List   secretList   `cmd:"" help:"List the names of secrets."`
	Delete secretDelete `cmd:"" help:"Delete a secret."`
}

type secretPut struct {
	dataFlag
	Tenant string `help:"Tenant whose tools may use it." required:""`
	Name   string `arg:"" help:"Name, as tools.yaml gives it."`
}

// Run reads the value from standard input: an argument would stay in the
// shell's history and in the process list.
func (c *secretPut) Run(s *surroundings) error {
	file, err := openSecrets(c.Data)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(s.stdin, 64<<10))
	if err != nil {
		return err
	}
	value := strings.TrimRight(string(data), "\r\n")
	if value == "" {
		return errors.New("no value on standard input: try `printf %s \"$KEY\" | sallyport secret put --tenant acme stripe_key`")
	}
	if err := file.Put(c.Tenant, c.Name, value); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.stdout, "stored %s of %s\n", c.Name, c.Tenant)
	return err
}

type secretList struct {
	dataFlag
	jsonFlag
}

// Run lists names, never values.
func (c *secretList) Run(s *surroundings) error {
	file, err := openSecrets(c.Data)
	if err != nil {
		return err
	}
	names, err := file.List()
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, names)
	}
	for _, n := range names {
		if _, err := fmt.Fprintf(s.stdout, "%s\t%s\n", n.Tenant, n.Name); err != nil {
			return err
		}
	}
	return nil
}

type secretDelete struct {
	dataFlag
	Tenant string `help:"Tenant of the secret." required:""`
	Name   string `arg:"" help:"Name of the secret."`
}

// Run deletes a secret; calls that need it are refused from then on.
func (c *secretDelete) Run(s *surroundings) error {
	file, err := openSecrets(c.Data)
	if err != nil {
		return err
	}
	if err := file.Delete(c.Tenant, c.Name); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.stdout, "deleted %s of %s\n", c.Name, c.Tenant)
	return err
}

func openSecrets(data string) (*secret.File, error) {
	return secret.OpenFile(filepath.Join(data, "secrets.age"), filepath.Join(data, "keys", "secrets.identity"))
}
