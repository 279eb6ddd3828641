package wasmflow_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/sallyport/sallyport/internal/wasmflow"
)

// TestProgram: what a program prints is the same natively and rewritten, whatever
// way its functions are left and come back to.
func TestProgram(t *testing.T) {
	want := output(t, exec.Command("go", "run", "-trimpath", "./testdata/program"))
	module := compiled(t)
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

// compiled is the program as Go compiles it.
func compiled(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program.wasm")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "./testdata/program")
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

func run(t *testing.T, module []byte) string {
	t.Helper()
	ctx := t.Context()
	runtime := wazero.NewRuntime(ctx)
	defer func() { _ = runtime.Close(ctx) }()
	wasi_snapshot_preview1.MustInstantiate(ctx, runtime)
	var printed bytes.Buffer
	config := wazero.NewModuleConfig().WithStderr(&printed).WithSysNanotime().WithSysWalltime()
	if _, err := runtime.InstantiateWithConfig(ctx, module, config); err != nil {
		t.Fatalf("%v\n%s", err, printed.String())
	}
	return printed.String()
}
