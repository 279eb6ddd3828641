package token

import (
	"testing"
	"time"
)

// What is open ends when its own agent, session, token, tenant or tool is
// revoked, and by nothing else.
func TestRevokedEndsWhatIsOpen(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	who := Identity{Tenant: "acme", Agent: "bot", TokenID: "tok_1", IssuedAt: now, Session: Session{ID: "s1"}}
	at := now.Add(time.Second)
	for name, c := range map[string]struct {
		entry Revocation
		ends  bool
	}{
		"the agent":        {Revocation{At: at, Tenant: "acme", Agent: "bot"}, true},
		"its session":      {Revocation{At: at, Tenant: "acme", Session: "s1"}, true},
		"its token":        {Revocation{At: at, Token: "tok_1"}, true},
		"its tool":         {Revocation{At: at, Tenant: "acme", Tool: "stripe"}, true},
		"its tenant":       {Revocation{At: at, Tenant: "acme"}, true},
		"everything":       {Revocation{At: at}, true},
		"an earlier agent": {Revocation{At: now.Add(-time.Second), Tenant: "acme", Agent: "bot"}, false},
		"another agent":    {Revocation{At: at, Tenant: "acme", Agent: "other"}, false},
		"another tool":     {Revocation{At: at, Tenant: "acme", Tool: "zendesk"}, false},
		"another tenant":   {Revocation{At: at, Tenant: "globex"}, false},
	} {
		var r Revoked
		ended, stopped := 0, 0
		stop := r.AfterFunc(who, "stripe", func() { ended++ })
		r.AfterFunc(who, "stripe", func() { stopped++ })()
		r.Revoke(setOf([]Revocation{c.entry}))
		r.Revoke(setOf([]Revocation{c.entry}))
		if (ended == 1) != c.ends || ended > 1 || stopped != 0 || len(r.waiting) != map[bool]int{false: 1}[c.ends] {
			t.Errorf("%s: ended %d times, %d when stopped, %d left", name, ended, stopped, len(r.waiting))
		}
		if r.Has(who) != (c.ends && c.entry.Tool == "") {
			t.Errorf("%s: revoked is %v", name, r.Has(who))
		}
		r.AfterFunc(who, "stripe", func() { stopped++ })
		if (stopped == 1) != c.ends {
			t.Errorf("%s: what opens later ends %d times", name, stopped)
		}
		stop()
	}
}
