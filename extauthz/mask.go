package extauthz

import (
	"net/url"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/decision"
	"github.com/sallyport/sallyport/internal/reason"
)

// masked is what the mask seals the answer's personal data with, "" for marks alone.
// It is said to Envoy, and no request ever bears it.
func (g *gateway) masked(d decision.Decision, s step) string {
	if g.Masks == nil {
		return ""
	}
	return g.Masks.Header(s.tenant.Name, s.identity.Session.ID, s.tool.Name, customerOf(d, s))
}

// customerOf is whom the answer is about, as far as the call itself says it: ""
// for nobody that is known. A ticket is its requester's, which the token knows of
// its own ticket alone. approvald knows more, by facts.
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

// explained is a refusal of an input that says so when it is because a surrogate
// stands where only something else fits.
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

// gives is what a call would give away. Where nobody can be asked, what would wait
// for a person is refused.
func (a *Agent) gives(act *action.Action, call action.Call) decision.Leak {
	leak := decision.Outgoing(act, call.Args)
	if leak.Hold && a.g.Alone != nil {
		leak.Reason = reason.PersonalData
	}
	return leak
}
