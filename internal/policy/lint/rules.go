package lint

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"

	"github.com/sallyport/sallyport/internal/policy"
)

// members are whom g lines give roles.
func members(file []byte) []string {
	var out []string
	for _, line := range strings.Split(string(file), "\n") {
		reader := csv.NewReader(strings.NewReader(strings.TrimSpace(line)))
		reader.TrimLeadingSpace = true
		fields, err := reader.Read()
		if err == nil && len(fields) == 3 && fields[0] == "g" && !slices.Contains(out, fields[1]) {
			out = append(out, fields[1])
		}
	}
	return out
}

// rules compares every rule with itself and with those before and after it.
func (l *linter) rules() {
	all := l.Engine.Rules()
	for i, r := range all {
		if a, b, found := never(l.parts[r.Line]); found {
			what := fmt.Sprintf("its condition is never true: %s and %s exclude each other", a, b)
			if a == b {
				what = "its condition is never true"
			}
			l.add(r.Line, true, what, "mend the condition, or take the rule out")
			continue
		}
		if !r.Allow {
			l.repeated(r, all[:i])
			continue
		}
		if !l.denied(r) {
			l.shadowed(r, all[:i])
			l.overlaps(r, i, all)
		}
	}
}

// votes finds holds that wait for more people than there are.
func (l *linter) votes() {
	for _, r := range l.Engine.Rules() {
		hold := r.Obligations.Hold
		if hold == nil || l.People == nil {
			continue
		}
		if n, known := l.People(hold.Group); known && n < hold.Votes {
			l.add(r.Line, true, fmt.Sprintf("can never be approved: it waits for %d of %s, which has %d", hold.Votes, hold.Group, n),
				"ask for fewer votes, or give the group more people in people.yaml")
		}
	}
}

// repeated finds a deny that an earlier one makes superfluous.
func (l *linter) repeated(r policy.Rule, before []policy.Rule) {
	for _, other := range before {
		if !other.Allow && l.covers(other, r) {
			l.add(r.Line, false, "denies nothing that "+place(other)+" does not deny", "take one of the two out")
			return
		}
	}
}

// denied reports a deny that makes an allow impossible.
func (l *linter) denied(r policy.Rule) bool {
	other, found := l.denier(r)
	if found {
		l.add(r.Line, true, "contradicts "+place(other)+", which denies all that it allows, and a deny always wins",
			"narrow the deny, or take the allow out")
	}
	return found
}

// denier finds a deny that matches whenever an allow does: a deny always wins.
func (l *linter) denier(r policy.Rule) (policy.Rule, bool) {
	for _, other := range l.Engine.Rules() {
		if !other.Allow && l.covers(other, r) {
			return other, true
		}
	}
	return policy.Rule{}, false
}

// shadowed finds an allow that never decides, because an earlier one always
// matches first; the worst of them is a hold that nobody is asked for.
func (l *linter) shadowed(r policy.Rule, before []policy.Rule) {
	for _, other := range before {
		if !other.Allow {
			continue
		}
		who, covered := "", l.covers(other, r)
		if !covered && r.Obligations.Hold != nil && other.Obligations.Hold == nil {
			who, covered = l.shared(other, r)
		}
		if !covered {
			continue
		}
		if r.Obligations.Hold != nil && weaker(other, r) {
			asked := "nobody is asked"
			if other.Obligations.Hold != nil {
				asked = "fewer people are asked"
			}
			l.add(r.Line, true, fmt.Sprintf("%s%s: %s allows the same before it with less", asked, who, place(other)),
				fmt.Sprintf("put it above line %d, or narrow that rule", other.Line))
			return
		}
		l.add(r.Line, true, "is never reached: "+place(other)+" matches all that it matches, and stands before it",
			fmt.Sprintf("put it above line %d, or take it out", other.Line))
		return
	}
}

func weaker(a, b policy.Rule) bool {
	x, y := a.Obligations.Hold, b.Obligations.Hold
	return x == nil || x.Group == y.Group && x.Votes < y.Votes
}

// covers says that a matches whenever b does.
func (l *linter) covers(a, b policy.Rule) bool {
	return l.hasRole(a, b) && l.coversAction(a, b)
}

// hasRole says that whoever has the role of b has that of a.
func (l *linter) hasRole(a, b policy.Rule) bool {
	return a.Role == b.Role || slices.Contains(l.Engine.Roles(b.Role), a.Role)
}

// shared finds somebody who has the roles of both rules.
func (l *linter) shared(a, b policy.Rule) (who string, found bool) {
	if !l.coversAction(a, b) {
		return "", false
	}
	for _, member := range l.members {
		if roles := l.Engine.Roles(member); slices.Contains(roles, a.Role) && slices.Contains(roles, b.Role) {
			return " when " + member + " calls", true
		}
	}
	return "", false
}

func (l *linter) coversAction(a, b policy.Rule) bool {
	return l.hasActions(a, b) && implies(l.read[b.Line], l.read[a.Line])
}

// hasActions says that a is about all actions that b is about.
func (l *linter) hasActions(a, b policy.Rule) bool {
	for i, matched := range l.about[b.Action] {
		if matched && !l.about[a.Action][i] {
			return false
		}
	}
	return true
}
