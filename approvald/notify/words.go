package notify

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/people"
)

// in is the notice in a language. Its sentences are the Desk's; what is outside of
// them, an agent's words or a catalog's, stays as it is.
func (m notice) in(language people.Language) notice {
	m.language = language
	return m
}

// reads is the language of one of the tenant's people; the tenant's for who has said
// none, and for a channel that many read.
func (m notice) reads(person string) people.Language {
	p, _ := m.tenant.People.Find(person)
	return cmp.Or(p.Language, m.tenant.Language)
}

// say is a line of the Desk's catalogue in the notice's language.
func (m notice) say(line string, about ...string) string {
	return m.desk.Say(m.language, line, about...)
}

// line is one named value of a message; a foreign one may have words of people and
// agents.
type line struct {
	name, value string
	foreign     bool
}

// headlines say what came of what was asked.
var headlines = map[ledger.State]string{
	ledger.Approved: "Approved, on its way: %s", ledger.Executing: "Approved, on its way: %s",
	ledger.Succeeded: "Done: %s", ledger.Failed: "Failed, nothing was done: %s", ledger.Denied: "Denied: %s",
	ledger.Expired: "Expired, nobody decided: %s", ledger.Cancelled: "Cancelled: %s",
	ledger.Unknown: "Not known whether it happened, please find out: %s",
}

// headline says who wants what, or what came of it.
func (m notice) headline() string {
	if m.intent.State == ledger.Waiting {
		return m.say("%s asks: %s", m.item.Agent, m.item.Summary)
	}
	return m.say(headlines[m.intent.State], m.item.Summary)
}

// lines are what a person should read besides, what is absent left out.
func (m notice) lines() []line {
	var out []line
	add := func(name, value string) {
		if value != "" {
			out = append(out, line{m.say(name), value, name != "Why"})
		}
	}
	add("Amount", m.item.Amount)
	add("Customer", m.item.Customer)
	add("Ticket", m.item.Ticket)
	add("Agent", m.item.Agent)
	add("Said by the agent, not checked", m.item.Said)
	if m.delivery.Event == ledger.Escalated {
		add("Escalated", m.say("nobody decided since %s, so %s may decide too", minute(m.item.Created), m.either(m.groups())))
	}
	if n := len(m.item.Edits); n > 0 {
		add("Changed by", m.say("%s: what was asked before does not count any more", m.item.Edits[n-1].Person))
	}
	if m.intent.State == ledger.Waiting {
		add("Needs", m.say("%s of %s from %s", strconv.Itoa(m.item.Needed-len(m.item.Votes)), strconv.Itoa(m.item.Needed), m.either(desk.Deciding(m.intent))))
		add("Until", minute(m.item.DueAt))
		add("Why", m.say(m.item.Because))
	} else {
		add("Decided by", m.say(m.item.DecidedBy))
	}
	if m.item.Earlier != "" {
		add("Earlier", m.say("this was asked before: %s", m.item.Earlier))
	}
	if n := len(m.item.Denials); n > 0 && m.intent.State == ledger.Waiting {
		add("Denied before", strings.TrimSuffix(strconv.Itoa(n)+": "+m.item.Denials[0].Say, ": "))
	}
	add("Because", strings.TrimSpace(m.item.Say))
	return out
}

// either are groups of which any may decide.
func (m notice) either(groups []string) string {
	return strings.Join(groups, " "+m.say("or")+" ")
}

func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 MST") }
