package testkit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/wasmflow"
)

// BuildModule builds a module for Envoy as `make build` does the mask: from the
// package, a path from the test's folder, to the file out.
func BuildModule(tb testing.TB, out, pkg string) {
	tb.Helper()
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		tb.Fatal(err)
	}
	profile := filepath.Join(strings.TrimSpace(string(root)), "wasm", "mask.pgo")
	build := exec.Command("go", "build", "-trimpath", "-buildmode=c-shared", "-ldflags=-s -w", "-pgo="+profile, "-o", out, pkg)
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=-buildvcs=false")
	if output, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("build %s: %v\n%s", pkg, err, output)
	}
	module, err := os.ReadFile(out)
	if err != nil {
		tb.Fatal(err)
	}
	if module, _, err = wasmflow.Straighten(module); err != nil {
		tb.Fatalf("rewrite %s: %v", pkg, err)
	}
	if err := os.WriteFile(out, module, 0o600); err != nil {
		tb.Fatal(err)
	}
}
