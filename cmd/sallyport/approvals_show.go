package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/sallyport/sallyport/approvald/desk"
)

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
