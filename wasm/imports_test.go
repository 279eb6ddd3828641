package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestModuleStaysSmall holds what makes the module slow or large out of it: of
// the packages with these, only the SDK may import fmt.
func TestModuleStaysSmall(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, ".")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, imports, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if slices.Contains([]string{"regexp", "encoding/json", "net", "net/url", "gopkg.in/yaml.v3"}, pkg) {
			t.Errorf("the module holds %s", pkg)
		}
		if strings.HasPrefix(pkg, "github.com/sallyport/") && slices.Contains(strings.Fields(imports), "fmt") {
			t.Errorf("%s imports fmt", pkg)
		}
	}
}
