package policy

import (
	"slices"
	"strings"

	"github.com/casbin/casbin/v2/model"

	"github.com/sallyport/sallyport/internal/config"
)

// requestNames are the names that a model may define its request with; its policy
// may have them too.
var requestNames = []string{"tenant", "agent", "role", "tool", "action", "effect", "method", "path"}

// policyNames are what a p line may have besides: the effect, the condition and the
// obligations.
var policyNames = []string{"eft", "cond", "obl"}

// modelEffects are the effects that a model may have. Whichever it is, a deny that
// matches wins (effectAsked).
var modelEffects = []string{
	"some(where(p.eft==allow))",
	"some(where(p.eft==allow))&&!some(where(p.eft==deny))",
}

// readNamed reads a model that is not of the default one's shape; nil for one
// that is, or with problems.
func readNamed(data []byte) (*named, config.Problems) {
	var problems config.Problems
	m, err := model.NewModelFromString(string(data))
	if err != nil {
		m = model.NewModel() // readModel says what is wrong with it
	}
	if m["r"]["r"] == nil || m["p"]["p"] == nil || slices.Contains(m["r"]["r"].Tokens, "r_in") {
		return nil, nil
	}
	n := &named{request: terms(m, "r"), policy: terms(m, "p")}
	n.checkNames(&problems)
	if g := m["g"]["g"]; g != nil {
		n.roles = true
		if strings.Join(strings.Fields(g.Value), "") != "_,_" {
			problems.Add(fileModel, "g must be _, _: a tenant's roles are its own", g.Value)
		}
	}
	for section, definitions := range m {
		for key := range definitions {
			if len(section) == 1 && key != section {
				problems.Add(fileModel, "may define each of r, p, g, e and m once", key)
			}
		}
	}
	checkEffect(&problems, m)
	if a := m["m"]["m"]; a != nil {
		n.matcher = a.Value
		n.byRole = strings.Contains(a.Value, "r_role")
		if strings.Contains(strings.Join(strings.Fields(a.Value), ""), "eval(") {
			problems.Add(fileModel, "the matcher must not use eval(): conditions are compiled", nil)
		}
	}
	return n, problems
}

// checkEffect refuses an effect under which a deny that matches would not win.
func checkEffect(problems *config.Problems, m model.Model) {
	e := m["e"]["e"]
	if e == nil {
		return
	}
	text := strings.ReplaceAll(e.Value, "p_", "p.")
	if !slices.Contains(modelEffects, strings.Join(strings.Fields(text), "")) {
		problems.Add(fileModel, "the effect must be some(where (p.eft == allow)), with or without && !some(where (p.eft == deny)): a deny always wins", text)
	}
}

// terms are the names of a definition.
func terms(m model.Model, section string) []string {
	var out []string
	for _, text := range strings.Split(m[section][section].Value, ",") {
		out = append(out, strings.TrimSpace(text))
	}
	return out
}

// checkNames refuses names that nobody fills in.
func (n *named) checkNames(problems *config.Problems) {
	for _, name := range n.request {
		if !slices.Contains(requestNames, name) {
			problems.Add(fileModel, "r may have "+strings.Join(requestNames, ", ")+" (or be sub, act, in as in the default model)", name)
		}
	}
	for _, name := range n.policy {
		if !slices.Contains(requestNames, name) && !slices.Contains(policyNames, name) {
			problems.Add(fileModel, "p may have "+strings.Join(append(slices.Clone(requestNames), policyNames...), ", "), name)
		}
	}
	for _, names := range [][]string{n.request, n.policy} {
		sorted := slices.Sorted(slices.Values(names))
		if len(slices.Compact(sorted)) != len(names) {
			problems.Add(fileModel, "has a name twice", strings.Join(names, ", "))
		}
	}
}

// field is what a p line says under a name, or without when lines have no such name.
func (n *named) field(fields []string, name, without string) string {
	if i := slices.Index(n.policy, name); i >= 0 {
		return fields[i]
	}
	return without
}

// rule reads the fields of one p line.
func (n *named) rule(problems *config.Problems, line int, fields []string) Rule {
	if len(fields) != len(n.policy) {
		problems.Add(place(line), "must be p, "+strings.Join(n.policy, ", ")+", as model.conf says; quote a field that contains a comma", strings.Join(fields, ", "))
		return Rule{Line: line, Action: "*", Condition: "false"}
	}
	return readRule(problems, line, []string{
		n.field(fields, "role", anybody), n.field(fields, "action", "*"), n.field(fields, "cond", "true"), n.field(fields, "eft", "allow"), n.field(fields, "obl", "-"),
	})
}

// anybody stands for the role of a rule that names none.
const anybody = "anybody"
