package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// deskFlags reach the Desk of a running gateway as the person that people.yaml
// marks as local.
type deskFlags struct {
	dataFlag
	jsonFlag
	DeskURL string `help:"Where the Desk listens." default:"http://127.0.0.1:10080" env:"SALLYPORT_DESK" name:"desk-url"`
}

// desk is the Desk as whoever logged in at it, else with the token of the data
// folder. Its API's errors are sentences already.
func (c *deskFlags) desk() (service, error) {
	held, err := readSession(c.DeskURL)
	if err != nil {
		return service{}, err
	}
	if held != nil {
		return service{name: "the Desk", flag: "--desk-url", url: c.DeskURL, token: held.Token}, nil
	}
	return c.ownerDesk()
}

// ownerDesk is the Desk as the owner of the machine.
func (c *deskFlags) ownerDesk() (service, error) {
	key, err := c.ownerToken()
	return service{name: "the Desk", flag: "--desk-url", url: c.DeskURL, token: key}, err
}

// ownerToken is the proof of the owner of the machine.
func (f dataFlag) ownerToken() (string, error) {
	if err := f.started(); err != nil {
		return "", err
	}
	key, err := os.ReadFile(filepath.Join(f.Data, "desk.token"))
	if err != nil {
		return "", fmt.Errorf("the gateway's data folder %s has no desk.token: start the gateway with `make up`, or name its folder with --data (%w)", f.Data, err)
	}
	return strings.TrimSpace(string(key)), nil
}
