package desk

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/audit"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/surrogate"
	"github.com/sallyport/sallyport/internal/tenant"
	"github.com/sallyport/sallyport/internal/token"
	"github.com/sallyport/sallyport/internal/wire"
)

// stepReveal is what records call a person who wants to see personal data.
const stepReveal = "reveal"

// RevealBody asks what a surrogate stands for, in a session or in that of an
// intent.
type RevealBody struct {
	Surrogate string `json:"surrogate"`
	Session   string `json:"session,omitempty"`
	Intent    string `json:"intent,omitempty"`
	Tenant    string `json:"tenant,omitempty"` // of the session, for the owner of the machine
}

// RevealAnswer is what it stands for.
type RevealAnswer struct {
	Type     string `json:"type"`
	Value    string `json:"value"`
	Decision string `json:"decision"` // under which it was recorded
}

// viewer is a person who wants to see what stands in a session.
type viewer struct {
	tenant *tenant.Tenant
	person people.Person
	login  time.Time // when the person last said who they are
	owner  bool      // of the machine, whose token is the proof

	session token.Identity // whose; with a session alone the rest is empty
	intent  string         // "" for none
}

var (
	errNoSurrogate = &Error{"No surrogate", http.StatusBadRequest, "The surrogate must be one, whole and alone, like [email:…]."}
	errNoSession   = &Error{"No session", http.StatusBadRequest, "Name the intent or the session, one of them, in which it was issued; and beside a session its tenant."}
	errNoRight     = &Error{"Not yours to see", http.StatusForbidden, "Nobody gave you the right to see this type in clear: it stands in approvals.yaml, under reveal."}
	errUnopened    = &Error{"Does not open", http.StatusNotFound, "It was not issued in this session, or it was changed."}
	errUnrecorded  = &Error{"Cannot be recorded", http.StatusServiceUnavailable, "This cannot be recorded now, so nothing is shown. Try again in a moment."}
)

// see gives a person what open gives, a value of a type, if that is theirs to see
// now. Each try is recorded before it is answered, and never the value.
func (d *Desk) see(by viewer, t pii.Type, open func() (string, bool)) (RevealAnswer, *Error) {
	rule, code, refused := d.maySee(by, t)
	out := RevealAnswer{Type: t.String(), Decision: wire.DecisionID(rand.Text())}
	if refused == nil {
		var ok bool
		if out.Value, ok = open(); !ok {
			code, refused = reason.SurrogateUnknown, errUnopened
		}
	}
	effect := "allow"
	if refused != nil {
		effect = "deny"
	}
	id := by.session
	err := d.Recorder.Record(audit.Record{Table: audit.Decisions, Decision: &audit.Decision{
		Time: d.Clock.Now(), Tenant: by.tenant.Name, ID: out.Decision, Step: stepReveal,
		Agent: id.Agent, Session: id.Session.ID, Ticket: id.Session.Ticket, TokenID: token.PersonPrefix + by.person.ID,
		Action: stepReveal + "." + out.Type, Effect: effect, Reason: string(code), Rule: rule, Bundle: by.tenant.Version, Intent: by.intent,
	}})
	if err != nil {
		d.Logger.Error("A look at personal data could not be recorded", "tenant", by.tenant.Name, "person", by.person.ID, "error", err)
		refused = errUnrecorded
	}
	if refused != nil {
		return RevealAnswer{}, refused
	}
	return out, nil
}

// maySee is the rule that lets a person see a type, or why none does.
func (d *Desk) maySee(by viewer, t pii.Type) (rule string, code reason.Code, refused *Error) {
	rows := by.tenant.Approvals.Reveal
	n := rows.Find(by.person.Groups, t)
	if n < 0 {
		return "", reason.PolicyNoRule, errNoRight
	}
	rule = authority.RevealRule(n)
	if within := rows[n].Within; !by.owner && !d.Clock.Now().Before(by.login.Add(within)) {
		return rule, reason.PolicyDenied, &Error{staleTitle, http.StatusForbidden, "This needs a login of the last " + minutes(within) + ": log in again."}
	}
	return rule, reason.Allowed, nil
}

// reveal is see for a surrogate.
func (d *Desk) reveal(by viewer, t surrogate.Token) (RevealAnswer, *Error) {
	return d.see(by, t.Type, func() (string, bool) {
		value, _, err := d.Surrogates().Opener(by.tenant.Name, by.session.Session.ID).Open(t)
		return value, err == nil
	})
}

// sessionPattern is what a session may be called here: nothing that somebody
// could take for a value is recorded.
var sessionPattern = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,128}$`)

func (d *Desk) apiReveal(w http.ResponseWriter, r *http.Request, c caller) {
	var body RevealBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		refuse(w, &Error{"Body not readable", http.StatusBadRequest, "The body must be JSON like {\"surrogate\": …, \"intent\": …}."})
		return
	}
	text := strings.TrimSpace(body.Surrogate)
	tokens := surrogate.Find(nil, []byte(text))
	if len(tokens) != 1 || tokens[0].Start != 0 || tokens[0].End != len(text) {
		refuse(w, errNoSurrogate)
		return
	}
	by, refused := d.viewer(r, c, body)
	if refused != nil {
		refuse(w, refused)
		return
	}
	answer, refused := d.reveal(by, tokens[0])
	if refused != nil {
		refuse(w, refused)
		return
	}
	reply(w, http.StatusOK, answer)
}

// viewer is whoever calls, at the intent or the session that is named.
func (d *Desk) viewer(r *http.Request, c caller, body RevealBody) (viewer, *Error) {
	out := viewer{login: c.login, owner: c.owner}
	switch {
	case (body.Intent == "") == (body.Session == ""):
		return out, errNoSession
	case body.Intent != "":
		r.SetPathValue("id", body.Intent)
		s, intent, refused := d.lookup(r, c)
		if refused != nil {
			return out, refused
		}
		out.tenant, out.person = s.tenant, s.person
		return out.at(intent), nil
	case !sessionPattern.MatchString(body.Session):
		return out, errNoSession
	}
	var found []seat
	for _, s := range c.seats {
		if body.Tenant == "" || s.tenant.Name == body.Tenant {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return out, noTenant(c)
	}
	out.tenant, out.person = found[0].tenant, found[0].person
	out.session.Session.ID = body.Session
	return out, nil
}

// noTenant says which tenants a session can be named of.
func noTenant(c caller) *Error {
	var names []string
	for _, s := range c.seats {
		names = append(names, s.tenant.Name)
	}
	return &Error{"No tenant", http.StatusBadRequest, "Name the session's tenant, one of those that know you: " + strings.Join(names, ", ") + "."}
}

// at is the viewer in the session of an intent.
func (by viewer) at(i ledger.Intent) viewer {
	by.session, by.intent = i.Identity, i.ID
	return by
}

// first is why something is not shown, where there may be several reasons: one that
// a login mends, before all others.
func first(had, why *Error) *Error {
	if had == nil || why != nil && why.Title == staleTitle {
		return why
	}
	return had
}

// opened is a text with the values of its surrogates, those that the person may
// see; refused is why one is not.
func (d *Desk) opened(by viewer, text string) (out string, refused *Error) {
	var b strings.Builder
	done := 0
	for _, t := range surrogate.Find(nil, []byte(text)) {
		b.WriteString(text[done:t.Start])
		answer, why := d.reveal(by, t)
		if why != nil {
			refused = first(refused, why)
			answer.Value = text[t.Start:t.End]
		}
		b.WriteString(visible(answer.Value))
		done = t.End
	}
	b.WriteString(text[done:])
	return b.String(), refused
}
