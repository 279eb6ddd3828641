package decision

import (
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// Name finds the tool of an agent's request, by the first segment of its path, and
// the call that it makes. With a decision that is not nil the request is refused;
// tool, call and action are then as far as they could be named, for the record.
// Actions of an MCP server's catalog are called over MCP and have no request of
// their own.
func Name(id string, t *tenant.Tenant, request action.Request) (*tenant.Tool, action.Call, *action.Action, *Decision) {
	name, rest := splitTool(request.Path)
	if name == wire.PathGateway {
		request.Path = rest
		tool, call, act, refused := matched(id, t, Gateway(), request, (*action.Catalog).Match)
		if act != nil && act.Name == AnswerAction { // it comes over MCP alone
			d := Refuse(id, reason.ActionUnlisted)
			return tool, action.Call{}, nil, &d
		}
		return tool, call, act, refused
	}
	if tool, ok := t.Tool(name); ok && overMCP(tool) {
		d := Refuse(id, reason.ActionUnlisted)
		d.Bundle, d.Hint = t.Version, "the actions of this tool are called over MCP"
		return tool, action.Call{}, nil, &d
	}
	return ofTool(id, t, request, (*action.Catalog).Match)
}

// overMCP says whether a tool is an MCP server.
func overMCP(tool *tenant.Tool) bool {
	_, _, over := tool.Catalog.MCP()
	return over
}

// NameSent is Name for a request of the gateway to a tool, which may be an MCP
// server's, and may bear the gateway's mark.
func NameSent(id string, t *tenant.Tenant, request action.Request) (*tenant.Tool, action.Call, *action.Action, *Decision) {
	return ofTool(id, t, request, (*action.Catalog).MatchSent)
}

// matching is how a catalog reads a request: Match, or MatchSent.
type matching func(*action.Catalog, action.Request) (action.Call, *action.Action, *action.Mismatch)

// ofTool finds the tool that the path names and the call to it.
func ofTool(id string, t *tenant.Tenant, request action.Request, match matching) (*tenant.Tool, action.Call, *action.Action, *Decision) {
	name, rest := splitTool(request.Path)
	tool, ok := t.Tool(name)
	if !ok {
		d := Refuse(id, reason.ToolUnknown)
		d.Bundle = t.Version
		return nil, action.Call{}, nil, &d
	}
	request.Path = rest
	return matched(id, t, tool, request, match)
}

// matched names the call of a request to one tool.
func matched(id string, t *tenant.Tenant, tool *tenant.Tool, request action.Request, match matching) (*tenant.Tool, action.Call, *action.Action, *Decision) {
	call, act, mismatch := match(tool.Catalog, request)
	call.Tool = tool.Name
	if mismatch != nil {
		d := Refuse(id, mismatch.Reason)
		d.Bundle, d.Field, d.Hint, d.Call, d.Action = t.Version, mismatch.Field, mismatch.Hint, call, act
		return tool, call, act, &d
	}
	return tool, call, act, nil
}

// splitTool cuts "/stripe/v1/refunds" into "stripe" and "/v1/refunds".
func splitTool(path string) (tool, rest string) {
	if len(path) == 0 || path[0] != '/' {
		return "", ""
	}
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			return path[1:i], path[i:]
		}
	}
	return path[1:], "/"
}
