package channel

import "slices"

// SecretPrefix begins the names of channels' secrets: what is kept for tools is
// no channel's, and is not given to the program that speaks over channels.
const SecretPrefix = "channel_"

// Kind is how a channel speaks.
type Kind string

// The kinds channels.yaml may name.
const (
	Webhook Kind = "webhook" // Standard Webhooks: a signed POST for each event
	Slack   Kind = "slack"   // a message with buttons, in one channel of one workspace
	Email   Kind = "email"   // a mail with a link to the Desk, to each person who may decide
)

// Event is what is told about an intent.
type Event string

// The events.
const (
	Waiting   Event = "waiting"
	Escalated Event = "escalated" // it waits on, and more people may decide
	Approved  Event = "approved"
	Denied    Event = "denied"
	Succeeded Event = "succeeded"
	Failed    Event = "failed"
	Expired   Event = "expired"
	Cancelled Event = "cancelled"
	Unknown   Event = "unknown" // nobody knows whether the effect happened: a person must find out
)

// All are all events, in the order of an intent's life.
func All() []Event {
	return []Event{Waiting, Escalated, Approved, Denied, Succeeded, Failed, Expired, Cancelled, Unknown}
}

// Channel is one way out.
type Channel struct {
	Name     string
	Kind     Kind
	URL      string   // the webhook's; of Slack's API; of the mail server, smtps:// or smtp://
	Loopback bool     // URL is on this machine and may be in clear
	Events   []Event  // which are told
	Groups   []string // only approvals that these groups decide; nil means all
	Secret   string   // name of the webhook's signing secret, of Slack's bot token, of the mail server's password
	Signing  string   // Slack: name of the secret that signs what Slack sends here
	Team     string   // Slack: the workspace that may vote here
	Room     string   // Slack: id of the channel that is written to
	From     string   // Email: sender's address
	User     string   // Email: who logs in at the mail server; "" sends without login
	// People are who hears, or who is who: Slack's user ids, or addresses of
	// mail, to ids of people.yaml.
	People map[string]string
}

// Hears says whether the channel is told of an event that these groups decide;
// there are none for an intent that nobody had to approve, of which people hear
// only when they must find out what became of it.
func (c *Channel) Hears(event Event, groups []string) bool {
	switch {
	case !slices.Contains(c.Events, event):
		return false
	case c.Kind != Webhook && len(groups) == 0 && event != Unknown:
		return false
	}
	return c.Groups == nil || len(groups) == 0 ||
		slices.ContainsFunc(groups, func(group string) bool { return slices.Contains(c.Groups, group) })
}

// Person is who a user of the channel is; "" for nobody.
func (c *Channel) Person(user string) string { return c.People[user] }
