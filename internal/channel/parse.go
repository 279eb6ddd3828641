package channel

import (
	"fmt"
	"maps"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/config"
)

// slackAPI is where Slack's Web API is.
const slackAPI = "https://slack.com/api/"

var (
	namePattern   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)
	secretPattern = regexp.MustCompile(`^` + SecretPrefix + `[a-z0-9_-]{1,54}$`)
	slackPattern  = regexp.MustCompile(`^[A-Z][A-Z0-9]{2,30}$`)
)

// entry is a channel as it is written.
type entry struct {
	Name     string            `yaml:"name"`
	Kind     Kind              `yaml:"kind"`
	URL      string            `yaml:"url"`
	Loopback bool              `yaml:"loopback"`
	Events   []Event           `yaml:"events"`
	Groups   []string          `yaml:"groups"`
	Secret   string            `yaml:"secret"`
	Signing  string            `yaml:"signing_secret"`
	Team     string            `yaml:"team"`
	Room     string            `yaml:"channel"`
	From     string            `yaml:"from"`
	User     string            `yaml:"user"`
	People   map[string]string `yaml:"people"`
}

// Known is what the tenant's other files have.
type Known struct {
	People []string // ids; nil when people.yaml could not be read
	Groups []string
}

// Parse reads channels.yaml; an empty file has none. Only when there are no
// problems are there Channels, in file order.
func Parse(file string, data []byte, known Known) ([]*Channel, config.Problems) {
	var doc struct {
		Channels []entry `yaml:"channels"`
	}
	p := parser{known: known, problems: config.Decode(file, data, &doc)}
	var out []*Channel
	for i, e := range doc.Channels {
		p.at = fmt.Sprintf("%s: channels[%d]", file, i)
		if slices.ContainsFunc(out, func(c *Channel) bool { return c.Name == e.Name }) {
			p.add("name", "is another channel's", e.Name)
		}
		out = append(out, p.channel(e))
	}
	if len(p.problems) > 0 {
		return nil, p.problems
	}
	return out, nil
}

type parser struct {
	at       string
	known    Known
	problems config.Problems
}

func (p *parser) add(field, what string, got any) { p.problems.Add(p.at+"."+field, what, got) }

func (p *parser) channel(e entry) *Channel {
	c := &Channel{
		Name: e.Name, Kind: e.Kind, URL: e.URL, Loopback: e.Loopback, Events: e.Events, Groups: e.Groups,
		Secret: e.Secret, Signing: e.Signing, Team: e.Team, Room: e.Room, From: e.From, User: e.User, People: e.People,
	}
	if !namePattern.MatchString(c.Name) {
		p.add("name", "must be a-z, 0-9 and -, beginning with a letter, at most 63 bytes", c.Name)
	}
	p.events(c)
	p.groups(c)
	switch c.Kind {
	case Webhook:
		p.webhook(c)
	case Slack:
		p.slack(c)
	case Email:
		p.email(c)
	default:
		p.add("kind", "must be webhook, slack or email", string(c.Kind))
	}
	return c
}

func (p *parser) events(c *Channel) {
	for _, event := range c.Events {
		if !slices.Contains(All(), event) {
			p.add("events", fmt.Sprintf("must be of %v", All()), string(event))
		}
	}
	switch {
	case c.Events != nil:
	case c.Kind == Email: // people are written to when they are needed
		c.Events = []Event{Waiting, Escalated, Expired, Unknown}
	default:
		c.Events = All()
	}
}

func (p *parser) groups(c *Channel) {
	for _, group := range c.Groups {
		if p.known.Groups != nil && !slices.Contains(p.known.Groups, group) {
			p.add("groups", "is no group of people.yaml", group)
		}
	}
}

func (p *parser) webhook(c *Channel) {
	p.url(c, "https", "http")
	p.secret("secret", "must name the secret that signs, channel_… (whsec_… is its value), stored with `sallyport secret put`", c.Secret)
	p.none(c, map[string]string{"signing_secret": c.Signing, "team": c.Team, "channel": c.Room, "from": c.From, "user": c.User})
	if c.People != nil {
		p.add("people", "is nothing that a webhook has", nil)
	}
}

func (p *parser) slack(c *Channel) {
	if c.URL == "" {
		c.URL = slackAPI
	}
	p.url(c, "https", "http")
	if !strings.HasSuffix(c.URL, "/") {
		p.add("url", "must end with /", c.URL)
	}
	p.secret("secret", "must name the bot token, channel_…, stored with `sallyport secret put`", c.Secret)
	p.secret("signing_secret", "must name the app's signing secret, channel_…, stored with `sallyport secret put`", c.Signing)
	p.slackID("team", "must be the workspace's id, like T01ACME", c.Team)
	p.slackID("channel", "must be the channel's id, like C02BILLING", c.Room)
	p.none(c, map[string]string{"from": c.From, "user": c.User})
	p.people(c, func(user string) bool { return slackPattern.MatchString(user) }, "must give user ids, like U01LEAD, and who each is in people.yaml")
}

func (p *parser) email(c *Channel) {
	p.url(c, "smtps", "smtp")
	if !isAddress(c.From) {
		p.add("from", "must be the address that mail comes from", c.From)
	}
	if (c.User == "") != (c.Secret == "") {
		p.add("user", "and secret belong together: who logs in at the mail server, and the name of the password", nil)
	}
	if c.Secret != "" {
		p.secret("secret", "must name the password, channel_…, stored with `sallyport secret put`", c.Secret)
	}
	p.none(c, map[string]string{"signing_secret": c.Signing, "team": c.Team, "channel": c.Room})
	p.people(c, isAddress, "must give addresses, and who each is in people.yaml")
}

// url takes the protocol without encryption only on this machine. Mail beyond it
// may use smtp:// too: STARTTLS is required there.
func (p *parser) url(c *Channel, secure, clear string) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || len(c.URL) > 512 || u.Scheme != secure && u.Scheme != clear {
		p.add("url", "must be a URL with "+secure+":// and a host, without a password", nil)
		return
	}
	addr, err := netip.ParseAddr(u.Hostname())
	local := err == nil && addr.IsLoopback()
	switch {
	case c.Loopback != local:
		p.add("url", "must be an address of this machine when loopback is true, and none otherwise", u.Host)
	case u.Scheme == "http" && !local:
		p.add("url", "must be "+secure+"://", u.Scheme)
	}
}

func (p *parser) secret(field, what, name string) {
	if !secretPattern.MatchString(name) {
		p.add(field, what, nil) // perhaps it is the secret itself
	}
}

func (p *parser) slackID(field, what, id string) {
	if !slackPattern.MatchString(id) {
		p.add(field, what, id)
	}
}

func (p *parser) none(c *Channel, fields map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if fields[name] != "" {
			p.add(name, "is nothing that this kind of channel has", string(c.Kind))
		}
	}
}

func (p *parser) people(c *Channel, valid func(string) bool, what string) {
	if len(c.People) == 0 {
		p.add("people", what, nil)
	}
	for _, user := range slices.Sorted(maps.Keys(c.People)) {
		if !valid(user) {
			p.add("people", what, user)
		}
		if id := c.People[user]; p.known.People != nil && !slices.Contains(p.known.People, id) {
			p.add("people", "is nobody of people.yaml", id)
		}
	}
}

func isAddress(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text
}
