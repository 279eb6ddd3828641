package keyring

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/sallyport/sallyport/internal/follow"
)

// aged sets when a key was made.
func aged(t *testing.T, dir, id string, ago time.Duration) {
	t.Helper()
	at := time.Now().Add(-ago)
	if err := os.Chtimes(filepath.Join(dir, id+".key"), at, at); err != nil {
		t.Fatal(err)
	}
}

func kids(r *Ring) string {
	var out []string
	for _, k := range r.Keys(Token, time.Now()) {
		name := k.ID
		if k.Signs {
			name += "*"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func reload(t *testing.T, r *Ring) {
	t.Helper()
	if err := r.Reload(time.Now()); err != nil {
		t.Fatal(err)
	}
}

// A new key is known before it signs; an old one verifies until nothing that it
// signed can be valid.
func TestRotation(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	r := open(t, dir)
	if got := kids(r); got != "token-0001*" {
		t.Fatalf("a first key signs at once: %s", got)
	}
	aged(t, dir, "token-0001", time.Hour)
	if id, err := r.Rotate(Token); err != nil || id != "token-0002" {
		t.Fatal(id, err)
	}
	if got := kids(r); got != "token-0001* token-0002" {
		t.Errorf("at first: %s", got)
	}
	aged(t, dir, "token-0002", publishFor)
	reload(t, r)
	if kid, _ := r.Signing(Token); kid != "token-0002" || kids(r) != "token-0001 token-0002*" {
		t.Errorf("once everybody knows it: %s, %s signs", kids(r), kid)
	}
	aged(t, dir, "token-0002", Overlap)
	if _, ok := r.TokenKey("token-0001"); !ok {
		t.Error("it retires by itself, without being read again")
	}
	reload(t, r)
	if _, ok := r.TokenKey("token-0001"); ok || kids(r) != "token-0002*" {
		t.Errorf("after the overlap: %s", kids(r))
	}
	if retires := r.Keys(Token, time.Now())[0].Retires; !retires.IsZero() {
		t.Errorf("the newest key retires at %s", retires)
	}
}

func TestWithdraw(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	r := open(t, dir)
	if err := r.Withdraw(Token, "token-0001"); err == nil || !strings.Contains(err.Error(), "rotate first") {
		t.Errorf("the only key: %v", err)
	}
	if _, err := r.Rotate(Token); err != nil {
		t.Fatal(err)
	}
	for _, absent := range []string{"token-0009", "order-0001", "../keys/token-0001", ""} {
		if err := r.Withdraw(Token, absent); err == nil || !strings.Contains(err.Error(), "there are token-0001, token-0002") {
			t.Errorf("%q: %v", absent, err)
		}
	}
	if err := r.Withdraw(Token, "token-0001"); err != nil {
		t.Fatal(err)
	}
	if got := kids(r); got != "token-0002*" {
		t.Errorf("left are %s", got)
	}
}

// Another process that follows the folder knows a new key, forgets one that was
// withdrawn, and keeps what it has while the folder cannot be read.
func TestFollow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	follower, writer := open(t, dir), open(t, dir)
	clock := clockwork.NewFakeClock()
	ended := make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	go func() {
		ended <- follower.Follow(ctx, clock, slog.New(slog.NewTextHandler(io.Discard, nil)))
	}()
	until := func(what string, done func() bool) {
		t.Helper()
		for range 1000 {
			if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			clock.Advance(follow.Every)
			if done() {
				return
			}
			<-time.After(time.Millisecond)
		}
		t.Fatal("not seen: " + what)
	}
	if _, err := writer.Rotate(Token); err != nil {
		t.Fatal(err)
	}
	until("a new key", func() bool { _, ok := follower.TokenKey("token-0002"); return ok })
	if err := os.Chmod(filepath.Join(dir, "order-0001.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := follower.Reload(time.Now()); err == nil {
		t.Fatal("a folder with an open key is read")
	}
	if _, ok := follower.TokenKey("token-0001"); !ok {
		t.Error("the last keys did not stay")
	}
	if err := os.Chmod(filepath.Join(dir, "order-0001.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writer.Withdraw(Token, "token-0001"); err != nil {
		t.Fatal(err)
	}
	until("a withdrawn key", func() bool { _, ok := follower.TokenKey("token-0001"); return !ok })
}

// A secret gets a next version only where the older ones are still of use.
func TestSecretsWithVersions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	r := open(t, dir)
	for p, versions := range map[SecretPurpose]int{Surrogate: 2, Bodies: 2, ProviderKey: 1, DeskSession: 1, MCPSession: 1, WebPush: 1} {
		id, err := r.RotateSecret(p)
		if (err == nil) != (versions == 2) || err == nil && id != string(p)+"-0002" {
			t.Errorf("%s: %q, %v", p, id, err)
		}
		if got := len(r.Versions(p)); got != versions {
			t.Errorf("%s: %d versions in the process that made the next", p, got)
		}
		if got := open(t, dir).Versions(p); len(got) != versions || got[versions-1].Number != versions {
			t.Errorf("%s: %d versions after it", p, len(got))
		}
	}
}
