package keyring

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		kid, mac := first.MAC(p)
		if other, ok := second.MACKey(p, kid); !ok || !bytes.Equal(other, mac) || len(mac) != secretBytes {
			t.Errorf("%s: the key for a MAC did not survive", p)
		}
		seen[string(mac)] = true
	}
	for _, p := range secretPurposes {
		if !bytes.Equal(first.Secret(p), second.Secret(p)) || len(first.Secret(p)) != secretBytes {
			t.Errorf("%s: the secret did not survive", p)
		}
		seen[string(first.Secret(p))] = true
	}
	if len(seen) != 2*len(signingPurposes)+len(secretPurposes) {
		t.Error("two purposes share a key")
	}
	kid, _ := first.Signing(Admission)
	if _, ok := first.MACKey(Order, kid); ok {
		t.Error("an admission's key id names a key for the MAC of orders")
	}
	if _, ok := first.Public(Order, kid); ok {
		t.Error("an admission's key id names a key for orders")
	}
}

// Goroutines share no memory of the folder, so they stand for processes.
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

// A name that is a pattern to a shell is only a name here.
func TestAnyFolderName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys [a-b]*?")
	first, second := open(t, dir), open(t, dir)
	if !bytes.Equal(first.Secret(ProviderKey), second.Secret(ProviderKey)) {
		t.Error("the secret did not survive")
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	open(t, dir)
	var got []string
	for _, path := range append([]string{dir}, files(t, dir)...) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, info.Mode().String()+" "+info.Name())
	}
	want := []string{
		"drwx------ keys", "-rw------- admission-0001.key", "-rw------- bodies-0001.key", "-rw------- desk-session-0001.key",
		"-rw------- mcp-session-0001.key", "-rw------- operator-0001.key", "-rw------- order-0001.key", "-rw------- provider-key-0001.key", "-rw------- surrogate-0001.key", "-rw------- token-0001.key", "-rw------- web-push-0001.key",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		paths = append(paths, filepath.Join(dir, e.Name()))
	}
	return paths
}

func TestRefusesUnsafeFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(dir, file string) error
		hint  string
	}{
		"readable by others": {func(_, file string) error { return os.Chmod(file, 0o640) }, "chmod 600"},
		"a folder":           {func(_, file string) error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) }, "is no file"},
		"a link": {func(dir, file string) error {
			return errors.Join(os.Remove(file), os.Symlink(filepath.Join(dir, "token-0001.key"), file))
		}, "is no file"},
		"open folder": {func(dir, _ string) error { return os.Chmod(dir, 0o755) }, "chmod 700"},
		"no hex":      {func(_, file string) error { return os.WriteFile(file, []byte("xyz"), 0o600) }, "restore it from a backup"},
		"cut short":   {func(_, file string) error { return os.Truncate(file, 60) }, "restore it from a backup"},
		"empty":       {func(_, file string) error { return os.Truncate(file, 0) }, "restore it from a backup"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "keys")
			open(t, dir)
			file := filepath.Join(dir, "order-0001.key")
			secret, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.spoil(dir, file); err != nil {
				t.Fatal(err)
			}
			_, err = Open(dir)
			if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), tt.hint) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), string(secret[:16])) {
				t.Errorf("the key is in %v", err)
			}
		})
	}
}

// file is what the system says of a file of some user.
type file struct {
	fs.FileInfo
	uid uint32
}

func (f file) Sys() any { return &syscall.Stat_t{Uid: f.uid} }

func TestOwned(t *testing.T) {
	own := uint32(os.Geteuid())
	if !owned(file{uid: own}) || !owned(file{uid: 0}) || owned(file{uid: own + 1}) {
		t.Error("only our own files and root's are trusted")
	}
}
