package extauthz

import (
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/grant"
	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// isFrame says whether an order is for a message of the protocol of an MCP server
// (beginning a session, listing tools, answering its question), and not for a call.
// No rule of the policy speaks about such messages.
func isFrame(order grant.Order) bool {
	return order.Purpose == grant.PurposeSession || order.Purpose == grant.PurposeList || order.Purpose == grant.PurposeAnswer
}

// frame lets one of the closed list of frames pass, in exactly its bytes, to the
// server of the order's tool. No frame can do what a call does.
func (e *Execute) frame(s *step, order grant.Order) decision.Decision {
	d := decision.Refuse(s.id, reason.OrderInvalid)
	d.Bundle = s.tenant.Version
	tool, ok := s.tenant.Tool(order.Tool)
	if !ok {
		d.Reason = reason.ToolUnknown
		return d
	}
	s.tool = tool
	path, protocol, over := tool.Catalog.MCP()
	switch {
	case e.g.Tokens.ToolOff(s.tenant.Name, tool.Name):
		d.Reason = reason.ToolRevoked
	case over && s.check.target == "/"+tool.Name+path && s.isOf(protocol, order.Purpose):
		return s.mayPass(protocol.Identify(s.check.request.Method, s.check.request.Body), d)
	}
	return d
}

// mayPass: what a client answers goes out while the catalog and the live policy
// let the server ask it, and a server is told no more than the catalog lets it ask.
func (s *step) mayPass(f client.Frame, d decision.Decision) decision.Decision {
	if !s.tool.Catalog.MayAsk().Has(f.Asks) {
		return d.Refused(reason.ActionUnlisted)
	}
	d.Effect, d.Lane, d.Reason = decision.Allow, wire.LaneDirect, reason.Allowed
	if f.Kind == client.Answer {
		return s.mayAnswer(f.Asks, d)
	}
	return d
}

// mayAnswer is a decision about bytes that answer a server, refused when the live
// policy does not let it ask any more.
func (s *step) mayAnswer(kinds client.Asks, d decision.Decision) decision.Decision {
	for _, kind := range kinds.Each() {
		act := s.tool.Catalog.Question(kind)
		if act == nil {
			return d.Refused(reason.ActionUnlisted)
		}
		asked := decision.Decide(s.question(action.Call{Tool: s.tool.Name, Action: act.Name}, act))
		if asked.Effect != decision.Allow {
			return d.Refused(asked.Reason)
		}
	}
	return d
}

// isOf says whether a request is a frame of a purpose, with the headers that
// belong to it and no other header of MCP.
func (s *step) isOf(p client.Protocol, purpose grant.Purpose) bool {
	f := p.Identify(s.check.request.Method, s.check.request.Body)
	if f.Kind == 0 || (f.Kind == client.List) != (purpose == grant.PurposeList) || (f.Kind == client.Answer) != (purpose == grant.PurposeAnswer) {
		return false
	}
	want := map[string]string{}
	for _, h := range f.Header {
		want[h[0]] = h[1]
	}
	seen := map[string]bool{}
	for _, h := range s.check.request.Header {
		if !strings.HasPrefix(h.Name, "mcp-") {
			continue
		}
		good := want[h.Name] == h.Value && h.Value != ""
		switch h.Name {
		case client.HeaderVersion:
			good = p.IsVersion(h.Value)
		case client.HeaderSession:
			good = p == client.Sessions && client.IsSessionID(h.Value)
		}
		if !good || seen[h.Name] {
			return false
		}
		seen[h.Name] = true
	}
	return true
}
