package main

import (
	"cmp"
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
	Show    approvalsShow    `cmd:"" help:"Show one with everything that a person should read."`
	Approve approvalsApprove `cmd:"" help:"Approve one; the gateway executes it."`
	Deny    approvalsDeny    `cmd:"" help:"Deny one."`
	Edit    approvalsEdit    `cmd:"" help:"Change what one asks; somebody else approves it then."`
	Settle  approvalsSettle  `cmd:"" help:"Say what became of one whose outcome is unknown."`
	Undo    approvalsUndo    `cmd:"" help:"Undo what was done, as its catalog says."`
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
	return at.Local().Format("2006-01-02 15:04:05 MST")
}

// idPattern is what the id of an approval looks like.
var idPattern = regexp.MustCompile(`^int_[A-Za-z0-9_-]{1,64}$`)

type approvalsShow struct {
	deskFlags
	ID string `arg:"" help:"The approval, int_…"`
}

// Run prints what the Desk's page of an approval shows.
func (c *approvalsShow) Run(s *surroundings) error {
	_, item, err := c.item(s, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, item)
	}
	rows := [][]string{
		{"WHAT", item.Summary}, {"STATE", item.State}, {"ASKED BY", item.Agent}, {"TICKET", item.Ticket}, {"CUSTOMER", item.Customer},
	}
	if item.Said != "" {
		rows = append(rows, []string{"SAID BY THE AGENT", item.Said})
	}
	for _, arg := range item.Args {
		rows = append(rows, []string{"args." + arg.Name, arg.Value})
	}
	for _, fact := range item.Facts {
		rows = append(rows, []string{"facts." + fact.Name, fact.Value})
	}
	for _, sum := range item.Sums {
		rows = append(rows, []string{"sums." + sum.Name, sum.Value})
	}
	for _, left := range item.Budgets {
		rows = append(rows, []string{"BUDGET", left})
	}
	rows = append(rows, changed(item)...)
	if len(item.Editable) > 0 {
		rows = append(rows, []string{"EDITABLE", editable(item)})
	}
	rows = append(rows, []string{"RULE", strings.TrimSpace(item.Rule + " " + item.Condition)}, []string{"NEEDS", needs(item)}, []string{"EARLIER", cmp.Or(item.Earlier, "-")})
	for _, vote := range item.Votes {
		word := "denied"
		if vote.Approve {
			word = "approved"
		}
		rows = append(rows, []string{"VOTE", strings.TrimSpace(vote.Person + " " + word + " " + vote.Reason)})
	}
	rows = append(rows, around(item)...)
	rows = append(rows, ended(item)...)
	return printTable(s.stdout, append(rows, []string{"DUE", due(item.DueAt)}, []string{"DIGEST", item.Digest}))
}

// around is what a person knows besides: why they are asked, what was denied before,
// and what happens next.
func around(item desk.Item) [][]string {
	var rows [][]string
	if item.Because != "" {
		rows = append(rows, []string{"WHY", item.Because})
	}
	for _, denied := range item.Denials {
		rows = append(rows, []string{"DENIED BEFORE", strings.TrimSpace(denied.ID + " " + denied.Summary + " " + denied.Say)})
	}
	for _, next := range item.Next {
		rows = append(rows, []string{"NEXT", next})
	}
	return rows
}

// needs is for whom an approval waits, or waited.
func needs(item desk.Item) string {
	if item.Group == "" {
		return "nobody: the policy allows it at once"
	}
	return fmt.Sprintf("%d of %s", item.Needed, item.Group)
}

// ended is what became of an approval that waits no more.
func ended(item desk.Item) [][]string {
	var rows [][]string
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, value})
		}
	}
	add("BODIES", item.Bodies)
	add("UNDOES", item.Undoes)
	add("FOLLOWS", item.Follows)
	add("UNDONE BY", item.UndoneBy)
	add("DECIDED BY", item.DecidedBy)
	add("REASON", strings.TrimSpace(item.Reason+" "+item.Say))
	if o := item.Outcome; o != nil {
		add("ANSWER", strings.TrimSpace(fmt.Sprintf("%d %s", o.Status, o.MediaType)))
		for _, field := range o.Fields {
			add("answer."+field.Name, field.Value)
		}
	}
	return rows
}

type approvalsApprove struct {
	deskFlags
	ID     string `arg:"" help:"The approval, int_…"`
	Reason string `help:"Why; recorded."`
	Digest string `help:"Only if it still is what 'approvals show' showed under this digest; needed for what people changed."`
}

// Run approves the arguments that the id has now, or those of a digest.
func (c *approvalsApprove) Run(s *surroundings) error {
	return c.vote(s, c.ID, "approve", desk.VoteBody{Reason: c.Reason, Digest: c.Digest})
}

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
	return c.vote(s, c.ID, "deny", desk.VoteBody{Reason: c.Reason})
}

type approvalsSettle struct {
	deskFlags
	ID      string `arg:"" help:"The effect, int_…"`
	Done    bool   `help:"The tool has it." xor:"word" required:""`
	NotDone bool   `help:"The tool does not have it; the agent may do it anew." xor:"word" required:""`
	Reason  string `help:"How you know; recorded, and the agent reads it." required:""`
}

// Run settles.
func (c *approvalsSettle) Run(s *surroundings) error {
	word := "done"
	if c.NotDone {
		word = "undone"
	}
	return c.vote(s, c.ID, word, desk.VoteBody{Reason: c.Reason})
}

type approvalsUndo struct {
	deskFlags
	ID     string `arg:"" help:"The effect, int_…"`
	Reason string `help:"Why; logged." required:""`
}

// Run undoes what was done, where the catalog says how and the policy allows it.
func (c *approvalsUndo) Run(s *surroundings) error {
	return c.vote(s, c.ID, "undo", desk.VoteBody{Reason: c.Reason})
}

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

// vote reads the intent first: without a digest of its own the vote names that
// of what was there when the command ran. What people changed since the agent asked
// is approved by its digest alone, which whoever read it knows.
func (c *deskFlags) vote(s *surroundings, id, word string, body desk.VoteBody) error {
	api, item, err := c.item(s, id)
	if err != nil {
		return err
	}
	if n := len(item.Edits); word == "approve" && body.Digest == "" && n > 0 {
		return fmt.Errorf("%s changed what is asked at %s: read it with `sallyport approvals show %s`, and approve it with --digest", plain(item.Edits[n-1].Person), due(item.Edits[n-1].At), id)
	}
	body.Digest = cmp.Or(body.Digest, item.Digest)
	if err := api.call(s.ctx, http.MethodPost, "/api/v1/intents/"+id+"/"+word, body, &item); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, item)
	}
	counted := ""
	if n := len(item.Votes); n > 0 {
		counted = fmt.Sprintf(" (recorded as %s", plain(item.Votes[n-1].Person))
		if item.Needed > 1 {
			counted += fmt.Sprintf(", %d of %d votes", n, item.Needed)
		}
		counted += ")"
	}
	_, err = fmt.Fprintf(s.stdout, "%s is %s: %s%s\n", item.ID, item.State, plain(item.Summary), counted)
	return err
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
