package house_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestArchitectureNamesEveryPackage keeps the newcomer's map whole.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root(), "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, internal, found := strings.Cut(string(text), "What `internal` holds")
	if !found {
		t.Fatal("the map of internal is gone")
	}
	for _, p := range packages(t) {
		name, ok := strings.CutPrefix(p.name(), "internal/")
		if !ok {
			continue
		}
		if first, _, _ := strings.Cut(name, "/"); !strings.Contains(internal, "`"+first+"`") {
			t.Errorf("ARCHITECTURE.md does not name internal/%s", first)
		}
	}
}
