package channel

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var known = Known{People: []string{"ann", "ole"}, Groups: []string{"billing_leads"}}

const (
	hook  = "channels:\n  - {name: crm, kind: webhook, url: https://crm.example/hook, secret: channel_crm}\n"
	slack = "channels:\n  - {name: leads, kind: slack, secret: channel_bot, signing_secret: channel_signing, team: T01ACME, channel: C02BILLING, people: {U01LEAD: ann}}\n"
	mails = "channels:\n  - {name: mail, kind: email, url: smtps://mail.example, from: gateway@acme.example, user: gateway, secret: channel_mail, people: {ann@acme.example: ann}}\n"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       Channel
	}{
		{"a webhook", hook, Channel{Name: "crm", Kind: Webhook, URL: "https://crm.example/hook", Secret: "channel_crm", Events: All()}},
		{"Slack", slack, Channel{
			Name: "leads", Kind: Slack, URL: slackAPI, Secret: "channel_bot", Signing: "channel_signing", Team: "T01ACME", Room: "C02BILLING",
			People: map[string]string{"U01LEAD": "ann"}, Events: All(),
		}},
		{"mail", mails, Channel{
			Name: "mail", Kind: Email, URL: "smtps://mail.example", From: "gateway@acme.example", User: "gateway", Secret: "channel_mail",
			People: map[string]string{"ann@acme.example": "ann"}, Events: []Event{Waiting, Escalated, Expired, Unknown},
		}},
		{"fewer events", strings.Replace(hook, "secret:", "events: [waiting], groups: [billing_leads], secret:", 1), Channel{
			Name: "crm", Kind: Webhook, URL: "https://crm.example/hook", Secret: "channel_crm", Events: []Event{Waiting}, Groups: []string{"billing_leads"},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, problems := Parse("channels.yaml", []byte(tt.text), known)
			if problems != nil {
				t.Fatal(problems)
			}
			if diff := cmp.Diff([]*Channel{&tt.want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	for name, tt := range map[string]struct{ text, old, new, want string }{
		"kind":                 {hook, "webhook", "pager", "kind: must be webhook, slack or email (got pager)"},
		"name":                 {hook, "crm,", "CRM,", "name: must be a-z, 0-9 and -, beginning with a letter, at most 63 bytes (got CRM)"},
		"in clear":             {hook, "https:", "http:", "url: must be https:// (got http)"},
		"this machine":         {hook, "crm.example", "127.0.0.1", "url: must be an address of this machine when loopback is true, and none otherwise (got 127.0.0.1)"},
		"not this machine":     {hook, "secret:", "loopback: true, secret:", "url: must be an address of this machine when loopback is true, and none otherwise (got crm.example)"},
		"a password in it":     {hook, "crm.example", "me:pw@crm.example", "url: must be a URL with https:// and a host, without a password"},
		"the secret itself":    {hook, "channel_crm", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw/", "secret: must name the secret that signs, channel_… (whsec_… is its value), stored with `sallyport secret put`"},
		"a tool's secret":      {hook, "channel_crm", "stripe", "secret: must name the secret that signs, channel_… (whsec_… is its value), stored with `sallyport secret put`"},
		"an event":             {hook, "secret:", "events: [asked], secret:", "events: must be of [waiting escalated approved denied succeeded failed expired cancelled unknown] (got asked)"},
		"a group":              {hook, "secret:", "groups: [leads], secret:", "groups: is no group of people.yaml (got leads)"},
		"another kind's field": {hook, "secret:", "team: T1A, secret:", "team: is nothing that this kind of channel has (got webhook)"},
		"nobody":               {slack, ": ann", ": bob", "people: is nobody of people.yaml (got bob)"},
		"a Slack name":         {slack, "U01LEAD", "'@ann'", "people: must give user ids, like U01LEAD, and who each is in people.yaml (got @ann)"},
		"no workspace":         {slack, "T01ACME", "acme", "team: must be the workspace's id, like T01ACME (got acme)"},
		"no people":            {slack, ", people: {U01LEAD: ann}", "", "people: must give user ids, like U01LEAD, and who each is in people.yaml"},
		"no sender":            {mails, "from: gateway@acme.example", "from: gateway", "from: must be the address that mail comes from (got gateway)"},
		"two headers":          {mails, "gateway@acme.example", "\"a@b.example\\r\\nBcc: c@d.example\"", "from: must be the address that mail comes from (got \"a@b.example\\r\\nBcc: c@d.example\")"},
		"half a login":         {mails, "user: gateway, ", "", "user: and secret belong together: who logs in at the mail server, and the name of the password"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(tt.text, tt.old, tt.new, 1)
			channels, problems := Parse("channels.yaml", []byte(text), known)
			if want := "channels.yaml: channels[0]." + tt.want; channels != nil || problems.Error() != want {
				t.Errorf("got %v", problems)
			}
		})
	}
	twice := hook + strings.TrimPrefix(hook, "channels:\n")
	if _, problems := Parse("channels.yaml", []byte(twice), known); problems.Error() != "channels.yaml: channels[1].name: is another channel's (got crm)" {
		t.Errorf("got %v", problems)
	}
}

func TestHears(t *testing.T) {
	for name, tt := range map[string]struct {
		channel Channel
		event   Event
		groups  []string
		want    bool
	}{
		"people hear of what they decide":          {Channel{Kind: Slack, Events: All()}, Waiting, []string{"x", "leads"}, true},
		"and of nothing else":                      {Channel{Kind: Slack, Events: All()}, Succeeded, nil, false},
		"except of what they must find out":        {Channel{Kind: Email, Events: All()}, Unknown, nil, true},
		"systems hear of everything":               {Channel{Kind: Webhook, Events: All()}, Succeeded, nil, true},
		"not of events that are not theirs":        {Channel{Kind: Webhook, Events: []Event{Waiting}}, Succeeded, []string{"x", "leads"}, false},
		"nor of what another group decides":        {Channel{Kind: Slack, Events: All(), Groups: []string{"leads"}}, Waiting, []string{"x", "others"}, false},
		"a group's channel hears what nobody held": {Channel{Kind: Webhook, Events: All(), Groups: []string{"leads"}}, Failed, nil, true},
	} {
		if got := tt.channel.Hears(tt.event, tt.groups); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
