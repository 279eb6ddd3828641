package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestImportRule(t *testing.T) {
	for _, p := range packages(t) {
		if p.name() == "" {
			continue
		}
		for _, imported := range p.Imports {
			if why := broken(p.name(), imported); why != "" {
				t.Errorf("%s imports %s: %s", p.name(), imported, why)
			}
		}
	}
}

// The rule itself, so that a typing error in its tables is seen.
func TestImportRuleRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		refused  bool
	}{
		"lower level":                {"internal/decision", module + "internal/policy", false},
		"same level":                 {"internal/policy", module + "internal/grant", true},
		"higher level":               {"internal/policy", module + "internal/tenant", true},
		"internal to service":        {"internal/policy", module + "extauthz", true},
		"service to internal":        {"extauthz", module + "internal/decision", false},
		"service to service":         {"extauthz", module + "approvald/ledger", true},
		"inside one service":         {"approvald", module + "approvald/ledger", false},
		"command to service":         {"cmd/sallyport/up", module + "approvald", false},
		"service to command":         {"approvald", module + "cmd/sallyport/up", true},
		"service to example":         {"approvald", module + "examples/provider", true},
		"command to example":         {"cmd/sallyport/up", module + "examples/provider", false},
		"rig to anything":            {"internal/rig", module + "cmd/sallyport/up", false},
		"anything to rig":            {"internal/tenant", module + "internal/rig", true},
		"no level":                   {"internal/util", module + "internal/wire", true},
		"casbin in policy":           {"internal/policy", "github.com/casbin/casbin/v2", false},
		"casbin elsewhere":           {"internal/decision", "github.com/casbin/casbin/v2", true},
		"driver elsewhere":           {"approvald/ledger", "modernc.org/sqlite", true},
		"Envoy's types in approvald": {"approvald", "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3", true},
		"Envoy's types in extauthz":  {"extauthz", "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3", false},
		"pure reads files":           {"internal/policy", "os", true},
		"pure reads an embedded one": {"internal/action/catalogs", "embed", false},
		"chdb in the main program":   {"cmd/sallyport", "github.com/chdb-io/chdb-go/chdb", true},
	} {
		t.Run(name, func(t *testing.T) {
			if why := broken(c.from, c.to); (why != "") != c.refused {
				t.Errorf("refused is %v (%s)", !c.refused, why)
			}
		})
	}
}

func TestFilterIsLight(t *testing.T) {
	all := packages(t)
	for _, p := range all {
		if !within(p.name(), "wasm") {
			continue
		}
		for _, own := range append([]string{p.ImportPath}, p.Deps...) {
			if local(own) == "" {
				continue
			}
			for _, imported := range all[own].Imports {
				if slices.Contains(heavy, imported) {
					t.Errorf("%s imports %s through %s: it runs inside Envoy", p.name(), imported, own)
				}
			}
		}
	}
}

func TestMainProgramStartsWithoutEngine(t *testing.T) {
	main, ok := packages(t)[module+"cmd/sallyport"]
	if !ok {
		t.Fatal("cmd/sallyport is not there")
	}
	for _, d := range main.Deps {
		if strings.HasPrefix(d, "github.com/chdb-io/") {
			t.Errorf("cmd/sallyport depends on %s, which ends the process when its library is missing", d)
		}
	}
}

func TestPurePackagesAreGivenTheTime(t *testing.T) {
	for _, p := range packages(t) {
		if !anyWithin(p.name(), pure) {
			continue
		}
		for _, file := range p.GoFiles {
			for _, at := range clockReads(t, filepath.Join(p.Dir, file), nil) {
				t.Errorf("%s reads the clock: a pure package is given the time", at)
			}
		}
	}
}

func TestClockReadsAreFound(t *testing.T) {
	src := "package x\nimport clock \"time\"\nvar a, b, c = clock.Now(), clock.Now, clock.Since(clock.Time{})\nvar d = clock.Unix(0, 0)\n"
	if got := clockReads(t, "x.go", src); len(got) != 3 {
		t.Errorf("found %v", got)
	}
}

// clockReads are the places where a file mentions time.Now and what is built on
// it, under whatever name it imports time.
func clockReads(t *testing.T, path string, src any) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	for _, i := range file.Imports {
		if i.Path.Value == `"time"` {
			name = "time"
			if i.Name != nil {
				name = i.Name.Name
			}
		}
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := s.X.(*ast.Ident)
		if ok && x.Name == name && slices.Contains([]string{"Now", "Since", "Until", "After", "Tick", "NewTimer", "AfterFunc", "Sleep"}, s.Sel.Name) {
			found = append(found, files.Position(s.Pos()).String())
		}
		return true
	})
	return found
}
