package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
)

func TestMain(m *testing.M) {
	if os.Getenv("SALLYPORT_TEST_MAIN") != "" { // started by a test as the command itself
		main()
	}
	for _, name := range []string{"SALLYPORT_DATA", "SALLYPORT_DESK", "SALLYPORT_TENANTS", "CLICKHOUSE_URL"} {
		_ = os.Unsetenv(name)
	}
	_ = os.Setenv("XDG_CONFIG_HOME", filepath.Join(os.TempDir(), "sallyport-no-login")) // never a login of who runs this
	_ = os.Setenv("SALLYPORT_ADMIN", "http://127.0.0.1:1")                              // never a gateway that somebody runs here
	os.Exit(m.Run())
}

// outcome is what a command left behind.
type outcome struct {
	code           int
	stdout, stderr string
}

// sallyport runs one command of this program; one that should end at once and
// serves instead is stopped.
func sallyport(t testing.TB, stdin string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 20*time.Second)
	defer cancel()
	code := run(&surroundings{ctx: ctx, stdout: &stdout, stderr: &stderr, stdin: strings.NewReader(stdin)}, args)
	return outcome{code, stdout.String(), stderr.String()}
}

// succeeds runs a command that must, and returns what it printed.
func succeeds(t testing.TB, stdin string, args ...string) string {
	t.Helper()
	got := sallyport(t, stdin, args...)
	if got.code != 0 || got.stderr != "" {
		t.Fatalf("%v: %+v", args, got)
	}
	return got.stdout
}

// decoded is JSON that a command printed.
func decoded[T any](t testing.TB, text string) T {
	t.Helper()
	var out T
	decoder := json.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&out); err != nil || decoder.More() {
		t.Fatalf("%v: %q", err, text)
	}
	return out
}

// started is a data folder with keys, as `up` leaves it.
func started(t testing.TB) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if _, err := keyring.Open(filepath.Join(data, "keys")); err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
