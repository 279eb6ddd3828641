package house_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sallyport/sallyport/test/house"
)

func TestCommands(t *testing.T) {
	doc := strings.Join([]string{
		"Run `make nothing`.",
		"```sh",
		"make up  # starts it",
		"export TOKEN=$(bin/sallyport token --tenant acme | tail -1)",
		`curl -H "a: b c" \`,
		"  http://x/'y z' && make check; make test PKG=./a",
		"```",
		"```yaml",
		"make: no",
		"```",
		"```console",
		"$ A=1 bin/sallyport audit 'q 1'",
		"make output",
		"$ make \\",
		"    bench",
		"```",
	}, "\n")
	want := []house.Command{
		{Line: 3, Args: []string{"make", "up"}},
		{Line: 4, Args: []string{"bin/sallyport", "token", "--tenant", "acme"}},
		{Line: 4, Args: []string{"tail", "-1"}},
		{Line: 5, Args: []string{"curl", "-H", "a: b c", "http://x/y z"}},
		{Line: 5, Args: []string{"make", "check"}},
		{Line: 5, Args: []string{"make", "test", "PKG=./a"}},
		{Line: 12, Args: []string{"bin/sallyport", "audit", "q 1"}},
		{Line: 14, Args: []string{"make", "bench"}},
	}
	if diff := cmp.Diff(want, house.Commands(doc)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMakeTargetsInDocumentsExist(t *testing.T) {
	targets := makeTargets(t)
	found := 0
	for _, path := range files(t, ".md") {
		for _, c := range house.Commands(read(t, path)) {
			if c.Args[0] != "make" {
				continue
			}
			found++
			for _, word := range c.Args[1:] {
				if !strings.ContainsAny(word, "=-") && !targets[word] {
					t.Errorf("%s:%d: the Makefile has no target %q", path, c.Line, word)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no document tells anybody to run make: the search is broken")
	}
}

func makeTargets(t *testing.T) map[string]bool {
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^([a-z0-9-]+):`).FindAllStringSubmatch(read(t, "Makefile"), -1) {
		out[m[1]] = true
	}
	return out
}

// Words that belong to one machine only. They are put together here, so that
// this file holds none of them.
var machines = regexp.MustCompile(strings.Join([]string{
	`(^|[\s"'` + "`" + `=:(])/(root|home|Users|work)/[A-Za-z0-9._-]`,
	`proxy\.gol` + `ang\.org`,
	`registry\.np` + `mjs\.org`,
	`py` + `pi\.org`,
	`python` + `hosted\.org`,
}, "|"))

// marks are what any of them has in it: to look for these first takes a tenth of the
// time.
var marks = []string{"/ro" + "ot/", "/ho" + "me/", "/Us" + "ers/", "/wo" + "rk/", ".o" + "rg"}

// machine is the first such word of a line, "" when there is none.
func machine(line string) string {
	if !slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(line, mark) }) {
		return ""
	}
	return machines.FindString(line)
}

func TestNoFileNamesAMachine(t *testing.T) {
	for _, path := range files(t, "") {
		for i, line := range strings.Split(read(t, path), "\n") {
			if at := machine(line); at != "" {
				t.Errorf("%s:%d mentions %q: paths of one machine and hosts of registries belong in nobody's checkout", path, i+1, strings.TrimSpace(at))
			}
		}
	}
}

func TestMachinesAreFound(t *testing.T) {
	for text, want := range map[string]bool{
		"see /ho" + "me/ann/x":             true,
		`dir: "/ro` + `ot/x"`:              true,
		"https://registry.np" + "mjs.org/": true,
		"/Us" + "ers/ann/x":                true,
		"internal/work/x":                  false,
		"https://example.com/home/ann":     false,
		"the root / and /etc/envoy":        false,
	} {
		if got := machine(text) != ""; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// files are the checkout's files whose name ends in suffix, from the root:
// those in git and those about to be.
func files(t *testing.T, suffix string) []string {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root()
	data, err := cmd.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	var out []string
	for _, path := range strings.Fields(string(data)) {
		if _, err := os.Stat(filepath.Join(root(), path)); err == nil && strings.HasSuffix(path, suffix) {
			out = append(out, path)
		}
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root(), path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestBlocks(t *testing.T) {
	doc := strings.Join([]string{
		"```sh", "a", "b", "```", "```", "the output", "```",
		"```sh", "c", "```", "It prints:", "```", "not of c", "```",
		"```csv", "x", "```", "```", "y", "```",
	}, "\n")
	want := []house.Block{{Line: 2, Script: "a\nb", Output: "the output"}, {Line: 9, Script: "c"}}
	if diff := cmp.Diff(want, house.Blocks(doc)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
