package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
)

type approvalsCommand struct {
	List    approvalsList    `cmd:"" help:"List approvals, newest first."`
	Show    approvalsShow    `cmd:"" help:"Show one with everything that a person should read."`
	Approve approvalsApprove `cmd:"" help:"Approve one; the gateway executes it."`
	Deny    approvalsDeny    `cmd:"" help:"Deny one."`
	Edit    approvalsEdit    `cmd:"" help:"Change what one asks; somebody else approves it then."`
	Settle  approvalsSettle  `cmd:"" help:"Say what became of one whose outcome is unknown."`
	Undo    approvalsUndo    `cmd:"" help:"Undo what was done, as its catalog says."`
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
	return at.Local().Format("2006-01-02 15:04:05 MST")
}

// idPattern is what the id of an approval looks like.
var idPattern = regexp.MustCompile(`^int_[A-Za-z0-9_-]{1,64}$`)

// item reads one approval.
func (c *deskFlags) item(s *surroundings, id string) (service, desk.Item, error) {
	var item desk.Item
	if !idPattern.MatchString(id) {
		return service{}, item, fmt.Errorf("an approval's id is like int_…: `sallyport approvals list` shows them (got %q)", id)
	}
	api, err := c.desk()
	if err != nil {
		return api, item, err
	}
	err = api.call(s.ctx, http.MethodGet, "/api/v1/intents/"+id, nil, &item)
	if refused := (*refusedError)(nil); errors.As(err, &refused) && refused.status == http.StatusNotFound {
		err = &refusedError{refused.detail + " `sallyport approvals list --all` shows those that you may read.", refused.status}
	}
	return api, item, err
}
