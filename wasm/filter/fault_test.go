package filter

import (
	"errors"
	"strings"
	"testing"
)

// TestDescribe: a line says what panicked and where, and nothing of what is in hand.
func TestDescribe(t *testing.T) {
	var none []byte
	for name, c := range map[string]struct {
		panics func()
		want   string
	}{
		"Go's":     {func() { _ = none[7] }, "runtime error: index out of range [7] with length 0 < github.com/sallyport/sallyport/wasm/filter.TestDescribe.func1:"},
		"ours":     {func() { panic(fault("a body cannot be replaced")) }, "a body cannot be replaced < "},
		"text":     {func() { panic("ann.lee@example.com") }, "untold < "},
		"an error": {func() { panic(errors.New("ann.lee@example.com")) }, "untold < "},
	} {
		func() {
			defer func() {
				got := describe(recover())
				if !strings.HasPrefix(got, c.want) || strings.Contains(got, "ann.lee") || strings.Contains(got, "\n") || strings.Contains(got, " < runtime.") {
					t.Errorf("%s: %q", name, got)
				}
			}()
			c.panics()
		}()
	}
}
