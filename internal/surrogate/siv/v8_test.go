//go:build !wasm

package siv_test

import (
	"testing"

	"github.com/sallyport/sallyport/internal/testkit"
)

// Everything that is tested here holds for the assembly that Envoy runs.
func TestInV8(t *testing.T) { testkit.InV8(t, ".") }
