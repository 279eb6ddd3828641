package agents

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sallyport/sallyport/internal/rig"
)

// promise is, by the way to the tools and by what happens, the texts that the
// model reads, in their order.
type promise map[string]map[string][]string

// promises is the README's table of what the model reads.
func promises(t *testing.T) promise {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(rig.Root(t), "examples", "agents", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(data), "\n| what happens | by SDK the model reads | by MCP |\n|---|---|---|\n")
	if !ok {
		t.Fatal("the README has no table of what the model reads")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	out := promise{"sdk": {}, "mcp": {}}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 3 {
			t.Fatalf("a line of three cells is expected: %s", line)
		}
		event := strings.TrimSpace(cells[0])
		out["sdk"][event] = pieces(cells[1])
		out["mcp"][event] = pieces(cells[2])
		if strings.HasPrefix(strings.TrimSpace(cells[2]), "the same") {
			out["mcp"][event] = out["sdk"][event]
		}
	}
	return out
}

// pieces are the texts of a cell between "…", which stands for anything.
func pieces(cell string) (out []string) {
	for _, piece := range strings.Split(strings.ReplaceAll(cell, "`", ""), "…") {
		if piece = strings.TrimSpace(piece); piece != "" {
			out = append(out, piece)
		}
	}
	return out
}
