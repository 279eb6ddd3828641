package maskfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the file says about a key goes before what a catalog says, for the tool, for
// all and for a role.
func TestPassing(t *testing.T) {
	paths := []string{"values.name", "values.sub.Nick_Name", "x.title"}
	for name, tc := range map[string]struct{ file, role, want string }{
		"nothing said":      {"", "", "values.name values.sub.nickname x.title"},
		"a key of all":      {"keys: {name: name}", "", "values.sub.nickname x.title"},
		"a key of the tool": {"tools: {desk: {keys: {Nickname: name}}}", "", "values.name x.title"},
		"a dropped key":     {"drop_keys: [title]", "", "values.name values.sub.nickname"},
		"a passed key":      {"pass_keys: [name]", "", "values.name values.sub.nickname x.title"},
		"another tool":      {"tools: {shop: {keys: {name: name}}}", "", "values.name values.sub.nickname x.title"},
		"a role":            {"roles: [{role: r, visible: [card]}]", "r", "values.name values.sub.nickname x.title"},
		"a role, closed":    {"keys: {name: name}\nroles: [{role: r, visible: [card]}]", "r", "values.sub.nickname x.title"},
		"a role that opens": {"drop_keys: [name]\nroles: [{role: r, keys: {name: name}}]", "r", "values.sub.nickname x.title"},
	} {
		rules, problems := Parse("mask.yaml", []byte(tc.file+"\n"))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		before := rules.For("desk")
		after := rules.Passing("desk", paths)
		if got := strings.Join(after.As(tc.role).For("desk").Paths.Names(), " "); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
		if !cmp.Equal(before, rules.For("desk")) {
			t.Errorf("%s: the rules themselves were changed", name)
		}
		if others := after.As(tc.role); others.For("other").Paths.Names() != nil || others.Strictest([]string{"desk", "other"}).Paths.Names() != nil {
			t.Errorf("%s: it opens another tool, or what may be of any", name)
		}
	}
}
