package approvald

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/mcp/client"
)

// What a client is told grows from one to the next, whoever tells it, and is told
// only while it may hear.
func TestStreamTells(t *testing.T) {
	for name, c := range map[string]struct {
		log   string
		ticks int // of the gateway before
		gone  bool
		say   []client.Notice
		want  string
	}{
		"as the tool says":     {"", 0, false, []client.Notice{{Progress: 0, Total: 4, Message: "a"}, {Progress: 1.5, Total: 4}}, `0,"total":4,"message":"a" 1.5,"total":4`},
		"behind the gateway":   {"", 2, false, []client.Notice{{Progress: 0}, {Progress: 1, Total: 4}}, `1,"message":"The gateway goes on with this call; it may wait for a person." 2,"message":"The gateway goes on with this call; it may wait for a person." 3,"total":6`},
		"never back":           {"", 0, false, []client.Notice{{Progress: 2}, {Progress: 2}, {Progress: 1}, {Progress: -9}, {Progress: 3}}, `2 3`},
		"hidden JSON":          {"", 0, false, []client.Notice{{Progress: 1, Message: "x\n{\"name\":\"Ada\"}"}}, `1,"message":"What the tool answered cannot be checked for personal data as text, so it was withheld."`},
		"a long one":           {"", 0, false, []client.Notice{{Progress: 1, Message: strings.Repeat("ä", 600)}}, `1,"message":"` + strings.Repeat("ä", 500) + `"`},
		"to whom has gone":     {"debug", 0, true, []client.Notice{{Progress: 1}, {Level: "error", Data: []byte(`1`)}}, ``},
		"a log nobody reads":   {"", 0, false, []client.Notice{{Level: "error", Data: []byte(`1`)}}, ``},
		"a log":                {"info", 0, false, []client.Notice{{Level: "debug", Data: []byte(`1`)}, {Level: "info", Logger: "l", Data: []byte(`{ "a": 1 }`)}}, `"info","logger":"l","data":{"a":1}`},
		"a line with a secret": {"info", 0, false, []client.Notice{{Level: "info", Data: []byte(`"x\n{\"name\":1}"`)}}, `"info","data":"What the tool answered cannot be checked for personal data as text, so it was withheld."`},
		"a long line":          {"info", 0, false, []client.Notice{{Level: "info", Data: []byte(`[` + strings.Repeat("1,", 9000) + `1]`)}}, `"info","data":"A line of the log that cannot be shown was left out."`},
	} {
		t.Run(name, func(t *testing.T) {
			s, w := &stream{token: `"tok"`, log: c.log}, httptest.NewRecorder()
			s.follow(context.Background(), w, clockwork.NewFakeClock(), func() bool { return !c.gone })
			s.stop()
			for range c.ticks {
				s.goesOn(w)
			}
			for _, n := range c.say {
				s.Hear(n)
			}
			s.rest(w, func() bool { return !c.gone })
			var got []string
			for line := range strings.Lines(w.Body.String()) {
				data, is := strings.CutPrefix(strings.TrimSpace(line), "data: ")
				for _, begin := range []string{`{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"tok","progress":`, `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":`} {
					if rest, ok := strings.CutPrefix(data, begin); is && ok {
						got = append(got, strings.TrimSuffix(rest, "}}"))
					}
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, " "), c.want)
			}
		})
	}
}

// Nobody waits for a client that does not read.
func TestStreamNeverBlocks(t *testing.T) {
	s := &stream{notices: make(chan client.Notice, maxNotices)}
	for range 2 * maxNotices {
		s.Hear(client.Notice{Progress: 1})
	}
	if len(s.notices) != maxNotices {
		t.Errorf("%d wait", len(s.notices))
	}
}
