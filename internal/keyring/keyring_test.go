package keyring

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func open(t *testing.T, dir string) *Ring {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestKeysSurviveAndDiffer(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	first, second := open(t, dir), open(t, dir)
	seen := map[string]bool{}
	for _, p := range signingPurposes {
		kid, key := first.Signing(p)
		public, ok := second.Public(p, kid)
		if !ok || !ed25519.Verify(public, []byte("x"), ed25519.Sign(key, []byte("x"))) {
			t.Errorf("%s: the key did not survive", p)
		}
		seen[string(key)] = true
	}
	for _, p := range secretPurposes {
		if !bytes.Equal(first.Secret(p), second.Secret(p)) || len(first.Secret(p)) != secretBytes {
			t.Errorf("%s: the secret did not survive", p)
		}
		seen[string(first.Secret(p))] = true
	}
	if len(seen) != len(signingPurposes)+len(secretPurposes) {
		t.Error("two purposes share a key")
	}
	kid, _ := first.Signing(Admission)
	if _, ok := first.Public(Order, kid); ok {
		t.Error("an admission's key id names a key for orders")
	}
}

func TestTwoAtOnceAgree(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	rings := make([]*Ring, 8)
	var group sync.WaitGroup
	for i := range rings {
		group.Add(1)
		go func() {
			defer group.Done()
			rings[i], _ = Open(dir)
		}()
	}
	group.Wait()
	for _, r := range rings {
		if r == nil || !bytes.Equal(r.Secret(DeskSession), rings[0].Secret(DeskSession)) {
			t.Fatal("two processes made different keys")
		}
	}
}

func TestNewestSignsAndOlderVerify(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	old, _ := open(t, dir).Signing(Token)
	if err := (folder{dir}).make("token-0002", ed25519.SeedSize); err != nil {
		t.Fatal(err)
	}
	r := open(t, dir)
	if kid, _ := r.Signing(Token); kid != "token-0002" {
		t.Errorf("%s signs", kid)
	}
	if _, ok := r.TokenKey(old); !ok {
		t.Error("the older key does not verify any more")
	}
}

func TestRefusesUnsafeFiles(t *testing.T) {
	for name, spoil := range map[string]func(dir, file string) error{
		"readable by others": func(_, file string) error { return os.Chmod(file, 0o644) },
		"open folder":        func(dir, _ string) error { return os.Chmod(dir, 0o755) },
		"damaged":            func(_, file string) error { return os.WriteFile(file, []byte("abc"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "keys")
			open(t, dir)
			if err := spoil(dir, filepath.Join(dir, "order-0001.key")); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			if err == nil || !strings.Contains(err.Error(), dir) {
				t.Errorf("got %v", err)
			}
		})
	}
}
