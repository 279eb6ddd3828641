package policy

import (
	"strings"
	"testing"
)

// conditional is restful with conditions.
var conditional = strings.Replace(restful, "method, eft", "method, cond, eft", 1)

// What the default model refuses of a rule, a model of one's own does not open.
func TestAModelOfOnesOwnAllowsNothingByWhatStrangersWrite(t *testing.T) {
	_, actions := stripe(t)
	for effect, want := range map[string]string{"allow": "policy.csv:1: facts.customer.email can be written from outside", "deny": ""} {
		rules := "p, reader, /stripe/v1/customers/:id, GET, facts.customer.email.endsWith('@acme.example'), " + effect + ", -\ng, bot, reader\n"
		_, problems := Compile(Source{Model: []byte(conditional), Policy: []byte(rules), Actions: actions})
		if want == "" && len(problems) > 0 || want != "" && (len(problems) != 1 || !strings.HasPrefix(problems[0].String(), want)) {
			t.Errorf("%s: got %v, want %q", effect, problems, want)
		}
	}
}
