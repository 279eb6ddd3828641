package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/testkit"
)

// A channel is tried from the command line, through a real approvald.
func TestChannelsTest(t *testing.T) {
	got := make(chan string, 8)
	endpoint := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}))
	t.Cleanup(endpoint.Close)
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(exampleTenants)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "acme", "channels.yaml"), "channels:\n  - {name: crm, kind: webhook, url: '"+endpoint.URL+"', loopback: true, secret: channel_crm}\n")
	to := realDeskOf(t, root)
	test := append([]string{"channels", "test", "--tenant", "acme", "crm"}, to...)
	if refused := sallyport(t, "", test...); refused.code != 1 || !strings.Contains(refused.stderr, "sallyport secret put --tenant acme channel_crm") {
		t.Errorf("without its secret: %+v", refused)
	}
	succeeds(t, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secret", "put", "channel_crm", "--tenant", "acme", "--data", to[1], "--admin-url", "http://127.0.0.1:1")
	after := outcome{}
	testkit.Eventually(t, "the secret is read again", func() bool {
		after = sallyport(t, "", test...)
		return !strings.Contains(after.stderr, "not stored")
	})
	if after.code != 0 || after.stdout != "A test was sent over crm.\n" {
		t.Fatalf("it says %+v", after)
	}
	if body := <-got; !strings.Contains(body, `"type":"channel.test"`) || !strings.Contains(body, `"person":"ann"`) || len(got) != 0 {
		t.Errorf("it sent %s and %d more", body, len(got))
	}
}
