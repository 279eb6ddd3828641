package extauthz

import (
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// laneGateway stands in records for what the gateway answers by itself.
const laneGateway = "gateway"

// self is how the gateway's MCP server names itself.
var self = mcpserver.Server{
	Version: "1",
	Instructions: "Every tool call is decided by a policy and recorded. A refusal says why and what would be accepted. " +
		"A result that begins with PENDING is not done yet: a person is asked, and the gateway does it once it is approved. " +
		"Do not try another way; ask " + answer.StatusTool + " for the outcome.",
}

// frame is the MCP message of a step.
type frame struct {
	mcpserver.Frame
	within string // the tool of the path, "" for all
}

// dialect is how Envoy words an answer of its own to this message: "" for a tool
// call, whose result it makes, else as an error of the protocol.
func (f *frame) dialect() string {
	if f.Kind == mcpserver.Call {
		return ""
	}
	return wire.DialectRequest
}

// isMCP says whether a request goes to the gateway's MCP server.
func (s *step) isMCP() bool {
	_, ok := decision.MCPPath(s.check.request.Path)
	return ok
}

// decideMCP walks the ladder for one MCP message. Messages of the protocol itself
// are answered from memory: said is their answer, and nil for a tool call, which
// is decided as every other call is.
func (a *Agent) decideMCP(s *step) (d decision.Decision, said *answer.Answer) {
	within, _ := decision.MCPPath(s.check.request.Path)
	tools, known := decision.Offers(s.tenant, within)
	if within != "" && known {
		s.tool = tools[0]
	}
	read, fault := mcpserver.Read(s.check.request)
	s.frame = &frame{Frame: read, within: within}
	if fault != nil {
		return s.refused(reason.FrameInvalid), s.fault(fault)
	}
	if d, said := a.session(s); said != nil {
		return d, said
	}
	switch {
	case read.IsCall() && (read.Kind == mcpserver.Call || read.Kind == mcpserver.Reply || mapsAny(tools)):
		return a.decideCall(s), nil
	case !known:
		return s.refused(reason.ToolUnknown), s.fault(mcpserver.RefusedFault(read, answer.Sentence(answer.Thing{Code: reason.ToolUnknown, Decision: s.id})))
	case read.Kind == mcpserver.Unlisted:
		return s.refused(reason.FrameUnlisted), s.fault(mcpserver.UnlistedFault(read))
	case read.Mapped() && !mapsAny(tools):
		return s.refused(reason.FrameUnlisted), s.fault(mcpserver.UnmappedFault(read))
	case read.Kind == mcpserver.Complete:
		return a.complete(s, tools)
	}
	return s.answered(), a.answerFrame(s, tools)
}

// answered is the decision about a message that the gateway answers by itself.
func (s *step) answered() decision.Decision {
	return decision.Decision{ID: s.id, Effect: decision.Allow, Lane: laneGateway, Reason: reason.Allowed, Bundle: s.tenant.Version}
}

// refused is a refusal by a tenant's live files.
func (s *step) refused(code reason.Code) decision.Decision {
	d := decision.Refuse(s.id, code)
	d.Bundle = s.tenant.Version
	return d
}

// session refuses a message that names a session of somebody else, or none where
// one is needed.
func (a *Agent) session(s *step) (d decision.Decision, said *answer.Answer) {
	f := s.frame.Frame
	switch {
	case f.Modern || f.Kind == mcpserver.Initialize: // of the era without sessions, or the one that begins one
	case f.Session != "" && !a.g.Sessions.Open(f.Session, s.identity, s.now):
		return s.refused(reason.SessionUnknown), s.fault(mcpserver.SessionFault(f))
	case f.Session == "" && f.NeedsSession():
		return s.refused(reason.SessionUnknown), s.fault(mcpserver.NoSessionFault(f))
	}
	return d, nil
}

// decideCall decides a tool call over MCP as any other call, but that it always goes
// the mediated lane: approvald speaks to the tool.
func (a *Agent) decideCall(s *step) decision.Decision {
	if s.frame.Kind == mcpserver.Call && s.frame.Call.Question != "" { // the client's answer to a tool's question goes out too
		tool, call, act, refused := decision.NameFrame(s.id, s.tenant, s.frame.within, s.frame.AsReply())
		if d := a.stopped(s, tool, call, act, refused); d != nil {
			return *d
		}
	}
	tool, call, act, refused := decision.NameFrame(s.id, s.tenant, s.frame.within, s.frame.Frame)
	if d := a.stopped(s, tool, call, act, refused); d != nil {
		return *d
	}
	q := s.question(call, act)
	switch {
	case tool == decision.Gateway():
		return decision.Status(q)
	case a.g.Servers.Changed(s.tenant.Name, tool, act):
		return refuseNamed(s, reason.ToolChanged, call, act)
	}
	d := decision.Decide(q).Mediated()
	if d.Effect != decision.Mediate {
		d.Shadow = decision.Beside(q, d)
	}
	return d
}

// answerFrame answers a message of the protocol itself.
func (a *Agent) answerFrame(s *step, tools []*tenant.Tool) *answer.Answer {
	f := s.frame.Frame
	switch f.Kind {
	case mcpserver.Initialize:
		return s.reply(200, self.Initialized(f, mapsAny(tools)), [2]string{mcpserver.HeaderSession, a.g.Sessions.New(s.identity, f.Asks, s.now)})
	case mcpserver.Discover:
		return s.reply(200, self.Discovered(f, mapsAny(tools)))
	case mcpserver.Ping:
		return s.reply(200, mcpserver.Ponged(f))
	case mcpserver.List:
		return s.reply(200, mcpserver.Listed(f, a.offered(s, tools)))
	case mcpserver.Resources:
		return s.reply(200, mcpserver.ListedResources(f, a.resources(s, tools, action.OfferResource)))
	case mcpserver.Templates:
		return s.reply(200, mcpserver.ListedTemplates(f, a.resources(s, tools, action.OfferTemplate)))
	case mcpserver.Prompts:
		return s.reply(200, mcpserver.ListedPrompts(f, a.prompts(s, tools)))
	case mcpserver.Get:
		return s.reply(405, nil, [2]string{"allow", "POST, DELETE"})
	case mcpserver.Delete:
		a.g.Sessions.End(f.Session)
		return s.reply(204, nil)
	default: // notifications and responses
		return s.reply(202, nil)
	}
}

// offered are the tools that some rule could allow to this identity, and the
// gateway's own. Uploads are none, and neither is what an MCP server changed after
// it was reviewed.
func (a *Agent) offered(s *step, tools []*tenant.Tool) []mcpserver.Tool {
	var out []mcpserver.Tool
	for _, act := range decision.Gateway().Catalog.Actions() {
		if act.Name != decision.AnswerAction { // clients answer by themselves, models do not
			out = append(out, entry(act))
		}
	}
	for _, tool := range tools {
		for _, act := range tool.Catalog.Actions() {
			if act.Offer() == action.OfferTool && decision.MayCall(s.tenant, s.identity, act) && !a.g.Servers.Changed(s.tenant.Name, tool, act) {
				out = append(out, entry(act))
			}
		}
	}
	return out
}

func entry(act *action.Action) mcpserver.Tool {
	return mcpserver.Tool{Name: act.ToolName(), Description: act.Description, Schema: act.Schema(), ReadOnly: !act.Effect}
}

func (s *step) fault(f *mcpserver.Fault) *answer.Answer { return s.reply(f.Status, f.Body()) }

func (s *step) reply(status int, body []byte, headers ...[2]string) *answer.Answer {
	out := &answer.Answer{Status: status, Body: body, Headers: [][2]string{{"cache-control", "no-store"}, {wire.HeaderDecision, s.id}}}
	if len(body) > 0 {
		out.Headers = append(out.Headers, [2]string{"content-type", "application/json"})
	}
	out.Headers = append(out.Headers, headers...)
	return out
}

// protocol records a message of the protocol and gives its answer.
func (a *Agent) protocol(d decision.Decision, s step, said answer.Answer) (reply, error) {
	if err := a.g.Recorder.Record(agentRecord(d, s)); err != nil {
		a.g.Logger.Error("A decision could not be recorded", "decision", s.id, "error", err)
		said = unrecorded(s)
	}
	return deny(s.id, s.identity.Tenant, said)
}

// unrecorded answers a message that could not be recorded. Clients of the older era
// end their session at any status but 200, so that is for what has no id alone.
func unrecorded(s step) answer.Answer {
	thing, dialect := answer.Thing{Code: reason.RecordUnavailable, Decision: s.id, Call: s.frame.ID}, answer.MCPRequest
	if s.frame.ID == "" {
		dialect = answer.MCPError
	}
	return answer.Render(dialect, thing)
}

// describeFrame names a message of the protocol in its record.
func describeFrame(row *audit.Decision, s step) {
	unlisted := row.Reason == string(reason.FrameUnlisted)
	if s.frame == nil || s.frame.IsCall() && !unlisted {
		return
	}
	row.Action = wire.ToolMCP + "." + s.frame.Kind.String()
	if row.Reason == string(reason.FrameInvalid) {
		row.Action = wire.ToolMCP + ".invalid"
	}
	if unlisted {
		row.Action = wire.ToolMCP + "." + mcpserver.Unlisted.String()
	}
}
