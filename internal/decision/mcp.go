package decision

import (
	"strings"
	"sync"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// The gateway's own actions: what became of an intent, the end of one that still
// waits, and what a client answers to a question of a tool.
const (
	StatusAction = "sallyport.status"
	CancelAction = "sallyport.cancel"
	AnswerAction = mcpserver.AnswerAction
)

// gatewayCatalog is read as every catalog is, so that its actions are named,
// described and checked as every other.
const gatewayCatalog = `
name: sallyport
dialect: problem
max_body: 96KiB
outcomes:
  applied: {status: [2xx]}
  not_applied: {status: [4xx]}
actions:
  - name: sallyport.status
    summary: Look up approval {approval}
    description: What became of a call that was answered with PENDING. Takes the approval's id (int_...) and answers with the outcome, or that it is still pending. It never does anything again.
    method: GET
    path: /approvals/{approval}
    params:
      - {name: approval, kind: id, prefixes: [int_], max: 64, safe: true}
  - name: sallyport.cancel
    summary: Cancel approval {approval}
    description: Takes back a call of this conversation that still waits for a person, so that it is not done. Takes the approval's id (int_...). What is being done or is done already cannot be cancelled.
    effect: true
    method: POST
    path: /approvals/{approval}/cancel
    params:
      - {name: approval, kind: id, prefixes: [int_], max: 64, required: true, safe: true}
    business_key: [args.approval]
  - name: sallyport.answer
    summary: Answer question {question} of a tool
    description: The answer of the agent's client to a question of a tool's server.
    effect: true
    method: POST
    path: /questions/{question}
    body: json
    params:
      - {name: question, kind: id, prefixes: [ask_], max: 64, required: true, safe: true}
      - {name: answer, kind: string, max: 65536, required: true}
    business_key: [args.question]
`

// Gateway is the gateway as a tool of its own, which every tenant has, over MCP
// and under wire.PathGateway, and no file names. It has no origin and no credential.
var Gateway = sync.OnceValue(func() *tenant.Tool {
	catalog, _ := action.Compile(wire.ToolMCP, []byte(gatewayCatalog)) // a test holds that it has no mistake
	return &tenant.Tool{Name: wire.ToolMCP, Catalog: catalog}
})

// MCPPath reads the path of an MCP server: "/mcp" for all tools of the tenant,
// "/stripe/mcp" for one. ok is false for every other path.
func MCPPath(path string) (tool string, ok bool) {
	if path == "/"+wire.ToolMCP {
		return "", true
	}
	rest, begins := strings.CutPrefix(path, "/")
	tool, ends := strings.CutSuffix(rest, "/"+wire.ToolMCP)
	return tool, begins && ends && tool != "" && !strings.Contains(tool, "/")
}

// Offers are the tools whose actions an MCP server offers: the one of its path,
// or all. ok is false for a tool that the tenant does not have.
func Offers(t *tenant.Tenant, within string) (tools []*tenant.Tool, ok bool) {
	if within == "" {
		return t.Tools, true
	}
	tool, ok := t.Tool(within)
	return []*tenant.Tool{tool}, ok
}

// Named is an agent's request with the call it makes.
type Named struct {
	Tool    *tenant.Tool
	Call    action.Call
	Action  *action.Action
	MCP     *mcpserver.Frame // nil for a request to the tool's own API
	Refused *Decision        // not nil when it is no call
}

// NameRequest names a request to a tool's own API, or a tool call over MCP.
func NameRequest(id string, t *tenant.Tenant, request action.Request) Named {
	var n Named
	within, over := MCPPath(request.Path)
	if !over {
		n.Tool, n.Call, n.Action, n.Refused = Name(id, t, request)
		return n
	}
	frame, fault := mcpserver.Read(request)
	n.MCP = &frame
	if fault != nil || !frame.IsCall() {
		d := Refuse(id, reason.FrameInvalid)
		d.Bundle = t.Version
		n.Refused = &d
		return n
	}
	n.Tool, n.Call, n.Action, n.Refused = NameFrame(id, t, within, frame)
	return n
}

// NameFrame finds the call that a message of MCP makes; it is Name for MCP. The
// same action with the same arguments is the same call, byte for byte.
func NameFrame(id string, t *tenant.Tenant, within string, f mcpserver.Frame) (*tenant.Tool, action.Call, *action.Action, *Decision) {
	refuse := func(m *action.Mismatch) *Decision {
		d := Refuse(id, m.Reason)
		d.Bundle, d.Field, d.Hint = t.Version, m.Field, m.Hint
		return &d
	}
	tools, ok := Offers(t, within)
	if !ok {
		return nil, action.Call{}, nil, refuse(&action.Mismatch{Reason: reason.ToolUnknown})
	}
	tool, call, act, mismatch := match(tools, f)
	if act == nil {
		if within != "" {
			tool = tools[0] // whose path it is
		}
		return tool, action.Call{}, nil, refuse(mismatch)
	}
	call.Tool = tool.Name
	if mismatch != nil {
		d := refuse(mismatch)
		d.Call, d.Action = call, act
		return tool, call, act, d
	}
	return tool, call, act, nil
}

// match finds the action of a message and reads its arguments.
func match(tools []*tenant.Tool, f mcpserver.Frame) (*tenant.Tool, action.Call, *action.Action, *action.Mismatch) {
	if f.Kind == mcpserver.ReadResource {
		return matchResource(tools, f.Call.Name)
	}
	by, hint := (*action.Catalog).ByPromptName, "ask prompts/list for their names"
	if f.Kind == mcpserver.Call || f.Kind == mcpserver.Reply {
		by, hint = (*action.Catalog).ByToolName, "ask tools/list for their names"
		tools = append([]*tenant.Tool{Gateway()}, tools...)
	}
	for _, tool := range tools {
		if act, ok := by(tool.Catalog, f.Call.Name); ok && (act.Name == AnswerAction) == (f.Kind == mcpserver.Reply) {
			call, mismatch := tool.Catalog.MatchArguments(act, f.Call.Arguments)
			return tool, call, act, mismatch
		}
	}
	return nil, action.Call{}, nil, &action.Mismatch{Reason: reason.ActionUnlisted, Hint: hint}
}

// matchResource finds the tool that has the resource of an address: two servers
// may have resources of one address, and then neither is meant.
func matchResource(tools []*tenant.Tool, uri string) (found *tenant.Tool, call action.Call, act *action.Action, why *action.Mismatch) {
	why = &action.Mismatch{Reason: reason.ActionUnlisted, Hint: "ask resources/list and resources/templates/list for addresses"}
	for _, tool := range tools {
		c, a, mismatch := tool.Catalog.MatchResource(uri)
		switch {
		case mismatch == nil && act != nil:
			return nil, action.Call{}, nil, &action.Mismatch{Reason: reason.ActionUnlisted, Hint: "several tools have this address: ask one of them, at /TOOL/mcp"}
		case mismatch == nil:
			found, call, act, why = tool, c, a, nil
		case act == nil && mismatch.Reason != reason.ActionUnlisted:
			why = mismatch
		}
	}
	return found, call, act, why
}

// Mediated is the decision with what MCP needs: an answer of a tool becomes a
// result only in the mediated lane, so nothing goes to a tool directly.
func (d Decision) Mediated() Decision {
	if d.Effect == Allow {
		d.mediate()
	}
	return d
}

// Status lets everybody ask after approvals and cancel them: which of them are
// theirs is decided when one is looked up. It counts as a call.
func Status(q Question) Decision {
	d := Decision{ID: q.ID, Reason: reason.Internal, Call: q.Call, Action: q.Action}
	if q.Tenant == nil || q.Tool != Gateway() || q.Action == nil || q.Tenant.Name != q.Identity.Tenant {
		return d
	}
	d.Bundle, d.Reason, d.Charges = q.Tenant.Version, reason.Allowed, q.Tenant.Limits.Charges(Subject(q))
	d.Effect, d.Lane = Mediate, wire.LaneRead // no intent of its own
	return d
}

// MayCall says whether some rule could allow an identity this action. It is no
// decision: what is listed may still be refused.
func MayCall(t *tenant.Tenant, id token.Identity, act *action.Action) bool {
	for _, tool := range t.Tools {
		if own, ok := tool.Catalog.Action(act.Name); ok && own == act {
			return t.Policy.MayAllow(id, tool.Name, act)
		}
	}
	return false
}
