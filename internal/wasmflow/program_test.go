package wasmflow_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
	"github.com/tetratelabs/wazero/sys"

	"github.com/sallyport/sallyport/internal/wasmflow"
)

// TestProgram: what a program prints is the same natively and rewritten, whatever
// way its functions are left and come back to.
func TestProgram(t *testing.T) {
	want := output(t, exec.Command("go", "run", "-trimpath", "./testdata/program"))
	module := compiled(t, "build", "./testdata/program")
	straight, counts, err := wasmflow.Straighten(module)
	if err != nil {
		t.Fatal(err)
	}
	if counts.Straightened < counts.Functions*9/10 || counts.Left == 0 {
		t.Errorf("%+v: nearly all functions are rewritten, and that with a loop of two beginnings is not", counts)
	}
	if counts.Wordwise != 1 {
		t.Errorf("%+v: the library compares texts in another way now", counts)
	}
	if got := run(t, straight); got != want {
		t.Errorf("natively the program prints\n%s\nrewritten\n%s", want, got)
	}
}

// TestLibrary: Go's library passes its own tests rewritten.
func TestLibrary(t *testing.T) {
	for _, name := range []string{"fmt", "sync"} {
		t.Run(name, func(t *testing.T) {
			straight, _, err := wasmflow.Straighten(compiled(t, "test", "-c", name))
			if err != nil {
				t.Fatal(err)
			}
			if got := run(t, straight, name, "-test.short", "-test.run=^Test"); !strings.HasSuffix(got, "PASS\n") {
				t.Error(got)
			}
		})
	}
}

// compiled is what a command of Go's compiles.
func compiled(t *testing.T, command ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program.wasm")
	name := command[len(command)-1]
	build := exec.Command("go", slices.Concat(command[:len(command)-1], []string{"-trimpath", "-ldflags=-s -w", "-o", path, name})...)
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=-buildvcs=false")
	output(t, build)
	module, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return module
}

func output(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	return string(out)
}

// run is what a module prints that ends well.
func run(t *testing.T, module []byte, args ...string) string {
	t.Helper()
	ctx := t.Context()
	runtime := wazero.NewRuntime(ctx)
	defer func() { _ = runtime.Close(ctx) }()
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	var printed bytes.Buffer
	config := wazero.NewModuleConfig().WithStdout(&printed).WithStderr(&printed).WithSysNanotime().WithSysWalltime().WithSysNanosleep().WithArgs(args...)
	var exit *sys.ExitError
	if _, err := runtime.InstantiateWithConfig(ctx, module, config); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 0) {
		t.Fatalf("%v\n%s", err, printed.String())
	}
	return printed.String()
}
