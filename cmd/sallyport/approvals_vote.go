package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sallyport/sallyport/approvald/desk"
)

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
