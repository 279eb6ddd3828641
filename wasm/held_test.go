package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/sallyport/sallyport/internal/testkit"
)

// holders are streams whose unfinished events are together more than a worker holds.
func holders() (names []string) {
	for n := range 48 {
		names = append(names, fmt.Sprint("holder", n))
	}
	return names
}

// testHeld proves that streams whose events do not end cost themselves alone: those
// that are too much together are broken off, and all else goes on.
func testHeld(t *testing.T, p *proxy) {
	const told = "the streams of this worker hold too much"
	var all []*turn
	over := map[string]func(){}
	for _, name := range append(holders(), "after") {
		over[name] = sync.OnceFunc(func() { close(turns[name]) })
		t.Cleanup(over[name]) // or the tool would wait for more
	}
	for _, name := range holders() {
		u := begin(t, p.urls["mask"], name, "", "")
		u.send(`data: {"email":"ann.lee@example.com","x":"` + strings.Repeat("plain ", 300_000))
		all = append(all, u)
	}
	testkit.Eventually(t, "one is too many", func() bool { return strings.Contains(p.log.String(), told) })
	if got, _ := read(t, "GET", p.urls["mask"]+"/default/ticket", nil); got.Body != maskedTicket {
		t.Errorf("next to them: %+v", got)
	}
	whole, broken := 0, 0
	for _, u := range all {
		u.send("\"}\n\n")
		switch got := u.event(t); {
		case got == "event: error\n":
			broken++
		case strings.HasPrefix(got, `data: {"email":"[email]","x":"plain `):
			whole++
		default:
			t.Errorf("%s reads %.100q", u.name, got)
		}
		over[u.name]()
	}
	if broken == 0 || whole < 24 {
		t.Errorf("%d were broken off, %d went on", broken, whole)
	}
	before := strings.Count(p.log.String(), told)
	u := begin(t, p.urls["mask"], "after", "", "")
	u.send(`data: {"email":"ann.lee@example.com","x":"` + strings.Repeat("plain ", 300_000) + "\"}\n\n")
	if got := u.event(t); !strings.HasPrefix(got, `data: {"email":"[email]"`) || strings.Count(p.log.String(), told) != before {
		t.Errorf("once they are over: %.100q", got)
	}
}
