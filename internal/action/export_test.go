package action

import (
	"strings"
	"testing"
	"time"
)

const lists = `
name: crm
dialect: problem
max_body: 1KiB
outcomes: {applied: {status: [2xx]}, not_applied: {status: [4xx]}}
actions:
  - name: crm.people.export
    summary: Export
    method: POST
    effect: true
    path: /export
    body: json
    params: [{name: segment, kind: string, required: true}, {name: limit, kind: integer, required: true}, {name: page, kind: integer}]
    business_key: [args.segment]
    export: EXPORT
`

func exporting(t *testing.T) *Action {
	t.Helper()
	c, problems := Compile("crm", []byte(strings.Replace(lists, "EXPORT", "{rows: people, most: limit}", 1)))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	a, _ := c.Action("crm.people.export")
	return a
}

// No row leaves without its mark, and none above what was approved.
func TestMark(t *testing.T) {
	a := exporting(t)
	by := Watermark{Approval: "int_1", ApprovedBy: []string{"ann", "ole"}, AskedBy: "bot", At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	const mark = `"watermark":{"approval":"int_1","approved_by":["ann","ole"],"asked_by":"bot","at":"2026-03-01T12:00:00Z"}`
	for name, c := range map[string]struct {
		most int64
		in   string
		want string
	}{
		"more rows than approved": {2, `{"people":[{"id":1.50},{"id":2},{"id":3}],"next":"x"}`, `{"next":"x","people":[{"id":1.50,"watermark":"int_1 ann ole"},{"id":2,"watermark":"int_1 ann ole"}],` + mark + `}`},
		"a mark of the tool's":    {5, `{"people":[{"watermark":"none"}],"watermark":"none"}`, `{"people":[{"watermark":"int_1 ann ole"}],` + mark + `}`},
		"lists beside it":         {1, `{"people":[],"others":[{"id":9}],"deep":{"people":[1]}}`, `{"people":[],` + mark + `}`},
		"a row that is null":      {1, `{"people":[null]}`, `{"people":[{"watermark":"int_1 ann ole"}],` + mark + `}`},
		"none allowed":            {-1, `{"people":[{"id":1}]}`, `{"people":[],` + mark + `}`},
	} {
		got, err := a.Mark([]byte(c.in), Args{"limit": {Kind: Integer, Int: c.most}}, by)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for name, in := range map[string]string{
		"no JSON": "id,name\n1,Ann", "another list": `{"persons":[{"id":7}]}`, "rows that are no objects": `{"people":["Ann 7"]}`, "a list alone": `[{"id":7}]`, "twice": `{"people":[],"people":[{"id":7}]}`, "nothing": "",
	} {
		got, err := a.Mark([]byte(in), Args{"limit": {Kind: Integer, Int: 9}}, by)
		if err == nil || strings.Contains(string(got), "7") || strings.Contains(string(got), "Ann") || !strings.Contains(string(got), mark) || !strings.Contains(string(got), `"withheld":"`) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if got, _ := a.Mark([]byte(`{"people":[{}]}`), Args{"limit": {Kind: Integer, Int: 9}}, Watermark{Approval: "int_1"}); !strings.Contains(string(got), `"approved_by":[]`) || !strings.Contains(string(got), `"watermark":"int_1"`) {
		t.Errorf("what nobody had to approve: %s", got)
	}
}

func TestExportMistakes(t *testing.T) {
	for export, want := range map[string]string{
		"{most: limit}":                                  "export.rows: must name the member of the answer that is the list",
		"{rows: watermark, most: limit}":                 "export.rows: must name the member of the answer that is the list",
		"{rows: people}":                                 "export.most: must name a required argument that is an integer",
		"{rows: people, most: segment}":                  "export.most: must name a required argument that is an integer",
		"{rows: people, most: page}":                     "export.most: must name a required argument that is an integer",
		"{rows: people, most: limit}\n    effect: false": "effect",
	} {
		text := strings.Replace(lists, "EXPORT", export, 1)
		if strings.Contains(export, "effect") {
			text = strings.Replace(strings.Replace(text, "    effect: true\n", "", 1), "    business_key: [args.segment]\n", "", 1)
			want = "export: is of an effect"
		}
		_, problems := Compile("crm", []byte(text))
		if len(problems) != 1 || !strings.Contains(problems[0].String(), want) {
			t.Errorf("%s: %v", export, problems)
		}
	}
}
