package house_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// Decisions are spoken of by their numbers, so each has its own, and none is missing.
func TestDecisionsAreCounted(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root(), "docs", "design", "*.md"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d decisions, %v", len(paths), err)
	}
	for n, path := range paths { // sorted
		if name, want := filepath.Base(path), fmt.Sprintf("%04d-", n+1); !strings.HasPrefix(name, want) {
			t.Errorf("%s: its number must be %s", name, strings.TrimSuffix(want, "-"))
			return
		}
	}
}
