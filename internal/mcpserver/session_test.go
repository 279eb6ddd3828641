package mcpserver

import (
	"strconv"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/token"
)

func owner(tenant, agent, session string) token.Identity {
	return token.Identity{Tenant: tenant, Agent: agent, Session: token.Session{ID: session}}
}

func TestSessionIsItsOwners(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s, other := NewSessions([]byte("one")), NewSessions([]byte("two"))
	ada := owner("acme", "bot", "s1")
	id := s.New(ada, 0, now)
	if !s.Open(id, ada, now) || id == s.New(ada, 0, now) {
		t.Fatalf("its own session %s is not taken, or made twice", id)
	}
	for name, who := range map[string]token.Identity{
		"tenant": owner("globex", "bot", "s1"), "agent": owner("acme", "bot2", "s1"), "session": owner("acme", "bot", "s2"),
		"borders moved": owner("acmeb", "ot", "s1"),
	} {
		if s.Open(id, who, now) {
			t.Errorf("another %s is taken", name)
		}
	}
	if other.Open(id, ada, now) {
		t.Error("a session of another key is taken")
	}
	for i := range len(id) {
		changed := []byte(id)
		changed[i] ^= 1
		if s.Open(string(changed), ada, now) {
			t.Errorf("changed at %d: %s", i, changed)
		}
	}
	if s.Open(id+"A", ada, now) || s.Open(id[:len(id)-1], ada, now) || s.Open("", ada, now) {
		t.Error("another spelling is taken")
	}
	if !s.Open(id, ada, now.Add(sessionFor-time.Second)) || s.Open(id, ada, now.Add(sessionFor)) {
		t.Error("it does not end in time")
	}
}

// What was ended stays so, within a bound.
func TestSessionsEnd(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	s, ada := NewSessions([]byte("one")), owner("acme", "bot", "s1")
	first, last := s.New(ada, 0, now), s.New(ada, 0, now)
	s.End(first)
	s.End(first)
	if s.Open(first, ada, now) || !s.Open(last, ada, now) {
		t.Error("the wrong one ended")
	}
	for i := range maxEnded {
		s.End(strconv.Itoa(i))
	}
	s.End(last)
	if s.Open(last, ada, now) || len(s.ended) != maxEnded || len(s.order) != maxEnded {
		t.Errorf("%d are remembered", len(s.ended))
	}
}
