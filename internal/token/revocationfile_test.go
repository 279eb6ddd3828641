package token

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/follow"
	"github.com/sallyport/sallyport/internal/reason"
)

func TestRevocationFile(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	old := Identity{Tenant: "acme", Agent: "bot", TokenID: "tok_1", IssuedAt: at.Add(-time.Minute), Session: Session{ID: "ses_1"}}
	renewed := old
	renewed.TokenID, renewed.IssuedAt = "tok_2", at
	for name, c := range map[string]struct {
		entry        Revocation
		old, renewed bool
	}{
		"the token":             {Revocation{Token: "tok_1"}, true, false},
		"another token":         {Revocation{Token: "tok_3"}, false, false},
		"the session":           {Revocation{Tenant: "acme", Session: "ses_1"}, true, true},
		"a session elsewhere":   {Revocation{Tenant: "globex", Session: "ses_1"}, false, false},
		"the agent until now":   {Revocation{Tenant: "acme", Agent: "bot"}, true, false},
		"another agent":         {Revocation{Tenant: "acme", Agent: "bot2"}, false, false},
		"the tenant until now":  {Revocation{Tenant: "acme"}, true, false},
		"another tenant":        {Revocation{Tenant: "globex"}, false, false},
		"everything until now":  {Revocation{}, true, false},
		"narrowest, not widest": {Revocation{Tenant: "acme", Agent: "bot", Token: "tok_9"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := NewRevocationFile(filepath.Join(t.TempDir(), "revocations"))
			if entries, err := f.List(); err != nil || len(entries) != 0 {
				t.Fatalf("before: %v %v", entries, err)
			}
			c.entry.At, c.entry.Why = at, "lost laptop"
			if err := f.Add(c.entry); err != nil {
				t.Fatal(err)
			}
			entries, err := f.List()
			if err != nil || len(entries) != 1 || entries[0] != c.entry {
				t.Fatalf("%+v %v", entries, err)
			}
			set := setOf(entries)
			if set.has(old) != c.old || set.has(renewed) != c.renewed {
				t.Errorf("the old one is revoked: %v, the renewed one: %v", set.has(old), set.has(renewed))
			}
		})
	}
	f := NewRevocationFile(filepath.Join(t.TempDir(), "revocations"))
	for _, vague := range []Revocation{{At: at, Agent: "bot"}, {At: at, Session: "ses_1"}, {At: at, Tool: "stripe"}, {At: at, Tenant: "acme", Restore: true}} {
		if err := f.Add(vague); err == nil {
			t.Errorf("%+v names no tenant", vague)
		}
	}
	// A later entry takes nothing back.
	entries := []Revocation{{At: at.Add(time.Hour), Tenant: "acme", Agent: "bot"}, {At: at, Tenant: "acme", Agent: "bot"}}
	if !setOf(entries).has(renewed) {
		t.Error("an earlier time took back a later one")
	}
}

// A tool is off for every token, also later ones, until it is restored.
func TestToolsAreSwitchedOff(t *testing.T) {
	off, on := Revocation{Tenant: "acme", Tool: "stripe"}, Revocation{Tenant: "acme", Tool: "stripe", Restore: true}
	for name, c := range map[string]struct {
		entries []Revocation
		want    bool
	}{
		"never":                       {nil, false},
		"switched off":                {[]Revocation{off}, true},
		"restored":                    {[]Revocation{off, on}, false},
		"off again":                   {[]Revocation{off, on, off}, true},
		"of another tenant":           {[]Revocation{{Tenant: "globex", Tool: "stripe"}}, false},
		"another tool":                {[]Revocation{{Tenant: "acme", Tool: "zendesk"}}, false},
		"restored for another tenant": {[]Revocation{off, {Tenant: "globex", Tool: "stripe", Restore: true}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			v := verifier(t)
			v.Revoke(setOf(c.entries))
			if got := v.ToolOff("acme", "stripe"); got != c.want {
				t.Errorf("off: %v", got)
			}
			if _, code := v.Verify(sign(t, seed, "token-0001", identity()), now); code != "" {
				t.Errorf("the token is %s", code)
			}
		})
	}
}

// A file that is damaged while the gateway runs gives nothing back.
func TestRevocationsAreFollowed(t *testing.T) {
	clock, path := clockwork.NewFakeClock(), filepath.Join(t.TempDir(), "revocations")
	v, id := verifier(t), identity()
	id.IssuedAt, id.Expires = clock.Now().Add(-time.Minute).Truncate(time.Second), clock.Now().Add(time.Hour).Truncate(time.Second)
	raw := sign(t, seed, "token-0001", id)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	f := NewRevocationFile(path)
	go func() { ended <- f.Follow(ctx, v, clock, slog.New(slog.DiscardHandler)) }()
	until := func(want reason.Code) {
		t.Helper()
		deadline := time.After(30 * time.Second)
		for {
			_, got := v.Verify(raw, clock.Now())
			if got == want {
				return
			}
			select {
			case <-deadline:
				t.Fatalf("the token is %q, want %q", got, want)
			case <-time.After(time.Millisecond):
				clock.Advance(follow.Every)
			}
		}
	}
	until("")
	if err := f.Add(Revocation{At: clock.Now().Add(time.Hour), Tenant: "acme", Agent: "billing-bot"}); err != nil {
		t.Fatal(err)
	}
	until(reason.TokenRevoked)
	for _, text := range []string{"", "no JSON\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			clock.Advance(follow.Every)
		}
		if _, got := v.Verify(raw, clock.Now()); got != reason.TokenRevoked {
			t.Errorf("with %q in the file it is %q", text, got)
		}
	}
	if err := f.Load(v); err == nil || !strings.Contains(err.Error(), path+":1") {
		t.Errorf("a damaged file: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
