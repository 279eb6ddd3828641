package execute

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/sallyport/sallyport/internal/action"
	"github.com/sallyport/sallyport/internal/reason"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// RestoreError says why a surrogate is not turned back. No value is in it.
type RestoreError struct {
	Code reason.Code
	Arg  string
}

func (e *RestoreError) Error() string { return fmt.Sprintf("%s: %s", e.Arg, e.Code) }

// RestoreReason is why Restore did not, from its error.
func RestoreReason(err error) reason.Code {
	var restore *RestoreError
	if errors.As(err, &restore) {
		return restore.Code
	}
	return reason.FactsUnavailable
}

// Restore turns the surrogates in the marked arguments of an effect back into what
// they stand for; args is not changed. Each of them was issued in the caller's
// session, about the customer who the call is about by a fact that was fetched
// now, and stands in plain text. One that is not refuses the call.
func (c *Client) Restore(ctx context.Context, by Caller, act *action.Action, args action.Args, facts action.Facts) (action.Args, error) {
	for i := range act.Params { // nobody could read it
		if p := &act.Params[i]; p.Restorable && surrogate.Torn([]byte(args[p.Name].Text)) {
			return nil, &RestoreError{Code: reason.SurrogateUnknown, Arg: p.Name}
		}
	}
	found := tokensOf(act, args)
	if len(found) == 0 {
		return args, nil
	}
	reader, err := c.reader(ctx, by, act, args, facts)
	if err != nil {
		return nil, err
	}
	session, keys := by.Identity.Session.ID, c.surrogates()
	opener := keys.Opener(by.Tenant.Name, session)
	about := keys.Subject(by.Tenant.Name, session, reader)
	out := maps.Clone(args)
	for name, tokens := range found {
		v := args[name]
		var values []span
		v.Text, values, err = restored(v.Text, tokens, func(t surrogate.Token) (string, reason.Code) {
			text, subject, err := opener.Open(t)
			switch {
			case err != nil:
				return "", reason.SurrogateUnknown
			case subject != about || about == (surrogate.Subject{}):
				return "", reason.SurrogateSubject
			}
			return text, ""
		})
		if err != nil {
			return nil, &RestoreError{Code: RestoreReason(err), Arg: name}
		}
		if !hiddenAgain(by.Tenant.Mask.As(by.Tenant.MaskRole(by.Identity)).For(by.Tool.Name), name, v.Text, values) {
			return nil, &RestoreError{Code: reason.SurrogatePlace, Arg: name}
		}
		out[name] = v
	}
	return out, nil
}

// tokensOf are the surrogates in the marked arguments of a call.
func tokensOf(act *action.Action, args action.Args) map[string][]surrogate.Token {
	var found map[string][]surrogate.Token
	for _, p := range act.Params {
		if !p.Restorable {
			continue
		}
		if tokens := surrogate.Find(nil, []byte(args[p.Name].Text)); len(tokens) > 0 {
			if found == nil {
				found = map[string][]surrogate.Token{}
			}
			found[p.Name] = tokens
		}
	}
	return found
}

// restored is a text with each token replaced by what open gives for it, and where
// that stands.
func restored(text string, tokens []surrogate.Token, open func(surrogate.Token) (string, reason.Code)) (string, []span, error) {
	out, done := make([]byte, 0, len(text)), 0
	var values []span
	for _, t := range tokens {
		if !surrogate.IsPlain(text, t) {
			return "", nil, &RestoreError{Code: reason.SurrogatePlace}
		}
		value, code := open(t)
		if code != "" {
			return "", nil, &RestoreError{Code: code}
		}
		out = append(out, text[done:t.Start]...)
		values = append(values, span{len(out), len(out) + len(value), t.Type})
		out = append(out, value...)
		done = t.End
	}
	return string(append(out, text[done:]...)), values, nil
}

// reader is the customer who a call is about and who reads what it writes; "" when
// nobody knows. A ticket is its requester's, by the reads that the tenant
// declares; without those only the session's own ticket is known, from the token.
func (c *Client) reader(ctx context.Context, by Caller, act *action.Action, args action.Args, facts action.Facts) (string, error) {
	subject, ok := act.Subject(args, facts)
	switch {
	case !ok:
		return "", nil
	case !subject.Ticket:
		return subject.ID, nil
	case by.Tenant.Access.Session == nil && subject.ID == by.Identity.Session.Ticket:
		return by.Identity.Session.Customer, nil
	case by.Tenant.Access.Session == nil:
		return "", nil
	}
	by.Identity.Session.Ticket = subject.ID
	customer, err := c.Customer(ctx, by)
	var unresolved *Unresolved
	if errors.As(err, &unresolved) { // it answers, and names no customer
		return "", nil
	}
	return customer, err
}

// About is whom an answer to a call is about, for the mask: "" when nobody knows.
func (c *Client) About(by Caller, act *action.Action, args action.Args, facts action.Facts) string {
	if act == nil {
		return ""
	}
	subject, ok := act.Subject(args, facts)
	id := subject.ID
	if ok && subject.Ticket {
		id, ok = by.Identity.Session.Customer, id == by.Identity.Session.Ticket
	}
	if !ok || id == "" {
		return ""
	}
	return c.surrogates().Subject(by.Tenant.Name, by.Identity.Session.ID, id).Header()
}
