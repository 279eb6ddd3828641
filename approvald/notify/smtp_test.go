package notify_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/sallyport/sallyport/internal/people"
	"github.com/sallyport/sallyport/internal/rig"
)

// serve is a postbox at a listener; with a certificate it offers STARTTLS.
func serve(t *testing.T, listener net.Listener, scheme string, certificate *tls.Config) *postbox {
	t.Helper()
	box := &postbox{url: scheme + "://" + listener.Addr().String()}
	server := smtp.NewServer(box)
	server.AllowInsecureAuth, server.TLSConfig = true, certificate
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return box
}

func port(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// smtps:// is TLS from the first byte with a certificate that is trusted and the
// host's, or nothing is said; and so is STARTTLS where a server offers it.
func TestMailServersProveThemselves(t *testing.T) {
	authority := rig.NewAuthority(t)
	good := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{authority.Listener()}}
	other := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{
		authority.Sign(&x509.Certificate{DNSNames: []string{"mail.example"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}),
	}}
	for name, tt := range map[string]struct {
		box   *postbox
		fails string // "" is taken
	}{
		"TLS":                     {serve(t, tls.NewListener(port(t), good), "smtps", nil), ""},
		"TLS of another host":     {serve(t, tls.NewListener(port(t), other), "smtps", nil), "certificate"},
		"in clear":                {serve(t, port(t), "smtps", nil), "tls: "},
		"in clear, with STARTTLS": {serve(t, port(t), "smtps", good), "tls: "},
		"STARTTLS":                {serve(t, port(t), "smtp", good), ""},
		"STARTTLS of another":     {serve(t, port(t), "smtp", other), "certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			b := start(t, mails(tt.box.url), false)
			b.notifier.MailRoots = authority.Pool
			err := b.tries("mail")
			switch {
			case tt.fails == "" && (err != nil || len(tt.box.seen()) != 3):
				t.Errorf("%d mails, %v", len(tt.box.seen()), err)
			case tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails) || len(tt.box.seen()) != 0):
				t.Errorf("%d mails, %v", len(tt.box.seen()), err)
			}
		})
	}
}

// A mail server that says nothing, or does not end, takes no more than its time
// and little memory.
func TestMailServersThatDoNotEnd(t *testing.T) {
	const flood = 64 << 20
	for name, greeting := range map[string]string{"nothing": "", "a long greeting": "220-" + strings.Repeat("x", 1<<10), "many lines": "220-x\r\n"} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			listener, said := port(t), make(chan int, 1)
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				total := 0
				for err == nil && greeting != "" && total < flood {
					var n int
					n, err = conn.Write([]byte(greeting))
					total += n
				}
				cancel() // the attempt's time is over
				said <- total
				_, _ = conn.Read(make([]byte, 1)) // hang up when the other side does
				_ = conn.Close()
			}()
			b := start(t, mails("smtp://"+listener.Addr().String()), false)
			acme, _ := b.Tenants.Get("acme")
			if err := b.notifier.Test(ctx, acme, "mail", people.Person{ID: "ann"}); err == nil {
				t.Error("no error")
			}
			if total := <-said; total > flood/2 {
				t.Errorf("it took %d bytes", total)
			}
		})
	}
}
