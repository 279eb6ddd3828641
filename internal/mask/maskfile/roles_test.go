package maskfile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/sallyport/sallyport/internal/mask"
	"github.com/sallyport/sallyport/internal/mask/maskfile"
	"github.com/sallyport/sallyport/internal/pii"
)

// What a tool alone closes, no role opens without naming the tool.
func TestRolesOpenNothingOfOneTool(t *testing.T) {
	rules, problems := maskfile.Parse("mask.yaml", []byte(`
types: [email, card]
drop_keys: [memo]
tools:
  hr: {types: [email, card, ssn], drop_keys: [salary]}
  shop: {types: [card]}
roles:
  - {role: support, types: [card], pass_keys: [salary], keys: {memo: text}}
`))
	if problems != nil {
		t.Fatal(problems)
	}
	hr, shop := rules.As("support").For("hr"), rules.As("support").For("shop")
	if !hr.Types.Has(pii.SSN) || hr.Types.Has(pii.Email) || !hr.Types.Has(pii.Card) {
		t.Errorf("at hr %v is masked", hr.Types)
	}
	if !hr.Drop["salary"] || hr.Pass["salary"] || hr.Drop["memo"] || hr.Keys["memo"] != pii.Text {
		t.Errorf("at hr keys are %v, %v, %v", hr.Drop, hr.Pass, hr.Keys)
	}
	if shop.Types.Has(pii.Email) || !shop.Types.Has(pii.Card) || !shop.Pass["salary"] {
		t.Errorf("at shop %v is masked, %v passes", shop.Types, shop.Pass)
	}
}

func TestRoles(t *testing.T) {
	rules, problems := maskfile.Parse("mask.yaml", []byte(`
visible: [email]
drop_keys: [memo]
tools:
  shop: {drop_keys: [margin]}
roles:
  - {role: fraud, visible: [card], pass_keys: [city], tools: {crm: {pass_keys: [nick]}}}
  - {role: support, types: [card, secret], keys: {memo: text}}
`))
	if problems != nil {
		t.Fatal(problems)
	}
	set := func(types ...pii.Type) (s pii.Set) {
		for _, typ := range types {
			s = s.With(typ)
		}
		return s
	}
	all := mask.Default()
	all.Show, all.Drop = set(pii.Email), map[string]bool{"memo": true}
	fraud := all
	fraud.Show, fraud.Pass = set(pii.Email, pii.Card), map[string]bool{"city": true}
	fraudCRM := fraud
	fraudCRM.Pass = map[string]bool{"city": true, "nick": true}
	fraudShop := fraud
	fraudShop.Drop = map[string]bool{"memo": true, "margin": true}
	support := all
	support.Types, support.Keys, support.Drop = set(pii.Card, pii.Secret), map[string]pii.Type{"memo": pii.Text}, nil
	for name, c := range map[string]struct {
		role, tool string
		want       mask.Policy
	}{
		"all": {"", "crm", all}, "a role": {"fraud", "other", fraud}, "at a tool of its own": {"fraud", "crm", fraudCRM},
		"at a tool of all": {"fraud", "shop", fraudShop}, "what is dropped is masked": {"support", "other", support}, "no role of the file": {"nobody", "other", all},
	} {
		if diff := cmp.Diff(c.want, rules.As(c.role).For(c.tool), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if diff := cmp.Diff([]string{"crm", "shop"}, rules.Tools()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"fraud", "support"}, rules.Roles()); diff != "" {
		t.Error(diff)
	}
	for want, has := range map[string][]string{"fraud": {"support", "fraud"}, "support": {"x", "support"}, "": {"x"}} {
		if got := rules.RoleOf(has); got != want {
			t.Errorf("%v count as %q, want %q", has, got, want)
		}
	}
}

// A role closes nothing: an agent would see more by a token without it.
func TestRoleMistakes(t *testing.T) {
	for row, want := range map[string]string{
		"{visible: [email]}":                         "mask.yaml: roles[0].role: must name the role of the policy that sees this",
		"{role: a, types: [email, phone]}":           "mask.yaml: roles[0].types: must be of those that all agents have masked: a role sees more, not less",
		"{role: a, keys: {subject: text}}":           "mask.yaml: roles[0].keys.subject: must be one that drop_keys takes from all agents: a role sees more, not less",
		"{role: a, drop_keys: [x]}":                  "mask.yaml: line 4: is no setting of this file (got drop_keys)",
		"{role: a, tools: {crm: {types: [phone]}}}":  "mask.yaml: roles[0].tools.crm.types: must be of those that all agents have masked: a role sees more, not less",
		"{role: a, visible: [email]}\n  - {role: a}": "mask.yaml: roles[1].role: stands here before; say all of it in one place (got a)",
		"{role: a, visible: [mail]}":                 "mask.yaml: roles[0].visible: must be email, card, ssn, phone, name, iban, bank_account or birthdate (got mail)",
	} {
		_, problems := maskfile.Parse("mask.yaml", []byte("types: [email, card]\ndrop_keys: [memo]\nroles:\n  - "+row+"\n"))
		if len(problems) != 1 || problems[0].String() != want {
			t.Errorf("%s: %v", row, problems)
		}
	}
}
