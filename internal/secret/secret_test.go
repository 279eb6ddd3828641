package secret

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const canary = "sk_live_canary"

func file(t *testing.T) *File {
	t.Helper()
	dir := t.TempDir()
	f, err := OpenFile(filepath.Join(dir, "secrets.age"), filepath.Join(dir, "keys", "identity"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFile(t *testing.T) {
	f := file(t)
	for _, s := range [][3]string{{"acme", "stripe_key", canary}, {"globex", "stripe_key", "other"}, {"acme", "old", "x"}} {
		if err := f.Put(s[0], s[1], s[2]); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Delete("acme", "old"); err != nil {
		t.Fatal(err)
	}
	if err := f.Delete("acme", "old"); err == nil {
		t.Error("deleting twice must say so")
	}
	names, err := f.List()
	if diff := cmp.Diff([]Name{{"acme", "stripe_key"}, {"globex", "stripe_key"}}, names); err != nil || diff != "" {
		t.Error(err, diff)
	}
	again, err := OpenFile(f.path, filepath.Join(filepath.Dir(f.path), "keys", "identity"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := again.Load()
	if err != nil || all[Name{"acme", "stripe_key"}].Reveal() != canary {
		t.Errorf("%v %v", all, err)
	}
	data, _ := os.ReadFile(f.path)
	if bytes.Contains(data, []byte(canary)) || bytes.Contains(data, []byte("acme")) {
		t.Error("the file is in clear")
	}
}

func TestTwoWritersLoseNothing(t *testing.T) {
	f := file(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			if err := f.Put("acme", "s"+strconv.Itoa(i), "v"); err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
	if names, err := f.List(); err != nil || len(names) != 8 {
		t.Errorf("%v %v", names, err)
	}
}

func TestLostKeyIsNotReplaced(t *testing.T) {
	f := file(t)
	if err := f.Put("acme", "a", "b"); err != nil {
		t.Fatal(err)
	}
	identity := filepath.Join(filepath.Dir(f.path), "keys", "identity")
	if err := os.Remove(identity); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(f.path, identity); err == nil || !strings.Contains(err.Error(), "restore the key") {
		t.Errorf("got %v", err)
	}
}

func TestOpenRefusesUnsafeKeys(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(path string) error
		hint  string
	}{
		"readable by others": {func(path string) error { return os.Chmod(path, 0o640) }, "chmod 600"},
		"damaged":            {func(path string) error { return os.Truncate(path, 20) }, "restore it from a backup"},
	} {
		t.Run(name, func(t *testing.T) {
			f := file(t)
			identity := filepath.Join(filepath.Dir(f.path), "keys", "identity")
			if err := tt.spoil(identity); err != nil {
				t.Fatal(err)
			}
			if _, err := OpenFile(f.path, identity); err == nil || !strings.Contains(err.Error(), tt.hint) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTwoAtOnceMakeOneKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	opened := make([]*File, 8)
	var group sync.WaitGroup
	for i := range opened {
		group.Add(1)
		go func() {
			defer group.Done()
			var err error
			if opened[i], err = OpenFile(filepath.Join(dir, "secrets.age"), filepath.Join(dir, "identity")); err != nil {
				t.Error(err)
				return
			}
			if err := opened[i].Put("acme", "s"+strconv.Itoa(i), "v"); err != nil {
				t.Error(err)
			}
		}()
	}
	group.Wait()
	if names, err := opened[0].List(); err != nil || len(names) != len(opened) {
		t.Errorf("%v %v", names, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPutRefuses(t *testing.T) {
	f := file(t)
	for name, s := range map[string][3]string{
		"no tenant":          {"", "key", "v"},
		"tenant as a path":   {"../acme", "key", "v"},
		"no name":            {"acme", "", "v"},
		"name with a space":  {"acme", "a key", "v"},
		"no value":           {"acme", "key", ""},
		"a line break":       {"acme", "key", canary + "\n"},
		"two headers":        {"acme", "key", canary + "\r\nx: y"},
		"not UTF-8":          {"acme", "key", canary + "\xff"},
		"larger than Envoy ": {"acme", "key", strings.Repeat(canary, 2000)},
	} {
		t.Run(name, func(t *testing.T) {
			err := f.Put(s[0], s[1], s[2])
			if err == nil || strings.Contains(err.Error(), canary) {
				t.Errorf("got %v", err)
			}
		})
	}
	if names, err := f.List(); err != nil || len(names) != 0 {
		t.Errorf("%v %v", names, err)
	}
}

// Any cut and any flipped byte is noticed.
func TestDamageIsNoticed(t *testing.T) {
	f := file(t)
	if err := f.Put("acme", "key", canary); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 1
		for what, data := range map[string][]byte{"cut": whole[:i], "flipped": flipped} {
			if all, err := f.values(data); err == nil || len(all) > 0 {
				t.Fatalf("%s at byte %d: %v %v", what, i, all, err)
			}
		}
	}
}
