package house_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/sallyport/sallyport/"

// pkg is what `go list` tells of a package, as far as rules need it.
type pkg struct {
	ImportPath   string
	Dir          string
	Standard     bool
	GoFiles      []string
	Imports      []string
	Deps         []string
	TestImports  []string
	XTestImports []string
	Error        *struct{ Err string }
}

// name is the package's path inside this module; "" for all others.
func (p pkg) name() string { return local(p.ImportPath) }

// local cuts the module off an import path; "" when it is not of this module.
func local(path string) string {
	name, ok := strings.CutPrefix(path, module)
	if !ok {
		return ""
	}
	return name
}

// packages are all packages of the module and what they depend on, by path.
// The mask's adapter is built for its own target.
func packages(t *testing.T) map[string]pkg {
	t.Helper()
	all, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var listed = sync.OnceValues(func() (map[string]pkg, error) {
	out := map[string]pkg{}
	for _, l := range []struct {
		pattern string
		env     []string
	}{
		{"./...", nil},
		{"./wasm/...", []string{"GOOS=wasip1", "GOARCH=wasm"}},
	} {
		if err := list(out, l.pattern, l.env); err != nil {
			return nil, err
		}
	}
	return out, nil
})

func list(into map[string]pkg, pattern string, env []string) error {
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Dir,Standard,GoFiles,Imports,Deps,TestImports,XTestImports,Error", pattern)
	cmd.Dir = root()
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	data, err := cmd.Output()
	if err != nil {
		return errors.New("go list: " + err.Error() + "\n" + stderr.String())
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if p.Error != nil && p.name() != "" && len(p.GoFiles) > 0 {
			return errors.New(p.Error.Err)
		}
		if old, ok := into[p.ImportPath]; !ok || len(p.GoFiles) > len(old.GoFiles) {
			into[p.ImportPath] = p
		}
	}
}

// root is the folder of go.mod.
func root() string { return filepath.Join("..", "..") }
