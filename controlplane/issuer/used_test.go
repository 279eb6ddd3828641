package issuer

import (
	"strconv"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

// One client that signs without end takes no other one's room.
func TestAssertionsOfOneClientFillNobodyElses(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	h := &Handler{Options: Options{URL: "https://gw.example", Clock: clockwork.NewFakeClockAt(now)}, used: newUsed(), started: now}
	accepts := func(client, id string) bool {
		return h.accepts(assertionClaims{
			Issuer: client, Subject: client, Audience: audience{h.URL}, ID: id,
			IssuedAt: float64(now.Unix()), Expires: float64(now.Add(assertionFor).Unix()),
		})
	}
	for n := 0; accepts("acme.bot", strconv.Itoa(n)); n++ {
		if n > 1<<20 {
			t.Fatal("nothing bounds what one client has remembered")
		}
	}
	for _, other := range []string{"globex.bot", OperatorClient} {
		if !accepts(other, "0") || accepts(other, "0") {
			t.Errorf("%s: its first assertion is good once", other)
		}
	}
}
