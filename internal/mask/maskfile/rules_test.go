package maskfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mask/maskfile"
	"github.com/sallyport/sallyport/internal/pii"
)

func TestAbsentFileMasksEverything(t *testing.T) {
	for name, data := range map[string]string{"absent": "", "comment": "# nothing\n"} {
		rules, problems := maskfile.Parse("mask.yaml", []byte(data))
		if problems != nil {
			t.Fatal(problems)
		}
		if diff := cmp.Diff(mask.Default(), rules.For("stripe"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if p := (maskfile.Rules{}).For("stripe"); p.MaxBody != 0 || p.Types != 0 || p.Media != nil {
		t.Errorf("zero rules give %+v", p)
	}
}

func TestRules(t *testing.T) {
	data, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, problems := maskfile.Parse("mask.yaml", data)
	if problems != nil {
		t.Fatal(problems)
	}
	all := mask.Default()
	all.Types = pii.Set(0).With(pii.Email).With(pii.Card)
	all.Keys = map[string]pii.Type{"memo": pii.Text}
	all.MaxBody = 256 << 10
	all.Drop = map[string]bool{"scratch": true}
	all.Regions, _ = pii.Regions(0).With("GB")

	stripe := all
	stripe.Pass = map[string]bool{"name": true}
	stripe.Types = pii.Set(0).With(pii.Email).With(pii.Card).With(pii.SSN).With(pii.Phone).With(pii.Name)

	zendesk := all
	zendesk.Keys = map[string]pii.Type{"memo": pii.Text, "subject": pii.Text, "称呼": pii.Name}
	zendesk.Media = []string{"application/json"}

	notes := all
	notes.Keys, notes.Pass = nil, map[string]bool{"memo": true}

	for tool, want := range map[string]mask.Policy{"stripe": stripe, "zendesk": zendesk, "notes": notes, "other": all} {
		if diff := cmp.Diff(want, rules.For(tool), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", tool, diff)
		}
		again, err := mask.ParsePolicy(rules.For(tool).AppendJSON(nil))
		if diff := cmp.Diff(want, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Errorf("%s through route metadata: %v %s", tool, err, diff)
		}
	}
	if diff := cmp.Diff([]string{"notes", "stripe", "zendesk"}, rules.Tools()); diff != "" {
		t.Error(diff)
	}
}

// TestMistakes holds one file a mistake; its first line says what is reported.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/mistake/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, _, _ := strings.Cut(strings.TrimPrefix(string(data), "# "), "\n")
			rules, problems := maskfile.Parse("mask.yaml", data)
			if got := problems.Error(); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if rules.For("x").MaxBody != 0 {
				t.Error("a file with a mistake gives rules")
			}
		})
	}
}

// TestExamplesLoad reads the example of the reference page and those of the
// example tenants.
func TestExamplesLoad(t *testing.T) {
	page, err := os.ReadFile("../../../docs/reference/mask.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, found := strings.Cut(rest, "```")
	if rules, problems := maskfile.Parse("mask.md", []byte(example)); !found || problems != nil || len(rules.Tools()) != 2 {
		t.Errorf("%v, tools %v", problems, rules.Tools())
	}
	files, err := filepath.Glob("../../../examples/tenants/*/mask.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, problems := maskfile.Parse(file, data); problems != nil {
			t.Error(problems)
		}
	}
}
