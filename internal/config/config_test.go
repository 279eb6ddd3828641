package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProblemReadsPathWhatGot(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  any
		want string
	}{
		{"a text", "soon", "a.yaml: wait: must be a time (got soon)"},
		{"a number", 0, "a.yaml: wait: must be a time (got 0)"},
		{"nothing to show", nil, "a.yaml: wait: must be a time"},
		{"an empty text", "", "a.yaml: wait: must be a time"},
		{"two lines stay one", "a\nb.yaml: forged", `a.yaml: wait: must be a time (got "a\nb.yaml: forged")`},
		{"commands of a terminal", "\x1b[2J", `a.yaml: wait: must be a time (got "\x1b[2J")`},
		{"text that turns its surroundings", "\u202eeno", `a.yaml: wait: must be a time (got "\u202eeno")`},
		{"bytes that are no text", "a\xff", "a.yaml: wait: must be a time (got a?)"},
		{"too much to read", strings.Repeat("x", 5000), "a.yaml: wait: must be a time (got " + strings.Repeat("x", maxGot) + "…)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var ps Problems
			ps.Add("a.yaml: wait", "must be a time", tt.got)
			if diff := cmp.Diff(tt.want, ps[0].String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A file's own name can be as bad as what is in it.
func TestProblemIsOneLineWhateverItsPath(t *testing.T) {
	p := Problem{Path: "a\n\x1bb.yaml", What: "is no file\nof ours"}
	if want := "a??b.yaml: is no file?of ours"; p.String() != want {
		t.Errorf("got %q", p.String())
	}
}

func TestProblemsAreOneALineAndNoErrorWhenEmpty(t *testing.T) {
	var ps Problems
	if ps.Err() != nil {
		t.Error("no problem is an error")
	}
	ps.Add("a", "is wrong", nil)
	ps.Add("b", "is wrong", 1)
	if err := ps.Err(); err == nil || err.Error() != "a: is wrong\nb: is wrong (got 1)" {
		t.Errorf("got %v", err)
	}
}

func TestDecode(t *testing.T) {
	type document struct {
		Name string `yaml:"name"`
		Max  int    `yaml:"max"`
	}
	for _, tt := range []struct {
		name, text string
		want       document
		problems   []string
	}{
		{"a whole file", "name: a\nmax: 2\n", document{"a", 2}, nil},
		{"absent keys keep the defaults", "max: 2\n", document{"default", 2}, nil},
		{"an empty file keeps the defaults", "", document{Name: "default"}, nil},
		{"a comment keeps the defaults", "# nothing\n", document{Name: "default"}, nil},
		{"an unknown key", "nam: a\n", document{}, []string{"f.yaml: line 1: is no setting of this file (got nam)"}},
		{"a repeated key", "name: a\nname: b\n", document{}, []string{`f.yaml: line 2: mapping key "name" already defined at line 1`}},
		{"a wrong type", "max: many\n", document{}, []string{"f.yaml: line 1: must be a whole number (got many)"}},
		{"every mistake at once", "nam: a\nmax: many\n", document{}, []string{
			"f.yaml: line 1: is no setting of this file (got nam)", "f.yaml: line 2: must be a whole number (got many)",
		}},
		{"a second document", "name: a\n---\nname: b\n", document{}, []string{"f.yaml: must hold one YAML document"}},
		{"a broken second document", "name: a\n---\n{\n", document{}, []string{"f.yaml: must hold one YAML document"}},
		{"no YAML", "name: [a\n", document{}, []string{"f.yaml: line 1: did not find expected ',' or ']'"}},
		{"a tab", "# x\n\tname: a\n", document{}, []string{"f.yaml: line 2: found character that cannot start any token; indent with spaces, not with tabs"}},
		{"a list", "- a\n", document{}, []string{"f.yaml: line 1: must be settings with their names, or a word of a closed list"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := document{Name: "default"}
			problems := Decode("f.yaml", []byte(tt.text), &got)
			var lines []string
			for _, p := range problems {
				lines = append(lines, p.String())
			}
			if diff := cmp.Diff(tt.problems, lines); diff != "" {
				t.Error(diff)
			}
			if len(problems) == 0 && got != tt.want {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// The source text of a Go type says nothing to whoever wrote the file.
func TestDecodeShowsNoSourceText(t *testing.T) {
	var doc struct {
		List []struct {
			Name string `yaml:"name"`
		} `yaml:"list"`
	}
	problems := Decode("f.yaml", []byte("lst: a\nlist: [x, {nam: y}]\n"), &doc)
	want := "f.yaml: line 1: is no setting of this file (got lst)\nf.yaml: line 2: must be settings with their names (got x)\nf.yaml: line 2: is no setting of this file (got nam)"
	if diff := cmp.Diff(want, problems.Error()); diff != "" {
		t.Error(diff)
	}
}
