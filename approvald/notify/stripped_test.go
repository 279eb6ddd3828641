package notify

import (
	"net"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/channel"
	"github.com/sallyport/sallyport/internal/tenant"
)

// Beyond this machine STARTTLS is needed: who takes it out of the server's answer
// reads neither a mail nor a login.
func TestSTARTTLSIsNeeded(t *testing.T) {
	for name, user := range map[string]string{"with a login": "gateway", "without": ""} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			defer func() { _ = ours.Close() }()
			heard := make(chan []string, 1)
			go func() {
				var lines []string
				defer func() { heard <- lines }()
				server := textproto.NewConn(theirs)
				for err := server.PrintfLine("220 mail.example"); err == nil; err = server.PrintfLine("250-mail.example\r\n250 AUTH PLAIN LOGIN SCRAM-SHA-256 CRAM-MD5") {
					line, err := server.ReadLine()
					if err != nil {
						return
					}
					lines = append(lines, line)
				}
			}()
			at := &url.URL{Scheme: "smtp", Host: "mail.example"}
			n := &Notifier{Options: Options{Secrets: func(string, string) (string, bool) { return "mail password", true }}}
			client, err := n.mailer(notice{tenant: &tenant.Tenant{Name: "acme"}, channel: &channel.Channel{User: user}}, at, ours)
			if err != nil {
				t.Fatal(err)
			}
			if err := client.DialWithContext(t.Context()); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
				t.Errorf("got %v", err)
			}
			_ = ours.Close()
			for _, line := range <-heard {
				if !strings.HasPrefix(line, "EHLO ") && !strings.HasPrefix(line, "HELO ") && line != "QUIT" {
					t.Errorf("it said %q", line)
				}
			}
		})
	}
}
