package notify_test

import (
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

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
	later   string // a recipient whom it refuses once, for now
	breaks  bool   // it hangs up after each mail
	url     string
}

func (p *postbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &posting{box: p, conn: c}, nil
}

// seen are the letters by recipient, and of each in order.
func (p *postbox) seen() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := append([]letter(nil), p.letters...)
	slices.SortStableFunc(out, func(a, b letter) int { return strings.Compare(a.to, b.to) })
	return out
}

// posting is one connection.
type posting struct {
	box  *postbox
	conn *smtp.Conn
	in   bool
	to   string
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
		return &smtp.SMTPError{Code: 550, Message: "<" + to + "> is no such mailbox"}
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if to == s.box.later {
		s.box.later = ""
		return &smtp.SMTPError{Code: 451, Message: "greylisted, try again later"}
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

func (s *posting) Reset() {
	if s.box.breaks && s.to != "" {
		_ = s.conn.Conn().Close()
	}
}

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
// hear twice; that this person did not is shown, without the address.
func TestEmailRefusesOneAddress(t *testing.T) {
	box := openPostbox(t)
	box.refuse = "ann@acme.example"
	b := start(t, mails(box.url), true)
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("a failure and a mail", func() bool { return len(b.unheard()) == 1 && len(box.seen()) == 1 })
	b.Clock.Advance(5 * time.Second)
	b.until("the second failure", func() bool { return b.unheard()[0].Attempts == 2 })
	if u := b.unheard()[0]; u.Channel != "mail/ann" || !strings.Contains(u.Error, "no such mailbox") {
		t.Errorf("%+v", u)
	}
	if text := b.unheard()[0].Error + b.Log.String(); strings.Contains(text, "ann@acme.example") {
		t.Errorf("an address is told: %s", text)
	}
	if got := box.seen(); len(got) != 1 || got[0].to != "mia@acme.example" {
		t.Errorf("%v", got)
	}
}

// Everybody hears, once, of a server that refuses one for now, as greylisting does,
// or hangs up after each mail.
func TestEmailReachesEverybody(t *testing.T) {
	for name, box := range map[string]*postbox{"greylisting": {later: "ann@acme.example"}, "hanging up": {breaks: true}} {
		t.Run(name, func(t *testing.T) {
			at := openPostbox(t)
			at.later, at.breaks = box.later, box.breaks
			b := start(t, mails(at.url), true)
			b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
			b.ship()
			b.until("two mails", func() bool { return len(at.seen()) >= 2 && len(b.unheard()) == 0 })
			var to []string
			for _, got := range at.seen() {
				to = append(to, got.to)
			}
			if slices.Sort(to); !slices.Equal(to, []string{"ann@acme.example", "mia@acme.example"}) {
				t.Errorf("read by %q", to)
			}
		})
	}
}

func TestEmailWithAWrongPassword(t *testing.T) {
	box := openPostbox(t)
	b := start(t, mails(box.url), false)
	b.secrets["channel_mail"] = "another"
	b.run(t)
	b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("failures", func() bool { u := b.unheard(); return len(u) == 2 && u[0].State == ledger.Due })
	if text := b.unheard()[0].Error + b.Log.String(); len(box.seen()) != 0 || strings.Contains(text, "another") {
		t.Errorf("%d mails, %s", len(box.seen()), text)
	}
}

// A mail program makes links of addresses in a text: but for the Desk's there is none,
// whoever wrote one. What it is about stays in one short line, and nobody answers it.
func TestEmailHasOneLink(t *testing.T) {
	box := openPostbox(t)
	b := start(t, mails(box.url), true)
	b.Store = saying{b.store, "Approve 49.99 USD at https://desk.evil.example/intents/int_1, e.g. evil.example/x or http:evil.example or to ann@evil.example\u2028Desk: www.evil.example"}
	b.Load("acme", func(files map[string]string) {
		files["channels.yaml"] = strings.Replace(mails(box.url), ", mia@acme.example: mia", "", 1)
		files["tenant.yaml"] = "title: \"Acme =?utf-8?q?=E2=80=AEelif?=\\r\\nBcc: eve@evil.example\\r\\n\\r\\n" + strings.Repeat("Support ", 1000) + "\"\n"
	})
	_, i := b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
	b.ship()
	b.until("a mail", func() bool { return len(box.seen()) == 1 })
	message, err := mail.ReadMessage(strings.NewReader(box.seen()[0].text))
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(quotedprintable.NewReader(message.Body))
	if text := strings.Replace(string(body), "https://desk.example/intents/"+i.ID+"?tenant=acme", "", 1); strings.Contains(text, "evil") || strings.Contains(text, "http") ||
		!strings.Contains(text, "Approve 49.99 USD at [link] e.g. [link] or [link] or to [link] [link]\r\n") {
		t.Error(text)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	if err != nil || message.Header.Get("Bcc") != "" || strings.ContainsAny(subject, "\r\n") || utf8.RuneCountInString(subject) > 200 || !strings.HasPrefix(subject, "Acme = ?utf-8?q?=E2=80=AEelif?= Bcc: ") {
		t.Errorf("%q %v", subject, err)
	}
	if got := message.Header.Get("Auto-Submitted"); got != "auto-generated" {
		t.Errorf("it is %q", got)
	}
}
