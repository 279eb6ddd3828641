package extauthz

import (
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/answer"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/mcpserver"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
)

// mapsAny says whether the catalogs of some tools map resources or prompts.
func mapsAny(tools []*tenant.Tool) bool {
	return slices.ContainsFunc(tools, func(t *tenant.Tool) bool { return t.Catalog.MapsAny() })
}

// eachOffer gives what some rule could allow to this identity, of one kind.
func eachOffer(s *step, tools []*tenant.Tool, kind action.Offer, yield func(*action.Action)) {
	for _, tool := range tools {
		for _, act := range tool.Catalog.Actions() {
			if act.Offer() == kind && decision.MayCall(s.tenant, s.identity, act) {
				yield(act)
			}
		}
	}
}

func (a *Agent) resources(s *step, tools []*tenant.Tool, kind action.Offer) (out []mcpserver.Resource) {
	eachOffer(s, tools, kind, func(act *action.Action) {
		out = append(out, mcpserver.Resource{Name: act.ToolName(), Description: act.Description, URI: act.URI()})
	})
	return out
}

func (a *Agent) prompts(s *step, tools []*tenant.Tool) (out []mcpserver.Prompt) {
	eachOffer(s, tools, action.OfferPrompt, func(act *action.Action) {
		p := mcpserver.Prompt{Name: act.ToolName(), Description: act.Description}
		for _, param := range act.Params {
			p.Arguments = append(p.Arguments, mcpserver.PromptArgument{
				Name: param.Name, Description: act.Accepts(param.Name), Required: param.Required,
			})
		}
		out = append(out, p)
	})
	return out
}

// complete answers a completion from the catalog: the values of an enum that
// begin with what there is, and none of any other argument. What is not offered
// to this identity does not exist.
func (a *Agent) complete(s *step, tools []*tenant.Tool) (decision.Decision, *answer.Answer) {
	asked := s.frame.Partial
	kind := action.OfferTemplate
	if asked.Prompt != "" {
		kind = action.OfferPrompt
	}
	var found *action.Param
	eachOffer(s, tools, kind, func(act *action.Action) {
		if asked.Prompt != "" && act.ToolName() != asked.Prompt || asked.URI != "" && act.URI() != asked.URI {
			return
		}
		if p, ok := act.Param(asked.Argument); ok && found == nil {
			found = &p
		}
	})
	if found == nil {
		return s.refused(reason.ActionUnlisted), s.fault(mcpserver.UnknownRefFault(s.frame.Frame))
	}
	values := []string{}
	for _, v := range found.Values {
		if strings.HasPrefix(v, asked.Value) {
			values = append(values, v)
		}
	}
	return s.answered(), s.reply(200, mcpserver.Completed(s.frame.Frame, values))
}
