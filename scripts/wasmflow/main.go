// Command wasmflow rewrites a WebAssembly module that Go compiled so that engines run
// it faster. See internal/wasmflow.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
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
	if len(args) != 2 {
		return errors.New("usage: wasmflow FROM TO")
	}
	from, to := args[0], args[1]
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	module, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if module, _, err = wasmflow.Straighten(module); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	switch there, err := os.ReadFile(to); {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case bytes.Equal(there, module):
		return nil // a build that has nothing to do leaves it alone
	}
	return durable.Replace(to, module, info.Mode())
}
