package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/sallyport/sallyport/approvald/desk"
	"github.com/sallyport/sallyport/approvald/ledger"
	"github.com/sallyport/sallyport/internal/authority"
	"github.com/sallyport/sallyport/internal/egress"
)

// email writes to each person of the channel who may decide. Nothing in a mail
// decides: its link leads to the Desk, where who opens it has to log in. The
// attempt succeeds when one person was reached: the others' mail servers said no,
// and would to another attempt.
func (n *Notifier) email(ctx context.Context, m notice) error {
	addresses := m.addresses()
	if len(addresses) == 0 {
		return final{errors.New("nobody of this channel's people is in " + authority.Words(authority.Join(m.groups())))}
	}
	messages := make([]*mail.Msg, 0, len(addresses))
	for _, address := range addresses {
		message, err := m.in(m.reads(m.channel.Person(address))).mail(address, n.Clock.Now())
		if err != nil {
			return final{err}
		}
		messages = append(messages, message)
	}
	return n.hand(ctx, m, addresses, messages)
}

// hand gives mails, one for each address, to the channel's mail server.
func (n *Notifier) hand(ctx context.Context, m notice, addresses []string, messages []*mail.Msg) error {
	client, err := n.mailer(m)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	sent := 0
	err = client.Send(messages...)
	for i, message := range messages {
		if message.IsDelivered() {
			sent++
			continue
		}
		n.Logger.Warn("A mail was refused", "tenant", m.tenant.Name, "channel", m.channel.Name, "person", m.channel.Person(addresses[i]), "error", message.SendError())
	}
	if sent > 0 {
		return nil
	}
	return err
}

// groups are those who may decide, and of an escalation those who may from now on.
func (m notice) groups() []string {
	if m.delivery.Event == ledger.Escalated {
		return authority.Split(m.intent.EscalateTo)
	}
	return desk.Deciding(m.intent)
}

// addresses are those of the people who may decide, and of all for an intent that
// no group decides.
func (m notice) addresses() []string {
	var out []string
	groups := m.groups()
	for _, address := range slices.Sorted(maps.Keys(m.channel.People)) {
		person, ok := m.tenant.People.Find(m.channel.Person(address))
		if ok && (len(groups) == 0 || slices.ContainsFunc(groups, person.In)) {
			out = append(out, address)
		}
	}
	return out
}

func (n *Notifier) mailer(m notice) (*mail.Client, error) {
	server, err := url.Parse(m.channel.URL)
	if err != nil {
		return nil, final{err}
	}
	options := []mail.Option{
		mail.WithTimeout(sendWithin), mail.WithDialContextFunc(egress.Dialer(m.channel.Loopback, sendWithin).DialContext),
		mail.WithTLSConfig(&tls.Config{ServerName: server.Hostname(), MinVersion: tls.VersionTLS12}),
	}
	switch {
	case server.Scheme == "smtps":
		options = append(options, mail.WithSSLPort(false))
	case m.channel.Loopback:
		options = append(options, mail.WithTLSPortPolicy(mail.TLSOpportunistic))
	default:
		options = append(options, mail.WithTLSPortPolicy(mail.TLSMandatory))
	}
	if port := server.Port(); port != "" {
		number, err := strconv.Atoi(port)
		if err != nil {
			return nil, final{err}
		}
		options = append(options, mail.WithPort(number))
	}
	if m.channel.User != "" {
		password, err := n.secret(m.tenant, m.channel.Secret)
		if err != nil {
			return nil, err
		}
		kind := mail.SMTPAuthAutoDiscover // never a password in clear
		if m.channel.Loopback {
			kind = mail.SMTPAuthPlain // nor beyond this machine
		}
		options = append(options, mail.WithSMTPAuth(kind), mail.WithUsername(m.channel.User), mail.WithPassword(password))
	}
	return mail.NewClient(server.Hostname(), options...)
}

// mail is the message to one person. All mails about one intent are one thread.
func (m notice) mail(to string, now time.Time) (*mail.Msg, error) {
	message, err := m.blank(to, now)
	if err != nil {
		return nil, err
	}
	_, host, _ := strings.Cut(m.channel.From, "@")
	thread := m.intent.ID + "@" + host
	message.SetMessageIDWithValue(fmt.Sprintf("%s.%d.%s", m.intent.ID, m.delivery.Version, thread))
	message.SetGenHeader(mail.HeaderReferences, "<"+thread+">")
	message.Subject(m.tenant.Title + ": " + oneLine(m.headline()))
	message.SetBodyString(mail.TypeTextPlain, m.letter())
	return message, nil
}

// blank is a mail to one person that says nothing yet.
func (m notice) blank(to string, now time.Time) (*mail.Msg, error) {
	message := mail.NewMsg()
	message.SetDateWithValue(now)
	message.SetBulk() // no out-of-office answers
	return message, errors.Join(message.From(m.channel.From), message.To(to))
}

func (m notice) letter() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", oneLine(m.headline()))
	for _, line := range m.lines() {
		fmt.Fprintf(&b, "%-10s %s\n", line.name+":", oneLine(line.value))
	}
	fmt.Fprintf(&b, "\n%s\n%s\n", m.say("Read all of it and decide in the Desk:"), m.url)
	if m.intent.State == ledger.Waiting {
		fmt.Fprintf(&b, "\n%s\n", m.say("This mail decides nothing, and nothing happens until somebody decides."))
	}
	return b.String()
}

// oneLine keeps somebody's words from looking like lines of ours.
func oneLine(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
