package grant

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// statement is an Admission or an Order.
type statement interface{ check() error }

// maxYear is the largest year a JSON time can have.
const maxYear = 9999

func (a Admission) check() error {
	return errors.Join(
		need("decision", a.Decision), need("tenant", a.Tenant), need("agent", a.Agent),
		need("session", a.SessionID), need("token id", a.TokenID), need("tool", a.Tool),
		need("action", a.Action), need("digest", a.Digest), need("bundle", a.Bundle),
		needTime(a.Expires), text(a.Ticket, a.Customer, a.ClientKey), text(a.Roles...),
	)
}

func (o Order) check() error {
	err := errors.Join(
		need("admission", o.Admission), need("nonce", o.Nonce), need("tenant", o.Tenant), need("agent", o.Agent),
		need("session", o.SessionID), need("token id", o.TokenID), need("tool", o.Tool),
		need("envoy", o.Envoy), need("body", o.Body),
		needTime(o.SendUntil), text(o.Ticket, o.Customer, o.Intent), text(o.Roles...),
	)
	switch o.Purpose {
	case PurposeEffect:
		if o.Intent == "" || o.Attempt < 1 {
			return errors.Join(err, errors.New("an effect needs its intent and attempt"))
		}
	case PurposeFact, PurposeRead, PurposeSession, PurposeList, PurposeAnswer, PurposeTicket:
	default:
		return errors.Join(err, fmt.Errorf("unknown purpose %q", o.Purpose))
	}
	return err
}

func need(name, value string) error {
	if value == "" {
		return errors.New("the " + name + " is missing")
	}
	return text(value)
}

// text refuses what JSON would silently replace.
func text(values ...string) error {
	if !utf8.ValidString(strings.Join(values, "")) {
		return errors.New("a member is not UTF-8")
	}
	return nil
}

func needTime(t time.Time) error {
	if t.IsZero() || t.Year() > maxYear {
		return errors.New("the end is missing")
	}
	return nil
}
