package mask_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/pii"
)

func TestPolicyTravelsAsJSON(t *testing.T) {
	own := mask.Policy{
		Types:   pii.Set(0).With(pii.Email).With(pii.Name),
		Keys:    map[string]pii.Type{"subject": pii.Text, "称呼": pii.Name, "quote\"d\\\n": pii.Card},
		Show:    pii.Set(0).With(pii.Card),
		Pass:    map[string]bool{"name": true, "alias": true},
		Drop:    map[string]bool{"memo": true},
		Paths:   mask.NewPaths([]string{"states.name", "states.to.name"}),
		Regions: regions(t, "GB", "IN"),
		MaxBody: 4096,
		Media:   []string{"application/json"},
	}
	for name, want := range map[string]mask.Policy{"default": mask.Default(), "own": own} {
		data := want.AppendJSON(nil)
		got, err := mask.ParsePolicy(data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for cut := range data {
			if got, err := mask.ParsePolicy(data[:cut]); !errors.Is(err, mask.ErrPolicy) || !cmp.Equal(got, mask.Policy{}) {
				t.Fatalf("%s cut at %d: %+v, %v", name, cut, got, err)
			}
		}
	}
}

func regions(t *testing.T, codes ...string) (set pii.Regions) {
	t.Helper()
	for _, code := range codes {
		with, ok := set.With(code)
		if !ok {
			t.Fatalf("no region %s", code)
		}
		set = with
	}
	return set
}

func TestParsePolicyRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"unknown member": `{"types":[],"keys":{},"pass":[],"drop":[],"paths":[],"regions":[],"max":1,"media":[],"show":[],"more":1}`,
		"twice":          `{"types":[],"types":[],"pass":[],"drop":[],"paths":[],"regions":[],"max":1,"media":[],"show":[],"keys":{}}`,
		"unknown type":   `{"types":["mail"],"keys":{},"pass":[],"drop":[],"paths":[],"regions":[],"max":1,"media":[],"show":[]}`,
		"no maximum":     `{"types":[],"keys":{},"pass":[],"drop":[],"paths":[],"regions":[],"max":0,"media":[],"show":[]}`,
		"over maximum":   `{"types":[],"keys":{},"pass":[],"drop":[],"paths":[],"regions":[],"max":2097153,"media":[],"show":[]}`,
		"huge":           `{"types":[],"keys":{},"pass":[],"drop":[],"paths":[],"regions":[],"max":99999999999999999999,"media":[],"show":[]}`,
		"fraction":       `{"types":[],"keys":{},"pass":[],"drop":[],"paths":[],"regions":[],"max":1.5,"media":[],"show":[]}`,
		"missing comma":  `{"types":["email" "card"],"keys":{},"pass":[],"drop":[],"paths":[],"regions":[],"max":1,"media":[],"show":[]}`,
		"rest":           `{"types":[],"keys":{},"pass":[],"drop":[],"paths":[],"regions":[],"max":1,"media":[],"show":[]} x`,
		"list":           `[]`,
		"unknown region": `{"types":[],"keys":{},"pass":[],"drop":[],"paths":[],"regions":["XX"],"max":1,"media":[],"show":[]}`,
		"empty":          ``,
	} {
		if got, err := mask.ParsePolicy([]byte(data)); !errors.Is(err, mask.ErrPolicy) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add(mask.Default().AppendJSON(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := mask.ParsePolicy(data)
		if err != nil {
			return
		}
		again, err := mask.ParsePolicy(p.AppendJSON(nil))
		if diff := cmp.Diff(p, again, cmpopts.EquateEmpty()); err != nil || diff != "" {
			t.Fatalf("%q: %v %s", data, err, diff)
		}
	})
}
