package execute

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/observed"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// MCPOptions are what a Client needs for tools that are MCP servers.
type MCPOptions struct {
	Servers  *observed.Servers // what they offer
	File     observed.File     // where the checks read it
	Recorder Recorder
	Logger   *slog.Logger
}

// openWithin bounds what comes before a call: opening a session and looking at
// what the server offers. It is inside every lease and every order for an effect.
const openWithin = SendWithin

// isOverMCP says whether a tool is an MCP server.
func isOverMCP(tool *tenant.Tool) bool {
	if tool.Catalog == nil {
		return false
	}
	_, _, over := tool.Catalog.MCP()
	return over
}

// call makes one attempt of a tools/call. Nothing is sent before the server was
// seen to offer what was reviewed. A session that the server has forgotten is
// opened once more: its 404 says that it did not look at the call. Some servers
// say 400, which proves that of no effect.
func (c *Client) call(ctx context.Context, p Parcel) (Response, error) {
	_, act, mismatch := p.Tool.Catalog.Match(p.Request)
	if mismatch != nil {
		return Response{NotSent: reason.Internal}, mismatch
	}
	for again := false; ; again = true {
		s, err := c.ready(ctx, p)
		if err != nil {
			c.mcp.Logger.Warn("An MCP server is not ready for a call", "tenant", p.Order.Tenant, "tool", p.Tool.Name, "error", err)
			return Response{NotSent: codeOf(err)}, nil
		}
		if c.mcp.Servers.Changed(p.Order.Tenant, p.Tool, act) {
			return Response{NotSent: reason.ToolChanged}, nil
		}
		response, err := c.callIn(ctx, p, s)
		if s.ID != "" && (response.Status == http.StatusNotFound || response.Status == http.StatusBadRequest) {
			c.mcp.forget(sessionOf(p), s)
			if !again && (response.Status == http.StatusNotFound || p.Order.Purpose != grant.PurposeEffect) {
				continue
			}
		}
		return response, err
	}
}

// codeOf is why nothing was sent.
func codeOf(err error) reason.Code {
	var silent *noAnswerError
	if errors.As(err, &silent) {
		return silent.code
	}
	return reason.ToolUnreachable
}

// callIn sends a call in a session and finds the answer to it. What is no
// JSON-RPC answer to this call keeps its status, and proves nothing.
func (c *Client) callIn(ctx context.Context, p Parcel, s client.Session) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, p.Tool.Timeout+overrun)
	defer cancel()
	with := p.extra(s)
	var out Response
	for range maxRounds {
		var m *client.Message
		var err error
		out, m, err = c.sendIn(ctx, p, s, with)
		if err != nil || m == nil {
			return out, err
		}
		if !m.WantsInput() {
			return out, nil
		}
		again, ok := c.input(ctx, p, *m, with)
		if !ok {
			break
		}
		with = again
		p.Order.SendUntil = c.clock.Now().Add(sendReadsWithin) // of a read: nothing else is asked
	}
	c.mcp.refused(c.clock.Now(), p.Order, "input_required")
	out.Status = http.StatusBadGateway
	return out, nil // it is no outcome, and nobody will give what it wants
}

// sendIn sends a call once. The message is nil when its answer is none.
func (c *Client) sendIn(ctx context.Context, p Parcel, s client.Session, with client.Extra) (Response, *client.Message, error) {
	id := nonce()
	body, ok := client.Number(p.Request.Body, id, with)
	if !ok {
		return Response{NotSent: reason.Internal}, nil, errors.New("a call over MCP without its place for an id")
	}
	p.Request.Body = body
	if s.Protocol == client.Sessions { // else the catalog has written them
		p.Request.Header = withHeaders(p.Request.Header, s.Header())
	}
	response, out, err := c.exchange(ctx, p)
	if err != nil {
		return out, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	switch {
	case out.NotSent != "":
		return out, nil, nil
	case out.Status != http.StatusOK && out.Status >= http.StatusInternalServerError:
		out.Body, err = readAll(response.Body)
		return out, nil, err
	}
	return c.answered(ctx, p, s, id, response.Body, out)
}

// answered reads the answer to a call. Some servers give a JSON-RPC error with
// another status than 200.
func (c *Client) answered(ctx context.Context, p Parcel, s client.Session, id string, body io.Reader, out Response) (Response, *client.Message, error) {
	to := &door{c: c, order: p.Order, tool: p.Tool, call: id, parcel: p}
	var kept bytes.Buffer
	m, err := client.ReadAnswer(out.MediaType, io.TeeReader(body, &kept), id, func(m client.Message) { to.Other(ctx, s, m) })
	switch {
	case err != nil && out.Status == http.StatusOK:
		return out, nil, err
	case err != nil:
		out.Body = kept.Bytes()
		return out, nil, nil //nolint:nilerr // the status alone says that it is no answer
	}
	out.Status, out.MediaType, out.Body = http.StatusOK, "application/json", m.Raw
	return out, &m, nil
}

func readAll(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the tool's answer broke off: %w", err)
	case len(body) > maxAnswer:
		return nil, errAnswerTooLarge
	}
	return body, nil
}

func withHeaders(to []action.Header, add [][2]string) []action.Header {
	out := append([]action.Header(nil), to...)
	for _, h := range add {
		out = append(out, action.Header{Name: h[0], Value: h[1]})
	}
	return out
}
