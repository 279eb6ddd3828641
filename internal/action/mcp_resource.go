package action

import (
	"strings"

	"github.com/sallyport/sallyport/internal/mcp/client"
	"github.com/sallyport/sallyport/internal/reason"
)

// Offer is how MCP clients reach an action.
type Offer uint8

// The offers. An upload has none: no message carries a file. What a server may ask
// is called by nobody.
const (
	OfferNone Offer = iota
	OfferTool
	OfferResource // one address
	OfferTemplate // addresses with arguments
	OfferPrompt
)

// Offer says how MCP clients reach the action.
func (a *Action) Offer() Offer {
	switch {
	case a.Upload, a.isQuestion():
		return OfferNone
	case a.op.mcp == nil || a.op.mcp.method == client.MethodCall:
		return OfferTool
	case a.op.mcp.method == client.MethodPrompt:
		return OfferPrompt
	case len(a.op.params) > 0:
		return OfferTemplate
	default:
		return OfferResource
	}
}

// MapsAny says whether the catalog maps resources or prompts.
func (c *Catalog) MapsAny() bool {
	return c.mcp != nil && len(c.mcp.read)+len(c.mcp.byPrompt) > 0
}

// Accepts is what an argument may be, in words.
func (a *Action) Accepts(name string) string {
	for i := range a.op.params {
		if p := &a.op.params[i]; p.Name == name {
			hint := p.hint()
			return strings.ToUpper(hint[:1]) + hint[1:]
		}
	}
	return ""
}

// URI is the address of a resource, with its arguments' names in braces.
func (a *Action) URI() string { return a.op.mcp.name }

// resource finds the one action of an address. What fits two is neither.
func (s *server) resource(uri string) (*Action, *Mismatch) {
	var found *Action
	why := &Mismatch{Reason: reason.ActionUnlisted, Hint: "ask resources/list and resources/templates/list for addresses"}
	if len(uri) > maxURI {
		return nil, why
	}
	for _, a := range s.read {
		m := matcher{op: a.op, args: Args{}}
		switch mismatch := m.uri(uri); {
		case mismatch == nil && found != nil:
			return nil, &Mismatch{Reason: reason.InputInvalid, Field: "uri", Hint: "an address of one resource: this one is of " + found.Name + " and of " + a.Name}
		case mismatch == nil:
			found = a
		case mismatch.Reason != reason.ActionUnlisted && found == nil:
			why = mismatch
		}
	}
	if found == nil {
		return nil, why
	}
	return found, nil
}

// MatchResource names the call that reads an address; it is MatchArguments for
// resources.
func (c *Catalog) MatchResource(uri string) (Call, *Action, *Mismatch) {
	call := Call{Tool: c.name}
	if c.mcp == nil {
		return call, nil, &Mismatch{Reason: reason.ActionUnlisted}
	}
	a, mismatch := c.mcp.resource(uri)
	if mismatch != nil {
		return call, nil, mismatch
	}
	call.Action = a.Name
	m := matcher{op: a.op, args: Args{}}
	if mismatch := m.uri(uri); mismatch != nil {
		return call, a, mismatch
	}
	if mismatch := m.finish(); mismatch != nil {
		return call, a, mismatch
	}
	if _, err := c.Build(a.Name, m.args); err != nil {
		return call, a, &Mismatch{Reason: reason.BodyTooLarge, Hint: "at most " + itoa(c.maxBody) + " bytes"}
	}
	call.Args = m.args
	return call, a, nil
}
