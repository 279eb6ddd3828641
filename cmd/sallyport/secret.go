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
	jsonFlag
	Tenant   string `help:"Tenant whose tools may use it." required:""`
	Name     string `arg:"" help:"Name, as tools.yaml gives it."`
	AdminURL string `help:"Where admin listens: a running gateway is asked whether it has the tenant." default:"http://127.0.0.1:10081" env:"SALLYPORT_ADMIN" name:"admin-url"`
}

// Run reads the value from standard input: an argument would stay in the
// shell's history and in the process list.
func (c *secretPut) Run(s *surroundings) error {
	data, err := io.ReadAll(io.LimitReader(s.stdin, 64<<10))
	if err != nil {
		return err
	}
	value := strings.TrimRight(string(data), "\r\n")
	if value == "" {
		return errors.New("no value on standard input: try `printf %s \"$KEY\" | sallyport secret put --tenant acme stripe_key`")
	}
	file, err := openSecrets(c.Data)
	if err != nil {
		return err
	}
	if err := file.Put(c.Tenant, c.Name, value); err != nil {
		return err
	}
	// It is stored all the same: a secret may be there before its tenant is.
	if _, err := c.liveTenant(s, c.AdminURL, c.Tenant); err != nil {
		_, _ = fmt.Fprintf(s.stderr, "sallyport: %s: is the name right?\n", oneLine(err))
	}
	return c.done(s, "stored", c.Data, secret.Name{Tenant: c.Tenant, Name: c.Name})
}

type secretList struct {
	dataFlag
	jsonFlag
}

// Run lists names, never values.
func (c *secretList) Run(s *surroundings) error {
	if err := c.started(); err != nil {
		return err
	}
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
	if len(names) == 0 {
		_, err := fmt.Fprintln(s.stdout, "No secret is stored.")
		return err
	}
	rows := [][]string{{"TENANT", "NAME"}}
	for _, n := range names {
		rows = append(rows, []string{n.Tenant, n.Name})
	}
	return printTable(s.stdout, rows)
}

type secretDelete struct {
	dataFlag
	jsonFlag
	Tenant string `help:"Tenant of the secret." required:""`
	Name   string `arg:"" help:"Name of the secret."`
}

// Run deletes a secret; calls that need it are refused from then on.
func (c *secretDelete) Run(s *surroundings) error {
	if err := c.started(); err != nil {
		return err
	}
	file, err := openSecrets(c.Data)
	if err != nil {
		return err
	}
	if err := file.Delete(c.Tenant, c.Name); err != nil {
		return err
	}
	return c.done(s, "deleted", c.Data, secret.Name{Tenant: c.Tenant, Name: c.Name})
}

// done says what was done and where: a mistyped folder is seen at once.
func (f jsonFlag) done(s *surroundings, word, data string, n secret.Name) error {
	if f.JSON {
		return printJSON(s.stdout, map[string]string{"tenant": n.Tenant, "name": n.Name, "data": data, "done": word})
	}
	_, err := fmt.Fprintf(s.stdout, "%s %s of %s in %s\n", word, n.Name, n.Tenant, data)
	return err
}

func openSecrets(data string) (*secret.File, error) {
	return secret.OpenFile(filepath.Join(data, "secrets.age"), filepath.Join(data, "keys", "secrets.identity"))
}
