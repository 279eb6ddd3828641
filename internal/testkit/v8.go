//go:build unix

package testkit

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

//go:embed v8.mjs
var v8 string

// InV8 runs the tests of the current folder's package that match run again, built
// for WebAssembly as the mask is: in Node, whose V8 is the engine that Envoy has.
func InV8(tb testing.TB, run string) {
	tb.Helper()
	module := filepath.Join(tb.TempDir(), "tests.wasm")
	build := exec.CommandContext(tb.Context(), "go", "test", "-c", "-trimpath", "-ldflags=-s -w", "-o", module, ".")
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=-buildvcs=false")
	if output, err := build.CombinedOutput(); err != nil {
		tb.Fatalf("build the tests for WebAssembly: %v\n%s", err, output)
	}
	tests := exec.CommandContext(tb.Context(), "node", "--no-warnings", "--input-type=module", "--eval", v8, "--", module, "-test.v", "-test.run="+run)
	output, err := tests.CombinedOutput()
	if err != nil {
		tb.Fatalf("in V8, for which Node 20 or newer is needed: %v\n%s", err, output)
	}
	tb.Logf("in V8:\n%s", output)
}
