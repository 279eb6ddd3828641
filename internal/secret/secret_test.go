package secret

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
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

func TestValueNeverPrints(t *testing.T) {
	v := NewValue(canary)
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		_, _ = fmt.Fprintf(&out, verb+" "+verb+"\n", v, struct{ V Value }{v})
		_, _ = fmt.Fprintf(&out, verb, map[Name]Value{{"a", "b"}: v})
	}
	_ = json.NewEncoder(&out).Encode(map[string]any{"v": v, "p": &v})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v, "s", struct{ V Value }{v})
	_, _ = fmt.Fprint(&out, v, fmt.Errorf("with %v", v))
	for _, leak := range []string{canary, fmt.Sprintf("%x", canary)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("the value is in %s", out.String())
		}
	}
	if v.Reveal() != canary {
		t.Error("Reveal must give it")
	}
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

func TestFollow(t *testing.T) {
	f, cache, clock := file(t), NewCache(), clockwork.NewFakeClock()
	if err := f.Put("acme", "a", "1"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Follow(ctx, f, cache, clock, slog.New(slog.NewTextHandler(io.Discard, nil))) }()
	wait := func(name, want string) {
		t.Helper()
		for range 10_000 {
			if v, ok := cache.Lookup("acme", name); ok && v.Reveal() == want {
				return
			}
			if err := clock.BlockUntilContext(ctx, 1); err != nil {
				t.Fatal(err)
			}
			clock.Advance(followEvery)
		}
		t.Fatalf("%s never became %q", name, want)
	}
	wait("a", "1")
	if err := f.Put("acme", "bb", "2"); err != nil {
		t.Fatal(err)
	}
	wait("bb", "2")
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
