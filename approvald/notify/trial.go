package notify

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"github.com/wneessen/go-mail"

	"github.com/sallyport/sallyport/internal/channel"
	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/tenant"
)

// TestEvent is the body of a webhook that a person has sent to try a channel.
type TestEvent struct {
	Type      string    `json:"type"` // channel.test
	Timestamp time.Time `json:"timestamp"`
	Data      TestData  `json:"data"`
}

// TestData says whose channel is tried.
type TestData struct {
	Tenant  string `json:"tenant"`
	Channel string `json:"channel"`
	Person  string `json:"person"` // who asked for it
}

// Test sends one message over a channel, now, that says that it is a test. It is
// about no intent, is tried once and kept nowhere; the error is a delivery's.
func (n *Notifier) Test(ctx context.Context, t *tenant.Tenant, name string, person people.Person) error {
	c, ok := t.Channel(name)
	if !ok {
		return errors.New("channels.yaml has no such channel")
	}
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	m := notice{desk: n.Desk, language: t.Language, tenant: t, channel: c}
	switch c.Kind {
	case channel.Webhook:
		return n.post(ctx, m, "test_"+rand.Text(), TestEvent{
			Type: "channel.test", Timestamp: n.Clock.Now().UTC(), Data: TestData{Tenant: t.Name, Channel: name, Person: person.ID},
		})
	case channel.Slack:
		return n.slackTest(ctx, m, person)
	case channel.Email:
		return n.emailTest(ctx, m, person)
	}
	return errors.New("a channel of an unknown kind")
}

// trial is what people read.
func (m notice) trial(by people.Person) string {
	return m.say("Test: approvals of %s are told here. %s asked for this message; nothing waits, and there is nothing to decide.", m.tenant.Title, by.Name)
}

func (n *Notifier) slackTest(ctx context.Context, m notice, by people.Person) error {
	api, err := n.slackAPI(m)
	if err != nil {
		return err
	}
	text := m.trial(by)
	_, _, err = api.PostMessageContext(ctx, m.channel.Room, slack.MsgOptionText(escaped(text), false),
		slack.MsgOptionBlocks(slack.NewSectionBlock(plain(text), nil, nil)))
	return err
}

// emailTest writes to all of the channel's people.
func (n *Notifier) emailTest(ctx context.Context, m notice, by people.Person) error {
	addresses := m.addresses()
	if len(addresses) == 0 {
		return errors.New("nobody of this channel's people is in people.yaml")
	}
	_, host, _ := strings.Cut(m.channel.From, "@")
	messages := make([]*mail.Msg, 0, len(addresses))
	for _, address := range addresses {
		m := m.in(m.reads(m.channel.Person(address)))
		message, err := m.blank(address, n.Clock.Now())
		if err != nil {
			return err
		}
		message.SetMessageIDWithValue("test." + rand.Text() + "@" + host)
		message.Subject(subject(m.say("Test: %s", m.tenant.Title)))
		message.SetBodyString(mail.TypeTextPlain, oneLine(m.trial(by))+"\n")
		messages = append(messages, message)
	}
	return n.hand(ctx, m, addresses, messages)
}
