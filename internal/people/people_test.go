package people

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	p, problems := Parse("people.yaml", []byte(`
people:
  - {id: ann, name: Ann Lee, groups: [leads, night], local: true}
  - {id: ole, name: Ole Berg, groups: [auditors]}
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	ann, ok := p.Find("ann")
	if !ok || !ann.In("leads") || ann.In("auditors") {
		t.Errorf("ann is %+v", ann)
	}
	if local, ok := p.Local(); !ok || local.ID != "ann" {
		t.Errorf("local is %+v", local)
	}
	if diff := cmp.Diff([]string{"auditors", "leads", "night"}, p.Groups()); diff != "" {
		t.Error(diff)
	}
	if m := p.Members("auditors"); len(m) != 1 || m[0].ID != "ole" {
		t.Errorf("auditors are %+v", m)
	}
}

func TestParseListsEveryMistake(t *testing.T) {
	_, problems := Parse("people.yaml", []byte(`
people:
  - {id: "Ann Lee", name: Ann, groups: ["Billing Leads"], local: true}
  - {id: ole, name: "", local: true}
  - {id: ole, name: Ole}
`))
	want := []string{
		"people.yaml: people[0].id: must be a-z, 0-9, '.', '_', '@' and '-', at most 64 (got Ann Lee)",
		"people.yaml: people[0].groups[0]: must be a-z, 0-9, '_' and '-', beginning with a letter (got Billing Leads)",
		"people.yaml: people[1].name: must be a name of at most 200 bytes",
		"people.yaml: people[1].local: is Ann Lee already; the command line speaks for one person (got ole)",
		"people.yaml: people[2].id: is used by another person (got ole)",
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
