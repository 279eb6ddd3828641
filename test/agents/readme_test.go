package agents

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// promises are the lines of the README's table of what the model reads: what
// happens, and the texts that the model reads, in their order.
func promises(t *testing.T) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(rig.Root(t), "examples", "agents", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(data), "\n| what happens | the model reads |\n|---|---|\n")
	if !ok {
		t.Fatal("the README has no table of what the model reads")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	out := map[string][]string{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 2 {
			t.Fatalf("a line of two cells is expected: %s", line)
		}
		text := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSpace(cells[1]), ", done once"), "`", "")
		for _, piece := range strings.Split(text, "…") {
			if piece = strings.TrimSpace(piece); piece != "" {
				out[strings.TrimSpace(cells[0])] = append(out[strings.TrimSpace(cells[0])], piece)
			}
		}
	}
	return out
}
