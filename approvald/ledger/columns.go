package ledger

import (
	"database/sql"
	"strings"
	"time"

	"github.com/sallyport/sallyport/internal/policy"
)

// row is an intent as it is stored.
type row struct {
	Intent
	seq    int64 // order of creation; the key other tables use
	unread error // why it cannot be read
}

// column is one column of intents: where a scan puts it, and what is stored.
type column struct {
	name  string
	into  any
	value any
}

// columns lists a row's stored members once, for reading and for writing.
func (r *row) columns(p *packed) []column {
	i, id := &r.Intent, &r.Identity
	return []column{
		{"id", &i.ID, i.ID}, {"version", &i.Version, i.Version}, {"state", &i.State, string(i.State)},
		{"tenant", &i.Tenant, i.Tenant}, {"agent", &id.Agent, id.Agent}, {"session", &id.Session.ID, id.Session.ID},
		{"ticket", &id.Session.Ticket, id.Session.Ticket}, {"customer", &id.Session.Customer, id.Session.Customer},
		{"roles", &p.roles, p.roles}, {"token_id", &id.TokenID, id.TokenID},
		{"token_issued_at", instant{&id.IssuedAt}, micros(id.IssuedAt)}, {"token_expires", instant{&id.Expires}, micros(id.Expires)},
		{"decision", &i.Decision, i.Decision}, {"tool", &i.Call.Tool, i.Call.Tool}, {"action", &i.Call.Action, i.Call.Action},
		{"args", &p.args, p.args}, {"client_key", &i.Call.ClientKey, i.Call.ClientKey},
		{"digest", &i.Digest, i.Digest}, {"facts", &p.facts, p.facts},
		{"business_key", &i.BusinessKey, i.BusinessKey}, {"occurrence", &i.Occurrence, i.Occurrence},
		{"earlier", &i.Earlier, i.Earlier}, {"attempt", &i.Attempt, i.Attempt}, {"failures", &i.Failures, i.Failures},
		{"amount", &i.Amount.Minor, i.Amount.Minor}, {"currency", &i.Amount.Currency, i.Amount.Currency},
		{"bundle", &i.Bundle, i.Bundle}, {"rule", &i.Rule, i.Rule},
		{"hold_group", &p.hold.Group, p.hold.Group}, {"hold_votes", &p.hold.Votes, p.hold.Votes},
		{"reason", &i.Reason, string(i.Reason)}, {"say", &i.Say, i.Say},
		{"created_at", instant{&i.CreatedAt}, micros(i.CreatedAt)}, {"updated_at", instant{&i.UpdatedAt}, micros(i.UpdatedAt)},
		{"due_at", instant{&i.DueAt}, micros(i.DueAt)}, {"not_before", instant{&i.NotBefore}, micros(i.NotBefore)},
		{"lease_owner", &i.LeaseOwner, i.LeaseOwner}, {"lease_until", instant{&i.LeaseUntil}, micros(i.LeaseUntil)},
		{"send_before", instant{&i.SendBefore}, micros(i.SendBefore)}, {"sent_at", instant{&i.SentAt}, micros(i.SentAt)}, {"target", &i.Target, i.Target},
		{"outcome_status", &p.status, p.status}, {"outcome_type", &p.outcome.MediaType, p.outcome.MediaType},
		{"outcome_body", &p.outcome.Body, p.outcome.Body}, {"outcome_at", instant{&p.outcome.At}, micros(p.outcome.At)},
		{"delivered", &i.Delivered, i.Delivered}, {"sealed", &p.sealed, p.sealed}, {"edits", &p.edits, len(i.Edits)},
		{"escalate_at", instant{&i.EscalateAt}, micros(i.EscalateAt)}, {"escalate_to", &i.EscalateTo, i.EscalateTo},
		{"said", &p.said, p.said}, {"outcome_retry_at", instant{&p.outcome.RetryAt}, micros(p.outcome.RetryAt)},
	}
}

// packed holds what an intent has in another form than its columns.
type packed struct {
	roles       sql.NullString
	args, facts []byte
	said        []byte // nil in a row of before there was one
	hold        policy.Hold
	status      sql.NullInt64
	outcome     Outcome
	sealed      int // how args, facts and the outcome's body are kept
	edits       int
}

// The statements on whole intents, spelled once from the list of columns.
func selectIntents(where string) string {
	return "SELECT intents.seq, " + strings.Join(names("intents."), ", ") + " FROM intents " + where
}

func names(prefix string) []string {
	var r row
	columns := r.columns(&packed{})
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = prefix + c.name
	}
	return out
}

// instant scans a stored time.
type instant struct{ into *time.Time }

// Scan implements sql.Scanner.
func (t instant) Scan(stored any) error {
	var n sql.NullInt64
	if err := n.Scan(stored); err != nil {
		return err
	}
	*t.into = fromMicros(n.Int64)
	return nil
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
