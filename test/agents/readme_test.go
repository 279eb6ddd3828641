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

// What an example asks for is what its environment is made of.
func TestRequirementsAreLocked(t *testing.T) {
	for framework, lock := range map[string]string{"openai-agents": "agents", "pydantic-ai": "agents", "langchain": "langchain"} {
		locked, err := os.ReadFile(filepath.Join(rig.Root(t), "scripts", "deps", "python-"+lock+".lock"))
		if err != nil {
			t.Fatal(err)
		}
		asked, err := os.ReadFile(filepath.Join(rig.Root(t), "examples", "agents", framework, "requirements.txt"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(asked)) {
			line, _, _ = strings.Cut(line, " #")
			name, version, pinned := strings.Cut(strings.TrimSpace(line), "==")
			name, _, _ = strings.Cut(name, "[")
			if !pinned || !strings.Contains(string(locked), "\n"+name+"=="+version+" ") {
				t.Errorf("%s: %s is not in python-%s.lock", framework, line, lock)
			}
		}
	}
}
