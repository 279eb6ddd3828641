package rig

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// exampleOrigin is where examples/tenants expect the example provider.
const exampleOrigin = "127.0.0.1:10090"

// Root is the repository's folder.
func Root(tb testing.TB) string {
	tb.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		tb.Fatal("the repository's folder cannot be found")
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Built is a file that `make build` makes.
func Built(tb testing.TB, name string) string {
	tb.Helper()
	path := filepath.Join(Root(tb), "bin", name)
	if _, err := os.Stat(path); err != nil {
		tb.Fatalf("%v: run `make build`", err)
	}
	return path
}

// ShortDir is a temporary folder whose path leaves room for unix sockets.
func ShortDir(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "sp")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// ExampleTenants copies the example tenants to a folder, with their tools at
// address instead of the example provider's.
func ExampleTenants(tb testing.TB, to, address string) {
	tb.Helper()
	if err := os.CopyFS(to, os.DirFS(filepath.Join(Root(tb), "examples", "tenants"))); err != nil {
		tb.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(to, "*", "tools.yaml"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no tools.yaml in %s: %v", to, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		data = bytes.ReplaceAll(data, []byte(exampleOrigin), []byte(address))
		if err := os.WriteFile(file, data, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}
