package extauthz

import (
	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/wire"
)

// refusal is what the client of a refused decision reads; its Code is "" when
// the decision does not refuse.
func refusal(d decision.Decision) answer.Thing {
	if d.Effect != decision.Deny {
		return answer.Thing{}
	}
	return answer.Thing{
		Code: d.Reason, Decision: d.ID, Say: d.Say, Rule: d.Rule, Field: d.Field, Hint: d.Hint,
	}
}

// refuseNamed refuses a call that could be named: the record then says which it was.
func refuseNamed(s *step, code reason.Code, call action.Call, act *action.Action) decision.Decision {
	d := s.refused(code)
	d.Call, d.Action = call, act
	return d
}

// render puts a refusal into the words of whoever made the call.
func (a *Agent) render(s step, thing answer.Thing) answer.Answer {
	if s.frame != nil && s.frame.Kind == mcpserver.Reply {
		return answer.Answer{Status: 202, Headers: [][2]string{{wire.HeaderDecision, s.id}}} // a client's reply expects no answer
	}
	if s.frame != nil {
		thing.Call = s.frame.ID
	}
	return answer.Render(a.dialect(s), thing)
}

// dialect is how the client reads errors: MCP for a call over MCP (an error of HTTP
// when its message could not be read), else the dialect of the tool's catalog. Before
// a tool is known it is guessed from the address.
func (a *Agent) dialect(s step) answer.Dialect {
	switch {
	case s.frame != nil && s.frame.Kind == mcpserver.Call:
		return answer.MCP
	case s.frame != nil && s.frame.IsCall():
		return answer.MCPRequest
	case s.isMCP():
		return answer.MCPError
	}
	if s.tool == nil {
		return guessDialect(a.g.Domain, s.check)
	}
	return answer.Dialect(s.tool.Catalog.Dialect())
}
