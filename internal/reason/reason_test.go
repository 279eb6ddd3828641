package reason

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

// The list in All is the closed list: a constant that is missing from it would
// escape documentation and metrics.
func TestAllListsEveryConstantOnce(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := 0
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		declared += len(gen.Specs)
	}
	seen := map[Code]bool{}
	for _, code := range All() {
		if code == "" || seen[code] {
			t.Errorf("code %q is empty or listed twice", code)
		}
		seen[code] = true
	}
	if len(seen) != declared {
		t.Errorf("All lists %d codes, %d are declared", len(seen), declared)
	}
}
