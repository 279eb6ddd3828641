package notify_test

import (
	"errors"
	"io"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
	"github.com/sallyport/sallyport/approvald/ledger"
)

// letter is a mail that a server took.
type letter struct {
	to   string
	text string
}

// postbox is a mail server that wants a login.
type postbox struct {
	mu      sync.Mutex
	letters []letter
	refuse  string // a recipient it does not know
	url     string
}

func (p *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &posting{box: p}, nil }

func (p *postbox) seen() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.letters...)
}

// posting is one connection.
type posting struct {
	box *postbox
	in  bool
	to  string
}

func (s *posting) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *posting) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "gateway" || password != "mail password" {
			return errors.New("wrong password")
		}
		s.in = true
		return nil
	}), nil
}

func (s *posting) Mail(string, *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *posting) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == s.box.refuse {
		return &smtp.SMTPError{Code: 550, Message: "no such mailbox"}
	}
	s.to = to
	return nil
}

func (s *posting) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.letters = append(s.box.letters, letter{s.to, string(text)})
	return err
}

func (s *posting) Reset()        {}
func (s *posting) Logout() error { return nil }

func openPostbox(t *testing.T) *postbox {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	box := &postbox{url: "smtp://" + listener.Addr().String()}
	server := smtp.NewServer(box)
	server.AllowInsecureAuth = true
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return box
}

func mails(url string) string {
	return "channels:\n  - {name: mail, kind: email, url: '" + url + "', loopback: true, from: gateway@acme.example, user: gateway, secret: channel_mail,\n" +
		"     people: {ann@acme.example: ann, mia@acme.example: mia, ole@acme.example: ole}}\n"
}

func TestEmail(t *testing.T) {
	box := openPostbox(t)
	b := start(t, mails(box.url), true)
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("two mails", func() bool { return len(box.seen()) == 2 })
	for n, to := range []string{"ann@acme.example", "mia@acme.example"} { // Ole decides nothing
		got := box.seen()[n]
		message, err := mail.ReadMessage(strings.NewReader(got.text))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(quotedprintable.NewReader(message.Body))
		if got.to != to || message.Header.Get("To") != "<"+to+">" || !strings.HasPrefix(message.Header.Get("Subject"), "Acme Support: billing-bot asks: ") {
			t.Errorf("to %s: %v", got.to, message.Header)
		}
		// The link needs a login: there is nothing else in it.
		if text := string(body); !strings.Contains(text, "\nhttps://desk.example/intents/"+i.ID+"?tenant=acme\r\n") || strings.Contains(text, i.Digest) || strings.Count(text, "http") != 1 {
			t.Error(text)
		}
	}
	if len(b.unheard()) != 0 {
		t.Error(b.unheard())
	}
}

// One address that is refused keeps nobody else from hearing, nor makes anybody
// hear twice.
func TestEmailRefusesOneAddress(t *testing.T) {
	box := openPostbox(t)
	box.refuse = "ann@acme.example"
	b := start(t, mails(box.url), true)
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("a mail", func() bool { return strings.Contains(b.Log.String(), "A mail was refused") && len(box.seen()) == 1 })
	b.until("the end", func() bool { return len(b.unheard()) == 0 })
	if got := box.seen(); len(got) != 1 || got[0].to != "mia@acme.example" {
		t.Errorf("%v", got)
	}
}

func TestEmailWithAWrongPassword(t *testing.T) {
	box := openPostbox(t)
	b := start(t, mails(box.url), false)
	b.secrets["channel_mail"] = "another"
	b.run(t)
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("a failure", func() bool { u := b.unheard(); return len(u) == 1 && u[0].State == ledger.Due })
	if text := b.unheard()[0].Error + b.Log.String(); len(box.seen()) != 0 || strings.Contains(text, "another") {
		t.Errorf("%d mails, %s", len(box.seen()), text)
	}
}
