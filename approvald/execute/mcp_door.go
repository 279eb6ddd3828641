package execute

import (
	"context"
	"errors"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// door carries frames to one server with orders of their own.
type door struct {
	c     *Client
	order grant.Order // of the call they come before
	tool  *tenant.Tool

	call   string // the id of the call whose answer is read, "" for none
	parcel Parcel // that call
}

// Send implements client.Sender.
func (d *door) Send(ctx context.Context, f client.Frame) (client.Reply, error) {
	path, _, _ := d.tool.Catalog.MCP()
	order := d.order
	order.Purpose, order.Intent, order.Attempt, order.Approved = grant.PurposeSession, "", 0, false
	switch f.Kind {
	case client.List:
		order.Purpose = grant.PurposeList
	case client.Answer:
		order.Purpose = grant.PurposeAnswer
	default:
	}
	order.SendUntil = d.c.clock.Now().Add(sendReadsWithin)
	request := action.Request{Method: f.Method, Path: path, Header: withHeaders(nil, f.Header), Body: f.Body}
	response, out, err := d.c.exchange(ctx, Parcel{Tool: d.tool, Request: request, Order: order})
	switch {
	case err != nil && out.NotSent == "":
		return client.Reply{}, &noAnswerError{reason.ToolUnreachable, err}
	case err != nil:
		return client.Reply{}, &noAnswerError{out.NotSent, err}
	case out.NotSent != "":
		_ = response.Body.Close()
		return client.Reply{}, &noAnswerError{out.NotSent, errors.New("not sent")}
	}
	return client.Reply{
		Status: out.Status, MediaType: out.MediaType, SessionID: response.Header.Get(client.HeaderSession), Body: response.Body,
	}, nil
}

// NewID implements client.Sender.
func (d *door) NewID() string { return nonce() }

// Other implements client.Sender. What a server asks is put to the client whose
// call it works on, where the catalog, that client and the policy allow; what else
// it asks is refused, and recorded.
func (d *door) Other(ctx context.Context, s client.Session, m client.Message) {
	if m.Method == "notifications/tools/list_changed" {
		d.c.mcp.unsure(d.order.Tenant, d.tool)
	}
	if notice, ok := m.Notice(d.call); ok && d.parcel.Listener != nil {
		d.parcel.Listener.Hear(notice)
	}
	if !m.Asks() {
		return
	}
	if s.Protocol != client.Sessions {
		d.c.mcp.refused(d.c.clock.Now(), d.order, m.Method)
		return // it has no way to be told
	}
	answer := s.Refuse(m.ID)
	if kind := client.AskOf(m.Method); kind != 0 && d.parcel.asks().Has(kind) {
		answer = d.ask(ctx, s, m, kind)
	} else {
		d.c.mcp.refused(d.c.clock.Now(), d.order, m.Method)
	}
	reply, err := d.Send(ctx, answer)
	if err != nil && answer.Kind == client.Answer { // it must not wait for what may not be said
		reply, err = d.Send(ctx, s.Decline(m.ID))
	}
	if err != nil {
		d.c.mcp.Logger.Warn("What an MCP server asked could not be refused", "tenant", d.order.Tenant, "tool", d.tool.Name, "error", err)
		return
	}
	_ = reply.Body.Close()
}
