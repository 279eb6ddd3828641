package extauthz

import (
	"net/url"
	"strings"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/wire"
)

// masked is what the mask is told: the key with which it seals personal data in the
// answer, and what of the answer it hides besides. Without a key the answer gets marks
// that nobody can turn back. It goes to Envoy as metadata; no request ever bears it.
func (g *gateway) masked(d decision.Decision, s step, credential string) string {
	if g.Masks == nil {
		return ""
	}
	scope := g.Masks.Header(s.tenant.Name, s.identity.Session.ID, s.tool.Name, customerOf(d, s))
	return wire.MaskSecrets(scope, g.sent(s.tenant, s.tool, credential))
}

// sent is what the mask hides of what the tool says back, a line each: its credential, or
// of an answer of the gateway's own, which may be the outcome of any call, those of all.
func (g *gateway) sent(t *tenant.Tenant, tool *tenant.Tool, credential string) string {
	if tool.Name != wire.ToolMCP {
		return credential
	}
	var all []string
	for _, tool := range t.Tools {
		if credential, ok := g.credential(t.Name, tool); ok {
			all = append(all, credential[1])
		}
	}
	return strings.Join(all, "\n")
}

// customerOf is the customer whom the answer is about, as far as the call itself
// says it; "" when it does not. Of a ticket that is its requester, whom the token
// names for its own ticket alone. approvald knows more, by facts.
func customerOf(d decision.Decision, s step) string {
	subject, ok := d.Action.Subject(d.Call.Args, nil)
	switch {
	case !ok:
		return ""
	case !subject.Ticket:
		return subject.ID
	case subject.ID == s.identity.Session.Ticket:
		return s.identity.Session.Customer
	}
	return ""
}

// explained turns the refusal of an invalid input into one about surrogates, if a
// surrogate in the request is why it is invalid.
func (s *step) explained(d *decision.Decision) *decision.Decision {
	if d.Reason != reason.InputInvalid || !s.holdsSurrogate() {
		return d
	}
	d.Reason, d.Hint = reason.SurrogatePlace, ""
	return d
}

// holdsSurrogate looks at the request as it came, percent escapes aside.
func (s *step) holdsSurrogate() bool {
	for _, text := range [...]string{s.check.request.RawQuery, s.check.request.Path, string(s.check.request.Body)} {
		plain, err := url.QueryUnescape(text)
		if err != nil {
			plain = text
		}
		if action.HasStandIn(plain) {
			return true
		}
	}
	return false
}

// outgoing is the personal data in a call's arguments that must not leave; its Reason
// is "" when there is none. Without approvald what would wait for a person is refused.
func (a *Agent) outgoing(act *action.Action, call action.Call) decision.Leak {
	leak := decision.Outgoing(act, call.Args)
	if leak.Hold && a.g.Alone != nil {
		leak.Reason = reason.PersonalData
	}
	return leak
}
