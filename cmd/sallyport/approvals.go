package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
)

type approvalsCommand struct {
	List    approvalsList    `cmd:"" help:"List approvals, newest first."`
	Approve approvalsApprove `cmd:"" help:"Approve one; the gateway executes it."`
	Deny    approvalsDeny    `cmd:"" help:"Deny one."`
}

// deskFlags reach the Desk of a running gateway as the person that people.yaml
// marks as local.
type deskFlags struct {
	dataFlag
	jsonFlag
	DeskURL string `help:"Where the Desk listens." default:"http://127.0.0.1:10080" env:"SALLYPORT_DESK" name:"desk-url"`
}

type approvalsList struct {
	deskFlags
	Tenant string `help:"Only this tenant."`
	All    bool   `help:"Finished ones too."`
}

// Run prints what waits.
func (c *approvalsList) Run(s *surroundings) error {
	query := url.Values{}
	if c.Tenant != "" {
		query.Set("tenant", c.Tenant)
	}
	if c.All {
		query.Set("all", "true")
	}
	api, err := c.desk()
	if err != nil {
		return err
	}
	items := []desk.Item{}
	if err := api.call(s.ctx, http.MethodGet, "/api/v1/intents?"+query.Encode(), nil, &items); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, items)
	}
	if len(items) == 0 {
		_, err := fmt.Fprintln(s.stdout, "Nothing waits for a person. (--all shows what is finished.)")
		return err
	}
	rows := [][]string{{"ID", "TENANT", "STATE", "WHAT", "ASKED BY", "DUE"}}
	for _, item := range items {
		rows = append(rows, []string{item.ID, item.Tenant, item.State, item.Summary, item.Agent, due(item.DueAt)})
	}
	return printTable(s.stdout, rows)
}

func due(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Local().Format("15:04:05")
}

// idPattern is what the id of an approval looks like.
var idPattern = regexp.MustCompile(`^int_[A-Za-z0-9_-]{1,64}$`)

type approvalsApprove struct {
	deskFlags
	ID     string `arg:"" help:"The approval, int_…"`
	Reason string `help:"Why; recorded."`
}

// Run approves exactly the arguments that are shown for the id.
func (c *approvalsApprove) Run(s *surroundings) error { return c.vote(s, c.ID, "approve", c.Reason) }

type approvalsDeny struct {
	deskFlags
	ID     string `arg:"" help:"The approval, int_…"`
	Reason string `help:"Why; the agent reads it." required:""`
}

// Run denies.
func (c *approvalsDeny) Run(s *surroundings) error {
	if strings.TrimSpace(c.Reason) == "" {
		return errors.New("--reason must say why: the agent reads it")
	}
	return c.vote(s, c.ID, "deny", c.Reason)
}

// vote reads the intent first, so that the vote names the digest of what was
// there when the command ran.
func (c *deskFlags) vote(s *surroundings, id, word, reason string) error {
	if !idPattern.MatchString(id) {
		return fmt.Errorf("an approval's id is like int_…: `sallyport approvals list` shows them (got %q)", id)
	}
	api, err := c.desk()
	if err != nil {
		return err
	}
	var item desk.Item
	path := "/api/v1/intents/" + id
	if err := api.call(s.ctx, http.MethodGet, path, nil, &item); err != nil {
		return err
	}
	body := desk.VoteBody{Digest: item.Digest, Reason: reason}
	if err := api.call(s.ctx, http.MethodPost, path+"/"+word, body, &item); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, item)
	}
	_, err = fmt.Fprintf(s.stdout, "%s is %s: %s\n", item.ID, item.State, plain(item.Summary))
	return err
}

// desk is the Desk with the command line's own token. Its API's errors are
// sentences already.
func (c *deskFlags) desk() (service, error) {
	if err := c.started(); err != nil {
		return service{}, err
	}
	key, err := os.ReadFile(filepath.Join(c.Data, "desk.token"))
	if err != nil {
		return service{}, fmt.Errorf("the gateway's data folder %s has no desk.token: start the gateway with `make up`, or name its folder with --data (%w)", c.Data, err)
	}
	return service{name: "the Desk", flag: "--desk-url", url: c.DeskURL, token: strings.TrimSpace(string(key))}, nil
}
