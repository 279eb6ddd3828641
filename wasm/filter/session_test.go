package filter

import (
	"strconv"
	"testing"

	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/surrogate"
)

// Two answers of one session that come at once do not take each other's tool or
// subject, and what is no scope makes marks.
func TestAnswersOfOneSession(t *testing.T) {
	all := newSessions()
	seal := func(s surrogate.Scope) seal { return all.seal(s.Header()) }
	key := surrogate.Key{Version: 1, Bytes: [32]byte{1}}
	ssn := surrogate.Value{Type: pii.SSN, Text: []byte("536-22-8745")}
	a := seal(surrogate.Scope{Key: key, Subject: surrogate.Subject{1}, Tool: "a"})
	b := seal(surrogate.Scope{Key: key, Subject: surrogate.Subject{1}, Tool: "b"})
	first := string(a.minter().Mint(nil, ssn))
	if second := string(b.minter().Mint(nil, ssn)); second == first {
		t.Error("two tools have one surrogate")
	}
	if again := string(a.minter().Mint(nil, ssn)); again != first {
		t.Error("one tool has two")
	}
	c := seal(surrogate.Scope{Key: key, Tool: "a"})
	if c.subject = subjectOf(surrogate.Subject{1}.Header()); string(c.minter().Mint(nil, ssn)) != first {
		t.Error("an answer is not about whom its header says")
	}
	if c.subject = subjectOf("broken"); string(c.minter().Mint(nil, ssn)) == first {
		t.Error("a broken header is about somebody")
	}
	for _, bad := range []string{"", "x", "."} {
		if got := string(all.seal(bad).minter().Mint(nil, ssn)); got != "[ssn]" {
			t.Errorf("%q made %s", bad, got)
		}
	}
	for n := range 2 * maxScopes {
		seal(surrogate.Scope{Key: surrogate.Key{Bytes: [32]byte{byte(n), byte(n >> 8)}}, Tool: "a"})
		seal(surrogate.Scope{Key: key, Tool: strconv.Itoa(n)})
		if len(all.ready) > maxSessions || len(all.known) > maxScopes {
			t.Fatalf("%d sessions and %d scopes are kept", len(all.ready), len(all.known))
		}
	}
}
