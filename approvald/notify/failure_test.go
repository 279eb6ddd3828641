package notify_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/sallyport/sallyport/approvald/execute/executetest"
)

// What an endpoint says of a failure is kept as words that every database takes,
// and neither there nor in the log is it longer than what people read.
func TestWordsOfAFailure(t *testing.T) {
	for name, says := range map[string]string{
		"no text": "gr\xfc\xdfe\x00\xff", "cut in a character": "x" + strings.Repeat("é", 300), "long": strings.Repeat("a long story ", 2_000),
	} {
		t.Run(name, func(t *testing.T) {
			endpoint := listen(t, func(w http.ResponseWriter) {
				conn, out, err := http.NewResponseController(w).Hijack()
				if err != nil {
					return
				}
				_, _ = out.WriteString("HTTP/1.1 500 " + says + "\r\ncontent-length: 0\r\n\r\n")
				_ = out.Flush()
				_ = conn.Close()
			})
			b := start(t, hook(endpoint.url), true)
			b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
			b.ship()
			b.until("a failure", func() bool { return len(b.unheard()) == 1 })
			if text := b.unheard()[0].Error; !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) > 310 || !strings.HasPrefix(text, "it answered 500 ") {
				t.Errorf("%d bytes, %q", len(text), text[:min(len(text), 400)])
			}
			if len(b.Log.String()) > 20_000 {
				t.Errorf("%d bytes of log", len(b.Log.String()))
			}
		})
	}
}

// Nobody puts off a delivery for longer than an hour by asking for it.
func TestRetryAfterIsBounded(t *testing.T) {
	patience := func(status int) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("retry-after", "31536000")
			w.WriteHeader(status)
		}
	}
	for name, status := range map[string]int{"a webhook": http.StatusServiceUnavailable, "Slack": http.StatusTooManyRequests} {
		t.Run(name, func(t *testing.T) {
			endpoint := listen(t, patience(status))
			channels := hook(endpoint.url)
			if name == "Slack" {
				channels = room(endpoint.url)
			}
			b := start(t, channels, true)
			b.Opened("one", executetest.Refund("ch_ada_1000", "10000"), leads)
			b.ship()
			b.until("a failure", func() bool { return len(b.unheard()) == 1 })
			if wait := b.unheard()[0].NextAt.Sub(b.Clock.Now()); wait > time.Hour || wait < 50*time.Minute {
				t.Errorf("again in %s", wait)
			}
		})
	}
}
