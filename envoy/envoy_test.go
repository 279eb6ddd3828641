package envoy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/testkit"
)

// script is a program that says it is some Envoy.
func script(t *testing.T, path, says string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho '"+says+"'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFind(t *testing.T) {
	const right, wrong = "envoy  version: abc/1.40.0/Clean/RELEASE/BoringSSL", "envoy  version: abc/1.39.1/Clean/RELEASE/BoringSSL"
	dir := t.TempDir()
	named, onPath, cache := filepath.Join(dir, "named"), filepath.Join(dir, "path", "envoy"), filepath.Join(dir, "cache")
	cached := filepath.Join(cache, "envoy", "envoy")
	for _, c := range []struct{ name, env, path, cached, want, says string }{
		{"$ENVOY", right, right, right, named, ""},
		{"$ENVOY of another version", wrong, right, right, "", "is not Envoy 1.40.0"},
		{"on PATH", "", right, right, onPath, ""},
		{"another version on PATH", "", wrong, right, cached, ""},
		{"downloaded", "", "", right, cached, ""},
		{"another version downloaded", "", "", wrong, "", "make deps"},
		{"nowhere", "", "", "", "", "make deps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("ENVOY", "")
			t.Setenv("PATH", filepath.Dir(onPath)+":/bin:/usr/bin")
			for path, says := range map[string]string{named: c.env, onPath: c.path, cached: c.cached} {
				_ = os.Remove(path)
				if says != "" {
					script(t, path, says)
				}
			}
			if c.env != "" {
				t.Setenv("ENVOY", named)
			}
			got, err := Find(t.Context(), cache)
			if got != c.want || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("found %q, %v", got, err)
			}
		})
	}
}

// admin is the least configuration: an Envoy that can be asked whether it runs.
const admin = `{"admin": {"address": {"pipe": {"path": %q}}}}`

func run(t *testing.T) (*Process, *testkit.Log) {
	t.Helper()
	path := os.Getenv("ENVOY")
	if path == "" {
		t.Fatal("this test runs a real Envoy: run `make check`, or set ENVOY")
	}
	dir, err := os.MkdirTemp("", "sp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket, out := filepath.Join(dir, "a.sock"), &testkit.Log{}
	p, err := Start(Options{Path: path, Bootstrap: fmt.Appendf(nil, admin, socket), Dir: dir, AdminSocket: socket, Concurrency: 1, Output: out})
	if err != nil {
		t.Fatal(err)
	}
	return p, out
}

func ready(t *testing.T, p *Process) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := p.Ready(ctx); err != nil {
		t.Fatal(err)
	}
}

// An Envoy that dies is started again, and says so.
func TestStartsAgain(t *testing.T) {
	p, out := run(t)
	ready(t, p)
	first := p.command.Process.Pid
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		p.mu.Lock()
		again := p.command.Process.Pid != first
		p.mu.Unlock()
		if again {
			break
		}
		select {
		case <-ctx.Done():
			t.Fatalf("it was not started again: %s", out)
		case <-time.After(10 * time.Millisecond):
		}
	}
	ready(t, p)
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "it is started again") {
		t.Errorf("nobody reads of it: %s", out)
	}
}

// A program that is replaced while Envoy is down is only late.
func TestStartsAgainOnceItCan(t *testing.T) {
	p, out := run(t)
	ready(t, p)
	real := p.options.Path
	p.mu.Lock()
	p.options.Path = filepath.Join(t.TempDir(), "not-yet")
	p.mu.Unlock()
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !strings.Contains(out.String(), "does not start") {
		select {
		case <-ctx.Done():
			t.Fatalf("it was not tried: %s", out)
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := os.Symlink(real, p.options.Path); err != nil {
		t.Fatal(err)
	}
	ready(t, p)
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

// Stop is final, also for one that died a moment ago and is about to be started
// again.
func TestStopIsFinal(t *testing.T) {
	p, _ := run(t)
	ready(t, p)
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
	if _, err := p.spawn(); !errors.Is(err, errStopped) {
		t.Errorf("it was started after Stop: %v", err)
	}
	if err := p.Ready(t.Context()); err == nil {
		t.Error("a stopped Envoy is ready")
	}
}

// Who waits for an Envoy that cannot start is not kept for ever.
func TestReadyEnds(t *testing.T) {
	p, err := Start(Options{Path: script(t, filepath.Join(t.TempDir(), "envoy"), "no"), Bootstrap: []byte("{}"), Dir: t.TempDir(), AdminSocket: "/nowhere", Output: &testkit.Log{}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := p.Ready(ctx); err == nil || !strings.Contains(err.Error(), "log") {
		t.Errorf("ready: %v", err)
	}
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}
