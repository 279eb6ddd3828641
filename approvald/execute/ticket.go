package execute

import (
	"context"
	"fmt"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/token/access"
)

// Unresolved says that a tool answered and that its answer names no customer.
// Read is the action; nothing of the answer is in it.
type Unresolved struct {
	Read string
	What string
}

// Error is a sentence for whoever asked for a token.
func (u *Unresolved) Error() string { return u.Read + " " + u.What }

// Customer finds out who the customer of a session's ticket is, by the reads
// that the tenant declared. Each of them leaves with an order of its own, and
// the execute check knows the same declaration.
func (c *Client) Customer(ctx context.Context, by Caller) (string, error) {
	session := by.Tenant.Access.Session
	if session == nil {
		return "", &Unresolved{"session", "is not declared in clients.yaml, which would say how the customer of a ticket is found: declare it there, or ask without a ticket."}
	}
	known := map[string]string{access.Ticket: by.Identity.Session.Ticket}
	for _, read := range session.Reads {
		if err := c.sessionRead(ctx, by, read, known); err != nil {
			return "", err
		}
	}
	return known[session.Customer], nil
}

// sessionRead makes one read and adds what it takes.
func (c *Client) sessionRead(ctx context.Context, by Caller, read access.Read, known map[string]string) error {
	tool, act, ok := by.Tenant.Action(read.Action)
	if !ok {
		return fmt.Errorf("%s is no action of %s", read.Action, by.Tenant.Name)
	}
	by.Tool = tool
	args := action.Args{}
	for name, from := range read.Args {
		value, ok := act.Spelled(name, known[from])
		if !ok {
			return &Unresolved{act.Name, "does not take such a " + from + "."}
		}
		args[name] = value
	}
	request, err := tool.Catalog.Build(act.Name, args)
	if err != nil {
		return &Unresolved{act.Name, "does not take it: the ticket is not as the catalog declares one."}
	}
	response, err := c.Send(ctx, Parcel{Tool: tool, Request: request, Order: c.order(by, grant.PurposeTicket)})
	switch {
	case response.NotSent == reason.ToolRevoked:
		return &Unresolved{act.Name, "cannot be made: the tool is switched off."}
	case response.NotSent != "":
		return fmt.Errorf("%s: %s", act.Name, response.NotSent)
	case err != nil:
		return fmt.Errorf("%s: %w", act.Name, err)
	case response.Status >= 500 || response.Status == 429:
		return fmt.Errorf("%s: the tool answers %d", act.Name, response.Status)
	}
	return take(act, read, response, known)
}

func take(act *action.Action, read access.Read, r Response, known map[string]string) error {
	answer, ok := action.Read(r.Status, r.MediaType, r.Body)
	if !ok {
		return &Unresolved{act.Name, "finds nothing: there is no such ticket, or it is not accessible."}
	}
	for name, path := range read.Take {
		text, ok := answer.Text(path)
		if !ok {
			return &Unresolved{act.Name, "has no " + path + "."}
		}
		known[name] = text
	}
	return nil
}
