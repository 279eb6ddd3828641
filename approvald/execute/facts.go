package execute

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
)

// sendReadsWithin is how long an order for a read may take to the check.
const sendReadsWithin = 10 * time.Second

// Caller is for whom a request is made.
type Caller struct {
	Decision string
	Identity token.Identity
	Tenant   *tenant.Tenant
	Tool     *tenant.Tool
	Listener Listener // of the call itself, not of its facts; nil for none
}

// Facts fetches every fact of an action, in the order of its catalog. An error
// names the fact and no value.
func (c *Client) Facts(ctx context.Context, by Caller, act *action.Action, args action.Args) (action.Facts, error) {
	facts := action.Facts{}
	for _, f := range act.Facts {
		record, err := c.fact(ctx, by, act, f.Name, args, facts)
		if err != nil {
			return nil, fmt.Errorf("fact %s of %s: %w", f.Name, act.Name, err)
		}
		facts[f.Name] = record
	}
	return facts, nil
}

func (c *Client) fact(ctx context.Context, by Caller, act *action.Action, name string, args action.Args, known action.Facts) (action.Record, error) {
	read, readArgs, err := by.Tool.Catalog.FactCall(act, name, args, known)
	if err != nil {
		return nil, err
	}
	if read == "" {
		return action.Record{}, nil // this call has no such fact
	}
	response, err := c.read(ctx, by, read, readArgs)
	if err != nil {
		return nil, err
	}
	return act.ReadFact(name, response.Status, response.MediaType, response.Body)
}

// read makes a read of the gateway's own.
func (c *Client) read(ctx context.Context, by Caller, name string, args action.Args) (Response, error) {
	request, err := by.Tool.Catalog.Build(name, args)
	if err != nil {
		return Response{}, err
	}
	response, err := c.Send(ctx, Parcel{Tool: by.Tool, Request: request, Order: c.order(by, grant.PurposeFact)})
	switch {
	case response.NotSent != "":
		return response, &noAnswerError{response.NotSent, errors.New("not sent")}
	case err != nil:
		return response, &noAnswerError{reason.ToolUnreachable, err}
	}
	return response, nil
}

// noAnswerError is a fact's read that the tool did not answer.
type noAnswerError struct {
	code reason.Code
	err  error
}

func (e *noAnswerError) Error() string { return fmt.Sprintf("%v (%s)", e.err, e.code) }
func (e *noAnswerError) Unwrap() error { return e.err }

// Unavailable is what an agent is told: that an order was late or refused says
// something about the gateway and nothing about the call.
func Unavailable(code reason.Code) reason.Code {
	switch code {
	case reason.OrderLate, reason.OrderSeen, reason.OrderInvalid, reason.Internal:
		return reason.GatewayUnavailable
	default:
		return code
	}
}

// FactsReason is why facts are missing, from the error of Facts: the tool does
// not answer, it does not know what the call names, or its answer does not have
// what the catalog says.
func FactsReason(err error) reason.Code {
	var silent *noAnswerError
	var fact *action.FactError
	switch {
	case errors.As(err, &silent):
		return Unavailable(silent.code)
	case !errors.As(err, &fact):
		return reason.FactsUnavailable
	case fact.Failed:
		return reason.FactsUnavailable
	case fact.Status == http.StatusOK:
		return reason.FactsMismatch
	case fact.Status >= 500 || fact.Status == http.StatusTooManyRequests:
		return reason.ToolUnreachable
	default:
		return reason.FactsUnavailable
	}
}

// Read makes a mediated read and returns the tool's answer.
func (c *Client) Read(ctx context.Context, by Caller, call action.Call) (Response, error) {
	request, err := by.Tool.Catalog.Build(call.Action, call.Args)
	if err != nil {
		return Response{}, err
	}
	return c.Send(ctx, Parcel{Tool: by.Tool, Request: request, Order: c.order(by, grant.PurposeRead), Listener: by.Listener})
}

// order is an order for a read.
func (c *Client) order(by Caller, purpose grant.Purpose) grant.Order {
	return orderFor(by, purpose, c.clock.Now().Add(sendReadsWithin))
}

func orderFor(by Caller, purpose grant.Purpose, until time.Time) grant.Order {
	id := by.Identity
	return grant.Order{
		Admission: by.Decision, Purpose: purpose, Tenant: by.Tenant.Name,
		Agent: id.Agent, Roles: id.Roles, TokenID: id.TokenID,
		SessionID: id.Session.ID, Ticket: id.Session.Ticket, Customer: id.Session.Customer,
		Tool: by.Tool.Name, SendUntil: until,
	}
}
