// Command wasmflow rewrites a WebAssembly module that Go compiled, in its place, so
// that engines run it faster. See internal/wasmflow.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/sallyport/sallyport/internal/durable"
	"github.com/sallyport/sallyport/internal/wasmflow"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "wasmflow: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: wasmflow FILE")
	}
	path := args[0]
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	module, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	module, counts, err := wasmflow.Straighten(module)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if counts.Straightened == 0 {
		return nil // it was done before
	}
	return durable.Replace(path, module, info.Mode())
}
