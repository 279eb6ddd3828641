package people

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	p, problems := Parse("people.yaml", []byte(`
people:
  - {id: ann, name: Ann Lee, groups: [leads, night], local: true}
  - {id: ole, name: Ole Berg, groups: [auditors], language: zh}
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
	all := []Person{
		{ID: "ann", Name: "Ann Lee", Groups: []string{"leads", "night"}, Local: true},
		{ID: "ole", Name: "Ole Berg", Groups: []string{"auditors"}, Language: Chinese},
	}
	if diff := cmp.Diff(all, p.All()); diff != "" {
		t.Error(diff)
	}
	if _, ok := p.Find("Ann"); ok {
		t.Error("ids are exact")
	}
	if m := p.Members("auditors"); len(m) != 1 || m[0].ID != "ole" {
		t.Errorf("auditors are %+v", m)
	}
}

func TestParseListsEveryMistake(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"every mistake at once", `
people:
  - {id: "Ann Lee", name: Ann, groups: ["Billing Leads"], local: true}
  - {id: ole, name: "", local: true}
  - {id: ole, name: Ole, groups: [a, b, a]}
`, []string{
			"people.yaml: people[0].id: must be a-z, 0-9, '.', '_', '@' and '-', at most 64 (got Ann Lee)",
			"people.yaml: people[0].groups[0]: must be a-z, 0-9, '_' and '-', beginning with a letter (got Billing Leads)",
			"people.yaml: people[1].name: must be a printable name of at most 200 bytes",
			"people.yaml: people[1].local: is Ann Lee already; the command line speaks for one person (got ole)",
			"people.yaml: people[2].groups[2]: is listed twice (got a)",
			"people.yaml: people[2].id: is used by another person (got ole)",
		}},
		{"a language that nobody speaks here", "people: [{id: ann, name: Ann, language: zh-CN}]", []string{
			"people.yaml: people[0].language: must be en or zh (got zh-CN)",
		}},
		{"no id", "people: [{name: Ann}]", []string{
			"people.yaml: people[0].id: must be a-z, 0-9, '.', '_', '@' and '-', at most 64",
		}},
		{"the gateway's own name", "people: [{id: gateway, name: Ann}]", []string{
			"people.yaml: people[0].id: is what records call the gateway itself; choose another (got gateway)",
		}},
		{"a name that commands a terminal", `people: [{id: ann, name: "Ann \e[2J"}]`, []string{
			"people.yaml: people[0].name: must be a printable name of at most 200 bytes",
		}},
		{"a name that turns the text around", `people: [{id: ann, name: "Ann \u202e eeL"}]`, []string{
			"people.yaml: people[0].name: must be a printable name of at most 200 bytes",
		}},
		{"two who log in as one", `people: [{id: ann, name: Ann, email: Ann@a.example, subject: s1}, {id: bea, name: Bea, email: ann@a.example, subject: s1}]`, []string{
			"people.yaml: people[1].subject: is another person's; a login must name one (got s1)",
			"people.yaml: people[1].email: is another person's; a login must name one (got ann@a.example)",
		}},
		{"no address and no amount", `people: [{id: ann, name: Ann, email: ann, approves_up_to: many}]`, []string{
			"people.yaml: people[0].email: must be an address like ann@example.com (got ann)",
			`people.yaml: people[0].approves_up_to: an amount is written as 49.99 USD (got "many")`,
		}},
		{"an unknown key", "people: [{id: ann, name: Ann, group: leads}]", []string{
			"people.yaml: line 1: is no setting of this file (got group)",
		}},
		{"a wrong type is not judged further", "people: [{id: ann, name: Ann, local: maybe}, {id: Ole}]", []string{
			"people.yaml: line 1: must be true or false (got maybe)",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			people, problems := Parse("people.yaml", []byte(tt.text))
			var got []string
			for _, p := range problems {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || people != nil {
				t.Error(people, diff)
			}
		})
	}
}

func TestNobody(t *testing.T) {
	p, problems := Parse("people.yaml", nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	_, found := p.Find("")
	_, local := p.Local()
	if found || local || p.All() != nil || p.Groups() != nil || p.Members("leads") != nil {
		t.Error("nobody is somebody")
	}
}
