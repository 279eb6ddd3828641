package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
)

// Times of a login: how long a person may take, and how often the Desk is asked.
const (
	loginWithin = 10 * time.Minute
	loginAsk    = time.Second
)

// session is a login that is kept on this machine, in a file of its user.
type session struct {
	desk.SessionAnswer
	DeskURL string `json:"desk_url"`
}

type loginCommand struct {
	jsonFlag
	Tenant  string `help:"Your tenant." required:""`
	DeskURL string `help:"Where the Desk's API listens." default:"http://127.0.0.1:10080" env:"SALLYPORT_DESK" name:"desk-url"`
	Pages   string `help:"Where your browser reaches the Desk." default:"http://localhost:10082" env:"SALLYPORT_DESK_PAGES"`
}

// Run prints an address and waits until a person let this command line in there.
func (c *loginCommand) Run(s *surroundings) error {
	if err := checkTenant(c.Tenant); err != nil {
		return err
	}
	pages, err := base("--pages", c.Pages)
	if err != nil {
		return err
	}
	secret := rand.Text() + rand.Text()
	code := desk.TerminalCode(secret)
	_, err = fmt.Fprintf(s.stderr, "Open %s/cli/%s?tenant=%s and compare: %s\n", pages, code, c.Tenant, desk.TerminalWord(code))
	if err != nil {
		return err
	}
	answer, err := c.await(s.ctx, secret)
	if err != nil {
		return err
	}
	if answer.Tenant != c.Tenant {
		return fmt.Errorf("%s of %s let this command line in, and --tenant says %s: start again", plain(answer.Person), plain(answer.Tenant), c.Tenant)
	}
	if err := writeSession(session{answer, c.DeskURL}); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, map[string]any{"tenant": answer.Tenant, "person": answer.Person, "expires": answer.Expires})
	}
	_, err = fmt.Fprintf(s.stdout, "You are %s of %s until %s.\n", plain(answer.Person), plain(answer.Tenant), due(answer.Expires))
	return err
}

// await asks until a person has answered in the browser.
func (c *loginCommand) await(ctx context.Context, secret string) (desk.SessionAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, loginWithin)
	defer cancel()
	ticker := time.NewTicker(loginAsk)
	defer ticker.Stop()
	api := service{name: "the Desk", flag: "--desk-url", url: c.DeskURL}
	for {
		var answer desk.SessionAnswer
		err := api.call(ctx, http.MethodPost, "/api/v1/session", desk.SessionBody{Secret: secret}, &answer)
		if err == nil {
			return answer, nil
		}
		var refused *refusedError
		if !errors.As(err, &refused) || refused.status != http.StatusNotFound {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return answer, errors.New("nobody let this command line in: start again")
		case <-ticker.C:
		}
	}
}

type logoutCommand struct{ jsonFlag }

// Run removes the file. The browser's own session is left in the Desk.
func (c *logoutCommand) Run(s *surroundings) error {
	path, err := sessionFile()
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, map[string]bool{"logged_in": false})
	}
	_, err = fmt.Fprintln(s.stdout, "This command line speaks for nobody any more.")
	return err
}

func sessionFile() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("a login is kept in your configuration folder: %w", err)
	}
	return filepath.Join(dir, "sallyport", "session.json"), nil
}

// readSession is the login at a Desk; nil when there is none. One that is over is
// an error: nobody should vote as somebody else without knowing.
func readSession(deskURL string) (*session, error) {
	path, err := sessionFile()
	if err != nil {
		return nil, nil //nolint:nilerr // without a home there is no login
	}
	data, err := os.ReadFile(path) // #nosec G304 -- the user's own folder
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	if err != nil {
		return nil, err
	}
	var held session
	if err := json.Unmarshal(data, &held); err != nil {
		return nil, fmt.Errorf("the login in %s cannot be read: `sallyport logout`, then log in again (%w)", path, err)
	}
	if strings.TrimRight(held.DeskURL, "/") != strings.TrimRight(deskURL, "/") {
		return nil, nil //nolint:nilnil // a login at another Desk
	}
	if !time.Now().Before(held.Expires) {
		return nil, fmt.Errorf("your login at %s is over: `sallyport login --tenant %s` again, or `sallyport logout` to speak as the owner of the machine", deskURL, held.Tenant)
	}
	return &held, nil
}

func writeSession(held session) error {
	path, err := sessionFile()
	if err != nil {
		return err
	}
	data, err := json.Marshal(held)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}
