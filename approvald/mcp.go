package approvald

import (
	"net/http"
	"time"

	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mcpserver"
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

// progressToken is the client's token for progress, when it is to hear of it: ""
// for one that did not ask, and where the tenant's mask lets no stream pass.
func (h *Handler) progressToken(c call) string {
	if kind, err := c.Tenant.Mask.For(c.Tool.Name).Kind("text/event-stream"); err != nil || kind != mask.Events {
		return ""
	}
	return c.mcp.Call.Progress
}
