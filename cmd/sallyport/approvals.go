package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
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
	var items []desk.Item
	if err := c.call(s, http.MethodGet, "/api/v1/intents?"+query.Encode(), nil, &items); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, items)
	}
	if len(items) == 0 {
		_, err := fmt.Fprintln(s.stdout, "Nothing waits for a person. (--all shows what is finished.)")
		return err
	}
	table := tabwriter.NewWriter(s.stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ID\tTENANT\tSTATE\tWHAT\tASKED BY\tDUE")
	for _, item := range items {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n",
			item.ID, item.Tenant, item.State, item.Summary, item.Agent, due(item.DueAt))
	}
	return table.Flush()
}

func due(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Local().Format("15:04:05")
}

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
func (c *approvalsDeny) Run(s *surroundings) error { return c.vote(s, c.ID, "deny", c.Reason) }

// vote reads the intent first, so that the vote names the digest of what was
// there when the command ran.
func (c *deskFlags) vote(s *surroundings, id, word, reason string) error {
	var item desk.Item
	path := "/api/v1/intents/" + url.PathEscape(id)
	if err := c.call(s, http.MethodGet, path, nil, &item); err != nil {
		return err
	}
	body := desk.VoteBody{Digest: item.Digest, Reason: reason}
	if err := c.call(s, http.MethodPost, path+"/"+word, body, &item); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, item)
	}
	_, err := fmt.Fprintf(s.stdout, "%s is %s: %s\n", item.ID, item.State, item.Summary)
	return err
}

// call speaks to the Desk's API. Its errors are sentences already.
func (c *deskFlags) call(s *surroundings, method, path string, body, into any) error {
	key, err := os.ReadFile(filepath.Join(c.Data, "desk.token"))
	if err != nil {
		return fmt.Errorf("the gateway's data folder %s has no desk.token: start the gateway with `make up`, or name its folder with --data (%w)", c.Data, err)
	}
	var payload bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&payload).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(s.ctx, method, strings.TrimRight(c.DeskURL, "/")+path, &payload)
	if err != nil {
		return err
	}
	request.Header.Set("authorization", "Bearer "+strings.TrimSpace(string(key)))
	request.Header.Set("content-type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("the Desk at %s does not answer: %w; is the gateway running? (`make up`)", c.DeskURL, err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, 8<<20))
	if err != nil {
		return err
	}
	if response.StatusCode >= 400 {
		return apiError(response.StatusCode, data)
	}
	return json.Unmarshal(data, into)
}

func apiError(status int, data []byte) error {
	var e desk.Error
	if json.Unmarshal(data, &e) == nil && e.Detail != "" {
		return fmt.Errorf("%s", e.Detail)
	}
	return fmt.Errorf("the Desk answered %d", status)
}
