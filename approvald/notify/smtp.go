package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/sallyport/sallyport/internal/channel"
	"github.com/sallyport/sallyport/internal/egress"
)

// Where mail servers listen: with TLS from the first byte, for those who log in,
// and on this machine for everybody.
const (
	portTLS    = "465"
	portLogin  = "587"
	portAnyone = "25"
)

// maxSaid bounds what a mail server may say over one connection, in bytes.
const maxSaid = 1 << 20

var errTalkative = errors.New("the mail server says too much")

// hand gives mails, one for each address, to the channel's mail server.
func (n *Notifier) hand(ctx context.Context, m notice, addresses []string, messages []*mail.Msg) error {
	server, err := url.Parse(m.channel.URL)
	if err != nil {
		return final{err}
	}
	conn, err := n.reach(ctx, m.channel, server)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	client, err := n.mailer(m, server, conn)
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
		n.Logger.Warn("A mail was refused", "tenant", m.tenant.Name, "channel", m.channel.Name, "person", m.channel.Person(addresses[i]), "error", m.nameless(message.SendError()))
	}
	if sent > 0 { // the attempt counts, or those would hear again
		return nil
	}
	return m.nameless(err)
}

// nameless says what a mail server did without the addresses of people.
func (m notice) nameless(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for address, person := range m.channel.People {
		text = strings.ReplaceAll(text, address, person)
	}
	return errors.New(text)
}

// reach connects to a mail server, for smtps:// with TLS. The connection ends with
// ctx: the library that speaks over it knows neither.
func (n *Notifier) reach(ctx context.Context, c *channel.Channel, server *url.URL) (conn net.Conn, err error) {
	for _, port := range ports(c, server) {
		conn, err = egress.Dialer(c.Loopback, sendWithin).DialContext(ctx, "tcp", net.JoinHostPort(server.Hostname(), port))
		if err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	plain := &bounded{Conn: conn, left: maxSaid}
	context.AfterFunc(ctx, func() { _ = plain.Conn.SetDeadline(time.Unix(1, 0)) })
	if server.Scheme != "smtps" {
		return plain, nil
	}
	secure := tls.Client(plain, n.proof(server))
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, plain.Close())
	}
	return secure, nil
}

func ports(c *channel.Channel, server *url.URL) []string {
	switch {
	case server.Port() != "":
		return []string{server.Port()}
	case server.Scheme == "smtps":
		return []string{portTLS}
	case c.Loopback:
		return []string{portLogin, portAnyone}
	}
	return []string{portLogin}
}

// proof is what a mail server has to prove: that it is the host of the channel's URL.
func (n *Notifier) proof(server *url.URL) *tls.Config {
	return &tls.Config{ServerName: server.Hostname(), MinVersion: tls.VersionTLS12, RootCAs: n.MailRoots}
}

// mailer speaks over a connection. Without TLS it says nothing, but on this machine
// to a server that offers none.
func (n *Notifier) mailer(m notice, server *url.URL, conn net.Conn) (*mail.Client, error) {
	_, secure := conn.(*tls.Conn)
	policy := mail.TLSMandatory
	if secure || m.channel.Loopback {
		policy = mail.TLSOpportunistic
	}
	options := []mail.Option{
		mail.WithTLSConfig(n.proof(server)), mail.WithTLSPolicy(policy), mail.WithTimeout(sendWithin),
		mail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
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

// bounded is a connection over which the other side may say so much.
type bounded struct {
	net.Conn
	left int
}

// Read implements net.Conn.
func (b *bounded) Read(into []byte) (int, error) {
	if b.left == 0 {
		return 0, errTalkative
	}
	n, err := b.Conn.Read(into[:min(len(into), b.left)])
	b.left -= n
	return n, err
}

// SetDeadline changes nothing: the time is that of the attempt, not of each mail.
func (b *bounded) SetDeadline(time.Time) error { return nil }
