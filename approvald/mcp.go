package approvald

import (
	"context"
	"net/http"
	"time"

	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
)

// dialect is the one the client of a call reads.
func (c call) dialect() answer.Dialect {
	switch {
	case c.mcp != nil && c.mcp.IsCall() && c.mcp.Kind != mcpserver.Call:
		return answer.MCPRequest
	case c.mcp != nil:
		return answer.MCP
	case c.Tool != nil:
		return answer.Dialect(c.Tool.Catalog.Dialect())
	default:
		return answer.Problem
	}
}

// patience is how long a call may be kept open, from when it arrived.
func (c call) patience() time.Duration {
	times := c.Tenant.Approvals
	switch {
	case c.mcp != nil && c.stream.token == "":
		return times.WaitMCP
	case c.mcp == nil && c.async:
		return 0
	default:
		return times.Wait
	}
}

// relay hands on what a tool answered.
func (c call) relay(w http.ResponseWriter, tool string, o answer.Outcome) {
	c.stream.stop()
	if c.mcp == nil {
		relay(w, o.Status, o.MediaType, o.Body)
		return
	}
	o.Decision = c.Decision
	o.Server = c.isServer(tool)
	o.Unread = answer.Unreadable(c.Tenant.Mask.For(tool), o.MediaType, o.Body)
	switch c.mcp.Kind {
	case mcpserver.ReadResource:
		c.stream.finish(w, answer.Contents(*c.mcp, o))
	case mcpserver.GetPrompt:
		c.stream.finish(w, answer.Prompted(*c.mcp, c.action.Description, o))
	default:
		c.stream.finish(w, answer.Result(c.mcp.ID, o))
	}
}

// isServer says whether a tool is an MCP server, whose answers are results
// already.
func (c call) isServer(name string) bool {
	tool, ok := c.Tenant.Tool(name)
	if !ok {
		return false
	}
	_, _, over := tool.Catalog.MCP()
	return over
}

// hears lets the client hear of its call what it asked for, unless the tenant's
// mask lets no stream pass. Clients of the older era have no word for a call's log:
// whoever wants progress gets both.
func (h *Handler) hears(c *call) {
	if kind, err := c.Tenant.Mask.For(c.Tool.Name).Kind("text/event-stream"); err != nil || kind != mask.Events {
		return
	}
	c.stream.token, c.stream.log = c.mcp.Call.Progress, c.mcp.Call.Log
	if !c.mcp.Modern && c.stream.token != "" {
		c.stream.log = "debug"
	}
	if c.mcp.Kind == mcpserver.Call {
		c.stream.asks = c.mcp.Asks & c.Tool.Catalog.MayAsk()
	}
	if c.stream.listens() {
		c.Listener = &peer{stream: c.stream, h: h, c: *c}
	}
}

// lasts is the context of a read that a client listens to, and its end: what it
// hears goes no further than its token.
func (h *Handler) lasts(ctx context.Context, c call) (context.Context, func()) {
	if c.Listener == nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := h.Revoked.AfterFunc(c.holder(), c.Tool.Name, cancel)
	timer := h.Clock.AfterFunc(c.ends.Sub(h.Clock.Now()), cancel)
	return ctx, func() {
		stop()
		timer.Stop()
		cancel()
	}
}

// gone is why whoever called may hear nothing more, "" while it may.
func (h *Handler) gone(c call) reason.Code {
	switch {
	case h.Revoked.Has(c.holder()):
		return reason.TokenRevoked
	case c.stream.listens() && !h.Clock.Now().Before(c.ends):
		return reason.TokenExpired
	default:
		return ""
	}
}
