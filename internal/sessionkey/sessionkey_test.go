package sessionkey_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
	"github.com/sallyport/sallyport/internal/pii"
	"github.com/sallyport/sallyport/internal/sessionkey"
	"github.com/sallyport/sallyport/internal/surrogate"
)

func master(n byte) keyring.Version {
	return keyring.Version{Number: int(n), Key: bytes.Repeat([]byte{n}, 32)}
}

func token(t *testing.T, keys sessionkey.Keys, tenant, id string) surrogate.Token {
	t.Helper()
	key, ok := keys.Derive(tenant, id)
	if !ok {
		t.Fatal("no key")
	}
	s, err := surrogate.NewSession(key)
	if err != nil {
		t.Fatal(err)
	}
	s.Enter("stripe", keys.Subject(tenant, id, "cus_ada"))
	return surrogate.Find(nil, s.Mint(nil, surrogate.Value{Type: pii.Name, Text: []byte("Ada")}))[0]
}

// A surrogate opens in its own session, also after the key was rotated, and
// nowhere else, even where names run into one another.
func TestSessionsAreApart(t *testing.T) {
	old := sessionkey.Keys{master(1)}
	both := sessionkey.Keys{master(1), master(2)}
	made := token(t, old, "acme", "s1")
	for _, keys := range []sessionkey.Keys{old, both} {
		text, about, err := keys.Opener("acme", "s1").Open(made)
		if err != nil || text != "Ada" || about != keys.Subject("acme", "s1", "cus_ada") {
			t.Errorf("%q, %v, %v", text, about, err)
		}
	}
	for _, other := range [][2]string{{"acme", "s2"}, {"globex", "s1"}, {"acmes", "1"}, {"acme", ""}, {"", "s1"}} {
		if text, _, err := both.Opener(other[0], other[1]).Open(made); !errors.Is(err, surrogate.ErrOpen) || text != "" {
			t.Errorf("%v: %q, %v", other, text, err)
		}
	}
	if _, _, err := (sessionkey.Keys{master(2)}).Opener("acme", "s1").Open(made); !errors.Is(err, surrogate.ErrOpen) {
		t.Error("it opens without its key")
	}
	if a, b := token(t, old, "acme", "s1"), token(t, both, "acme", "s1"); a.End == 0 || b.End == 0 {
		t.Error("nothing was made")
	}
}

func TestNobodyHasNoKey(t *testing.T) {
	for _, c := range []struct {
		keys            sessionkey.Keys
		tenant, session string
	}{{nil, "acme", "s1"}, {sessionkey.Keys{master(1)}, "", "s1"}, {sessionkey.Keys{master(1)}, "acme", ""}} {
		if _, ok := c.keys.Derive(c.tenant, c.session); ok {
			t.Errorf("%+v has a key", c)
		}
	}
	keys := sessionkey.Keys{master(1)}
	if keys.Subject("acme", "s1", "") != (surrogate.Subject{}) {
		t.Error("nobody is somebody")
	}
	if keys.Subject("acme", "s1", "a") == keys.Subject("acme", "s1", "b") || keys.Subject("acme", "s1", "a") == keys.Subject("acme", "s2", "a") {
		t.Error("two people are one")
	}
}

func TestScopes(t *testing.T) {
	keys := sessionkey.Keys{master(1)}
	scopes := sessionkey.NewScopes(func() sessionkey.Keys { return keys })
	seen := map[string]bool{}
	for range 2 {
		for _, c := range [][4]string{{"acme", "s1", "stripe", "a"}, {"acme", "s1", "stripe", ""}, {"acme", "s1", "zendesk", "a"}, {"acme", "s2", "stripe", "a"}, {"globex", "s1", "stripe", "a"}} {
			header := scopes.Header(c[0], c[1], c[2], c[3])
			seen[header] = true
			scope, err := surrogate.ParseScope(header)
			if key, _ := keys.Derive(c[0], c[1]); err != nil || scope.Key != key || scope.Tool != c[2] || scope.Subject != keys.Subject(c[0], c[1], c[3]) {
				t.Errorf("%v: %+v, %v", c, scope, err)
			}
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d scopes of 5", len(seen))
	}
	if scopes.Header("acme", "", "stripe", "a") != "" || sessionkey.NewScopes(func() sessionkey.Keys { return nil }).Header("acme", "s1", "stripe", "a") != "" {
		t.Error("nobody has a scope")
	}
}

// Nobody can tell from a digest in the record what was written, not even by a guess.
func TestDigestsAreKeyed(t *testing.T) {
	keys := sessionkey.Keys{master(1), master(2)}
	digest := keys.Digest("acme", "sha256:x")
	if digest == "sha256:x" || digest != keys.Digest("acme", "sha256:x") {
		t.Errorf("%q is not that of a call", digest)
	}
	for name, other := range map[string]string{
		"another tenant's": keys.Digest("globex", "sha256:x"), "another call's": keys.Digest("acme", "sha256:y"), "another key's": keys[:1].Digest("acme", "sha256:x"),
	} {
		if other == digest {
			t.Errorf("%s is the same", name)
		}
	}
	if got := (sessionkey.Keys)(nil).Digest("acme", "sha256:x"); got != "" {
		t.Errorf("without a key: %q", got)
	}
}

// A session goes on while the key is rotated: the next version opens at once wherever
// it is read, seals when it is no longer fresh, and leaves the one before open.
func TestSessionOutlivesItsKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	open := func() *keyring.Ring {
		ring, err := keyring.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		return ring
	}
	sealer, opener := open(), open() // two processes
	aged := func(id string) {
		t.Helper()
		before := time.Now().Add(-time.Minute)
		if err := errors.Join(os.Chtimes(filepath.Join(dir, id+".key"), before, before), sealer.Reload(time.Now())); err != nil {
			t.Fatal(err)
		}
	}
	aged("surrogate-0001")
	source := sessionkey.New(sealer)
	scopes := sessionkey.NewScopes(source)
	version := func() byte {
		t.Helper()
		scope, err := surrogate.ParseScope(scopes.Header("acme", "s1", "stripe", "cus_ada"))
		if err != nil {
			t.Fatal(err)
		}
		return scope.Key.Version
	}
	before, digest, first := token(t, source(), "acme", "s1"), source().Digest("acme", "sha256:x"), version()
	if id, err := sealer.RotateSecret(keyring.Surrogate); err != nil || id != "surrogate-0002" {
		t.Fatal(id, err)
	}
	if _, _, err := source()[:1].Opener("acme", "s1").Open(token(t, source(), "acme", "s1")); err != nil || len(source()) != 2 || version() != first || source().Digest("acme", "sha256:x") != digest {
		t.Error("it seals with what another process may not have read")
	}
	if err := opener.Reload(time.Now()); err != nil {
		t.Fatal(err)
	}
	elsewhere := sessionkey.New(opener)() // read once, while the key was fresh
	aged("surrogate-0002")
	after := token(t, source(), "acme", "s1")
	if first != 1 || version() != 2 || source().Digest("acme", "sha256:x") == digest {
		t.Errorf("version %d seals, before %d", version(), first)
	}
	subject := elsewhere.Subject("acme", "s1", "cus_ada")
	for name, made := range map[string]surrogate.Token{"before": before, "after": after} {
		if text, about, err := elsewhere.Opener("acme", "s1").Open(made); err != nil || text != "Ada" || about != subject {
			t.Errorf("%s: %q, %v, %v", name, text, about, err)
		}
	}
	if _, _, err := elsewhere[:1].Opener("acme", "s1").Open(after); err == nil {
		t.Error("the old key still seals")
	}
}
